"""« Demander une pièce » and « Demander une modification »: what an officer ticks, with his word to the supplier."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from forms.staff import CommentForm

Choices = Sequence[tuple[str, str]]


def _boxes(label: str) -> SelectMultipleField:
    """Boxes; the services check what is ticked."""
    box = CheckboxInput()
    return SelectMultipleField(label, widget=ListWidget(prefix_label=False), option_widget=box, validate_choice=False)


class AskDocumentForm(CommentForm):
    """`kinds`: the types of pieces of this request (code, label)."""

    kinds = _boxes("Pièces à ajouter")
    missing = "Cochez au moins une pièce."

    def offer(self, kinds: Choices, fields: Choices = ()) -> "AskDocumentForm":
        self.kinds.choices = list(kinds)
        return self

    @property
    def ticked(self) -> tuple[list[str], list[str]]:
        """Fields, then types of pieces."""
        return [], self.kinds.data or []

    def validate(self, **kwargs: Any) -> bool:
        """Something is asked."""
        valid: bool = super().validate(**kwargs)
        if any(self.ticked):
            return valid
        self.kinds.errors = [*self.kinds.errors, self.missing]
        return False


class AskAmendmentForm(AskDocumentForm):
    """`fields`: those the corridor's document opens for this request (path, label)."""

    fields = _boxes("Données à modifier")
    missing = "Cochez au moins une donnée ou une pièce."

    def offer(self, kinds: Choices, fields: Choices = ()) -> "AskAmendmentForm":
        super().offer(kinds)
        self.fields.choices = list(fields)
        return self

    @property
    def ticked(self) -> tuple[list[str], list[str]]:
        return self.fields.data or [], self.kinds.data or []
