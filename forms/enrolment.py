"""The steps of an enrolment as forms (guides « Présentation du portail » and « Opérateur MSS », labels to the letter).

`of_step(step, …)` gives the form of a step with its pieces. What is typed is kept whatever these forms say of it; a
step is passed when they say nothing. Whether a number, a SIRET or an account exists is asked of the services.
"""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from wtforms import BooleanField, EmailField, Field, FileField, RadioField, SelectField, StringField, TelField
from wtforms.validators import InputRequired, ValidationError

from app.domain import contacts
from app.domain.enrolment_steps import FILES_HINT, NO, OF_THE_SUPPLIER, YES, Piece, Quality, Step
from app.domain.errors import RuleBroken
from app.domain.vat import VatRegime
from forms.plain import Plain
from forms.refusing import RefusingForm

CHOOSE = ("", "Choisir une option")
VAT_ORDER = (VatRegime.TTC_8_5, VatRegime.TTC_20, VatRegime.TTC_0, VatRegime.HT)  # that of the guide
TERMS = "J'ai lu et j'accepte les CGU"
PENAL_CODE = (
    "Je suis informé(e) des dispositions de l'article 441-7 du code pénal qui prévoit [...] qu'« est puni d'un an"
    " d'emprisonnement et de 15000 euros d'amende le fait : 1° D'établir une attestation ou un certificat faisant état"
    " de faits matériellement inexacts ; 2° De falsifier une attestation ou un certificat originairement sincère ;"
    " 3° De faire usage d'une attestation ou d'un certificat inexact ou falsifié. Les peines sont portées à trois ans"
    " d'emprisonnement et à 45 000 euros d'amende lorsque l'infraction est commise en vue de porter préjudice au Trésor"
    " public ou au patrimoine d'autrui"
)
SINCERE = "L'ensemble des éléments saisis dans ce formulaire de demande sont sincères et véritables"
_LENGTHS = {"number": 10, "extension": 10, "street_type": 40, "postcode": 5, "city": 100, "email": 254, "phone": 20}


def tidied(text: str | None) -> str:
    """As it is kept: composed, without the NUL no database takes, nor spaces around."""
    return unicodedata.normalize("NFC", (text or "").replace("\x00", "")).strip()


class StepForm(RefusingForm):
    """`pieces` are those it may ask, `lacking` the codes of those it still needs."""

    pieces: Sequence[Piece] = ()
    lacking: Collection[str] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        for piece in self.pieces:
            if piece.code in self.lacking:
                self.refuse(RuleBroken(f"Joignez le fichier « {piece.label} ».", field=piece.code))
                valid = False
        return valid


def _text(label: str, missing: str = "", most: int = 200, kind: type[Field] = StringField, **more: Any) -> Field:
    checks: list[Any] = [InputRequired(missing)] if missing else []
    return kind(label, [*checks, Plain(most)], filters=[tidied], **more)


class ReferencingForm(StepForm):
    """« Référencement »."""

    ans_number = _text(
        "N° unique de référencement (ANS)", "Saisissez le N° unique de référencement (ANS).", 20,
        render_kw={"placeholder": "N° unique de référencement (ANS)", "autocomplete": "off"},
    )  # fmt: skip


class SiretForm(StepForm):
    """« Demandeur », until the company is known."""

    siret = _text("Numéro de SIRET", "Saisissez le numéro de SIRET.", 20, render_kw={"inputmode": "numeric"})


class ApplicantForm(StepForm):
    """« Demandeur »: the company and its address, its representative, and who files when it is somebody else."""

    name = _text("Dénomination sociale", "Saisissez la dénomination sociale.")
    trade_name = _text("Nom commercial", "Saisissez le nom commercial.")
    recipient = _text("Identité du destinataire / service", most=100)
    building = _text("Entrée / Bât / Immeuble", most=100)
    number = _text("N°", most=_LENGTHS["number"])
    extension = _text("Extension", most=_LENGTHS["extension"])
    street_type = _text("Type de voie", "Saisissez le type de voie.", _LENGTHS["street_type"])
    street = _text("Nom de voie", "Saisissez le nom de la voie.")
    complement = _text("Complément d'adresse", most=100)
    postcode = _text("Code postal", "Saisissez le code postal.", _LENGTHS["postcode"])
    city = _text("Commune", "Saisissez la commune.", _LENGTHS["city"])
    is_representative = RadioField(
        "Je suis le représentant légal du fournisseur",
        [InputRequired("Dites si vous êtes le représentant légal.")],
        choices=[(YES, "Oui"), (NO, "Non")],
    )
    representative_last_name = _text("Nom du représentant", "Saisissez le nom du représentant.", 100)
    representative_first_name = _text("Prénom du représentant", "Saisissez le prénom du représentant.", 100)
    representative_email = _text("Email du représentant", "Saisissez l'email du représentant.", 254, EmailField)
    representative_email_again = _text(
        "Confirmation email du représentant", "Saisissez une seconde fois l'email du représentant.", 254, EmailField
    )
    representative_phone = _text("Téléphone du représentant", "Saisissez le téléphone du représentant.", 20, TelField)
    declarant_last_name = _text("Nom du dépositaire", most=100)
    declarant_first_name = _text("Prénom du dépositaire", most=100)
    declarant_email = _text("Email du dépositaire", most=254, kind=EmailField)
    declarant_email_again = _text("Confirmation email du dépositaire", most=254, kind=EmailField)
    declarant_phone = _text("Téléphone du dépositaire", most=20, kind=TelField)
    quality = RadioField(
        "Merci de préciser votre qualité en tant que tiers déclarant",
        choices=[(one.value, one.label) for one in Quality],
        validate_choice=False,
    )

    def validate_postcode(self, field: Field) -> None:
        if field.data and not (field.data.isascii() and field.data.isdecimal() and len(field.data) == 5):
            raise ValidationError("Un code postal compte 5 chiffres.")

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        wrong = list(self._person_faults("representative"))
        if self.is_representative.data == NO:
            wrong += self._declarant_faults()
        for name, message in wrong:
            self.refuse(RuleBroken(message, field=name))
        return valid and not wrong

    def _declarant_faults(self) -> list[tuple[str, str]]:
        names = [name for name in self._fields if name.startswith("declarant_") and name != "declarant_identity"]
        empty = [name for name in names if not self[name].data]
        found = [(name, f"Saisissez : {self[name].label.text}.") for name in empty]
        if self.quality.data not in tuple(Quality):
            found.append(("quality", "Précisez votre qualité en tant que tiers déclarant."))
        return found + list(self._person_faults("declarant"))

    def _person_faults(self, who: str) -> list[tuple[str, str]]:
        email, again, phone = (self[f"{who}_{part}"] for part in ("email", "email_again", "phone"))
        found = []
        if email.data and (fault := contacts.email_fault(email.data)):
            found.append((email.name, f"Email refusé : {fault}."))
        if email.data and again.data and email.data != again.data:
            found.append((again.name, "Les deux emails diffèrent."))
        if phone.data and contacts.phone_fault(phone.data):
            found.append((phone.name, "Saisissez un numéro de téléphone de 10 chiffres."))
        return found


class BankForm(StepForm):
    """« Coordonnées bancaires »."""

    iban = _text("IBAN", "Saisissez l'IBAN.", 45, render_kw={"autocomplete": "off", "spellcheck": "false"})
    bic = _text("BIC", "Saisissez le BIC.", 15, render_kw={"autocomplete": "off", "spellcheck": "false"})
    holder = _text("Titulaire", "Saisissez le titulaire du compte.")
    bank_name = _text("Domiciliation", "Saisissez la domiciliation.")


class VatForm(StepForm):
    """« Régime TVA »."""

    vat = SelectField(
        "Taux TVA",
        [InputRequired("Choisissez un taux de TVA.")],
        choices=[CHOOSE, *((one.value, one.label) for one in VAT_ORDER)],
    )


class ConfirmationForm(StepForm):
    """The three boxes of « Terminer »."""

    terms = BooleanField(TERMS, [InputRequired("Cochez : vous avez lu et acceptez les CGU.")])
    penal_code = BooleanField(PENAL_CODE, [InputRequired("Cochez : vous êtes informé(e) de l'article 441-7.")])
    sincere = BooleanField(SINCERE, [InputRequired("Cochez : vos éléments sont sincères et véritables.")])


FORMS: Mapping[Step, type[StepForm]] = {
    Step.REFERENCING: ReferencingForm,
    Step.APPLICANT: ApplicantForm,
    Step.BANK: BankForm,
    Step.VAT: VatForm,
    Step.CONFIRMATION: ConfirmationForm,
}


def of_step(
    step: Step,
    answers: Mapping[str, Any],
    pieces: Sequence[Piece] = (),
    lacking: Collection[str] = (),
    *,
    known: bool = False,
) -> StepForm:
    """The form of a step, filled with these answers, with a file field per piece. `known`: for a supplier whose people
    and account are not asked."""
    files = {one.code: FileField(one.label, description=" ".join((one.hint, FILES_HINT)).strip()) for one in pieces}
    base = StepForm if known and step in OF_THE_SUPPLIER else FORMS[step]
    made = type(f"{step.name.title()}Form", (base,), {**files, "pieces": pieces, "lacking": lacking})
    form: StepForm = made(data=answers)
    return form
