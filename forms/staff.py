"""The forms of the staff site. Each carries the version of the request that the person had before his eyes."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp
from wtforms.widgets import HiddenInput

from forms.money import EurosField
from forms.refusing import put

COMMENT_LENGTH = 4000


def cleaned(text: str | None) -> str | None:
    """Without the NUL that PostgreSQL refuses, nor the spaces around."""
    return text.replace("\x00", "").strip() if text else text


class StaffForm(FlaskForm):
    """A form of which several may stand in one page: `apart` makes the ids of its controls its own."""

    def apart(self, key: str) -> "StaffForm":
        for control in self:
            control.id = f"{control.name}-{key}"
            control.label.field_id = control.id
        return self

    def refuse(self, message: str, name: str | None) -> None:
        """Show a rule's refusal at its field, or above the form."""
        put(self, message, name)


class SeenForm(StaffForm):
    """An act without a word: « Valider », « Mettre en paiement »."""

    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired("La page est incomplète : rechargez-la.")])


class CommentForm(SeenForm):
    """An act that needs a word to the supplier, or to the file."""

    comment = TextAreaField(
        "Commentaire",
        [InputRequired("Saisissez un commentaire."), Length(max=COMMENT_LENGTH, message="Au plus 4 000 caractères.")],
        filters=[cleaned],
        render_kw={"rows": 4},
    )


class JudgeForm(SeenForm):
    """Accepting or rejecting: a word, that the service asks for where it is needed."""

    comment = TextAreaField(
        "Commentaire au fournisseur",
        [Length(max=COMMENT_LENGTH, message="Au plus 4 000 caractères.")],
        filters=[cleaned],
        description="Obligatoire pour rejeter. Il part par courriel.",
        render_kw={"rows": 4},
    )


class DecideForm(SeenForm):
    """« Décider » one request: on which envelope."""

    envelope = SelectField(
        "Enveloppe",
        [InputRequired("Choisissez une enveloppe.")],
        coerce=str,
        validate_choice=False,
    )


class PaymentForm(SeenForm):
    """« Enregistrer le paiement »."""

    paid_on = DateField("Date de paiement", [InputRequired("Saisissez la date du virement.")])
    reference = StringField(
        "Référence du virement",
        [InputRequired("Saisissez la référence du virement."), Length(max=60, message="Au plus 60 caractères.")],
        filters=[cleaned],
    )

    def validate(self, **kwargs: Any) -> bool:
        """A date that is no date is said in French."""
        valid: bool = super().validate(**kwargs)
        if self.paid_on.errors and self.paid_on.raw_data and any(self.paid_on.raw_data):
            self.paid_on.errors = ["Saisissez une date : jj/mm/aaaa."]
        return valid


class RecoveryForm(SeenForm):
    """« Proposer un ordre de recouvrement »: all that is left of the payment, or a part."""

    amount = EurosField("Montant à recouvrer (€)", [InputRequired("Saisissez le montant.")])
    reason = TextAreaField(
        "Motif",
        [InputRequired("Saisissez le motif."), Length(max=COMMENT_LENGTH, message="Au plus 4 000 caractères.")],
        filters=[cleaned],
        render_kw={"rows": 3},
    )


class RecoveredForm(PaymentForm):
    """« Enregistrer le recouvrement »: the same two facts as a payment."""

    paid_on = DateField("Date de recouvrement", [InputRequired("Saisissez la date du reversement.")])
    reference = StringField(
        "Référence du reversement",
        [InputRequired("Saisissez la référence."), Length(max=60, message="Au plus 60 caractères.")],
        filters=[cleaned],
    )


class EnvelopeForm(StaffForm):
    """A new envelope, proposed by a décideur."""

    code = StringField(
        "Code",
        [
            InputRequired("Saisissez le code de l'enveloppe."),
            Length(max=30, message="Au plus 30 caractères."),
            Regexp(r"\A[A-Z0-9][A-Z0-9-]*\Z", message="Lettres majuscules, chiffres et tirets : ENV-MDV-2026."),
        ],
        filters=[cleaned],
        description="Lettres majuscules, chiffres et tirets, par exemple ENV-MDV-2026.",
    )
    label = StringField(
        "Libellé",
        [InputRequired("Saisissez le libellé."), Length(max=200, message="Au plus 200 caractères.")],
        filters=[cleaned],
    )
    corridor = SelectField("Couloir", description="Laissez « Tous » pour une enveloppe commune.")
    amount = EurosField("Montant (€)", [InputRequired("Saisissez le montant.")])
    reason = TextAreaField(
        "Motif", [Length(max=COMMENT_LENGTH, message="Au plus 4 000 caractères.")], filters=[cleaned]
    )


class IncreaseForm(StaffForm):
    """More money for an envelope."""

    amount = EurosField("Montant de l'augmentation (€)", [InputRequired("Saisissez le montant.")])
    reason = TextAreaField(
        "Motif", [Length(max=COMMENT_LENGTH, message="Au plus 4 000 caractères.")], filters=[cleaned]
    )
