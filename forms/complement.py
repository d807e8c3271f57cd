"""« Déposer une pièce complémentaire »: its type and its file; with them, the values a modification corrects."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from wtforms import FileField, SelectField

from app.domain.errors import RuleBroken
from forms.refusing import RefusingForm

CHOOSE = "– Sélectionnez un type de pièce complémentaire –"
VALUE = "v."  # how the names of the corrected values begin, before their place in the line


class ComplementForm(RefusingForm):
    """`kinds`: the types open for this request (code, label). The services check both fields."""

    kind = SelectField("Type de pièce complémentaire :", validate_choice=False)
    file = FileField("Fichier à ajouter :")

    def __init__(self, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [("", CHOOSE), *kinds]

    def refuse(self, refusal: RuleBroken) -> None:
        """A refusal that names no field is about the file."""
        super().refuse(refusal if refusal.field else RuleBroken(str(refusal), field="file"))


class ModificationForm(ComplementForm):
    """`typed`: what was typed, by place in the line; `reasons`: what is refused of it, by place."""

    def __init__(self, kinds: Sequence[tuple[str, str]], typed: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(kinds, **kwargs)
        self.typed, self.reasons = typed, dict[str, str]()

    @staticmethod
    def sent() -> dict[str, str]:
        """What the page sent, by place."""
        said = request.form.items()
        return {name.removeprefix(VALUE): text for name, text in said if name.startswith(VALUE)}

    def refuse(self, refusal: RuleBroken) -> None:
        """Above the form when the refusal is neither of values nor of a field."""
        self.reasons = dict(getattr(refusal, "reasons", {}))
        RefusingForm.refuse(self, refusal)
