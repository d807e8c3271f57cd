"""The forms of a rejection: choosing its reasons, and writing the library they come from."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from forms.staff import COMMENT_LENGTH, SeenForm, StaffForm, cleaned

TEXT_LENGTH = 2000


class RejectForm(SeenForm):
    """« Rejeter »: reasons of the library, and the text that leaves. One of them at least."""

    wordings = SelectMultipleField(
        "Motifs de la bibliothèque",
        choices=[],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    comment = TextAreaField(
        "Texte envoyé au fournisseur",
        [Length(max=COMMENT_LENGTH, message="Au plus 4 000 caractères.")],
        filters=[cleaned],
        render_kw={"rows": 6},
    )

    reasons: Sequence[Any] = ()

    def offer(self, reasons: Sequence[Any]) -> None:
        """The reasons one may tick, each with its code, its title and how it would read."""
        self.reasons = reasons
        self.wordings.choices = [(one.code, one.title) for one in reasons]

    def validate(self, **kwargs: Any) -> bool:
        valid: bool = super().validate(**kwargs)
        if self.comment.data or self.wordings.data:
            return valid
        self.comment.errors = ["Choisissez un motif ou écrivez-en un."]
        return False


class WordingForm(StaffForm):
    """A wording already written: its title and its text."""

    title = StringField(
        "Intitulé",
        [InputRequired("Saisissez l'intitulé."), Length(max=120, message="Au plus 120 caractères.")],
        filters=[cleaned],
    )
    text = TextAreaField(
        "Texte",
        [InputRequired("Saisissez le texte."), Length(max=TEXT_LENGTH, message="Au plus 2 000 caractères.")],
        filters=[cleaned],
        render_kw={"rows": 8},
    )


class KnownWordingForm(SeenForm, WordingForm):
    """The same, as it was before the person's eyes."""


class NewWordingForm(WordingForm):
    """A new wording: its code is for ever."""

    code = StringField(
        "Code",
        [InputRequired("Saisissez le code."), Length(max=20, message="Au plus 20 caractères.")],
        filters=[cleaned],
        description="Lettres majuscules, chiffres et tirets, par exemple BC-ILLISIBLE.",
    )
