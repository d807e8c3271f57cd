"""The contact form and the messages of a ticket (guide « Les écrans du portail », § 8)."""

from wtforms import EmailField, Field, FileField, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import Email, InputRequired, Length, Optional, ValidationError

from app.domain import limits
from app.domain.contacts import phone_fault
from app.domain.enums import TicketKind, TicketPhase
from app.domain.numbers import NO_NUMBER
from forms.plain import Plain, PlainLines
from forms.refusing import RefusingForm
from forms.staff import StaffForm, cleaned

_CHOOSE = ("", "Choisir une option")


def _at_most(length: int) -> Length:
    return Length(max=length, message=f"Au plus {length} caractères.")


class MessageForm(RefusingForm):
    """A message with a file, if any."""

    body = TextAreaField(
        "Description",
        [InputRequired("Saisissez un message."), _at_most(limits.MESSAGE_LENGTH), PlainLines()],
        filters=[cleaned],
        render_kw={"rows": 8},
    )
    file = FileField(
        "Pièce jointe", description="Taille maximum : 2 Mo. Formats acceptés: .json, .pdf, .png, .txt, .zip"
    )


class AnswerForm(StaffForm):
    """What the assistance answers."""

    body = TextAreaField(
        "Réponse",
        [InputRequired("Saisissez une réponse."), _at_most(limits.MESSAGE_LENGTH)],
        filters=[cleaned],
        render_kw={"rows": 8},
    )
    file = FileField(
        "Pièce jointe", description="Taille maximum : 2 Mo. Formats acceptés: .json, .pdf, .png, .txt, .zip"
    )


class ContactForm(MessageForm):
    """« Contact »: the fields of the guide, in its order."""

    corridor_code = SelectField("Couloir", [InputRequired("Choisissez un couloir.")])
    phase = SelectField(
        "Phase",
        [InputRequired("Choisissez une phase.")],
        choices=[_CHOOSE, *((one.value, one.label) for one in TicketPhase)],
    )
    kind = SelectField(
        "Type de demande",
        [InputRequired("Choisissez un type de demande.")],
        choices=[_CHOOSE, *((one.value, one.label) for one in TicketKind)],
    )
    name = StringField("Nom", [InputRequired("Saisissez votre nom."), _at_most(100), Plain()], filters=[cleaned])
    company = StringField("Raison sociale", [Optional(), _at_most(200), Plain()], filters=[cleaned])
    email = EmailField(
        "Courriel",
        [
            InputRequired("Saisissez votre courriel."),
            _at_most(254),
            Email("Saisissez une adresse de la forme nom@domaine.fr."),
        ],
        filters=[cleaned],
        render_kw={"autocomplete": "email"},
    )
    phone = TelField("Téléphone", [InputRequired("Saisissez votre téléphone."), _at_most(20)], filters=[cleaned])
    ans_number = StringField("Numéro de référencement", [Optional(), _at_most(20), Plain()], filters=[cleaned])
    about = StringField(
        "Numéro de demande associée",
        [InputRequired(f'Saisissez un numéro de demande, ou "{NO_NUMBER}".'), _at_most(30), Plain()],
        filters=[cleaned],
        description="Si vous n'avez pas de numéro de demande d'enrôlement, d'avance ou de solde indiquez "
        f'"{NO_NUMBER}".',
    )

    captcha = StringField("Captcha")  # asked of strangers, and judged where it is spent

    def offer(self, corridors: list[tuple[str, str]]) -> "ContactForm":
        """The corridors in force, by code and label."""
        self.corridor_code.choices = [_CHOOSE, *corridors]
        return self

    def validate_phone(self, field: Field) -> None:
        if phone_fault(field.data or ""):
            raise ValidationError("Saisissez un numéro de téléphone de 10 chiffres.")
