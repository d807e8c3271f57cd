"""What staff type for a mail: its subject and its text, with their variables."""

from flask import request
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.domain import limits
from forms.staff import SeenForm, cleaned

SAVE, PREVIEW, TRY = "enregistrer", "apercu", "essai"


def one_kind_of_line_end(text: str | None) -> str | None:
    """As texts are kept; browsers send two characters."""
    return text.replace("\r\n", "\n") if text else text


class MailTextForm(SeenForm):
    """The button pressed says what is wanted of it; the first one when none is."""

    subject = StringField(
        "Objet",
        [InputRequired("Saisissez un objet."), Length(max=limits.MAIL_SUBJECT, message="Au plus %(max)d caractères.")],
        filters=[cleaned],
    )
    body = TextAreaField(
        "Texte",
        [InputRequired("Saisissez un texte."), Length(max=limits.MAIL_BODY, message="Au plus %(max)d caractères.")],
        filters=[cleaned, one_kind_of_line_end],
        description="Texte simple. Une ligne vide sépare les paragraphes, « - » commence un élément de liste, quatre"
        " espaces mettent une ligne en retrait. La signature est ajoutée.",
        render_kw={"rows": 18, "spellcheck": "true"},
    )

    @property
    def wants(self) -> str:
        return next((name for name in (TRY, PREVIEW) if name in request.form), SAVE)
