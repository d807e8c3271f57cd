"""What a supplier types about where he is paid, who speaks for him and who logs in for him.

Guides « Les écrans du portail », § 7, and « Présentation du portail » (« Demandeur », « Coordonnées bancaires »).
"""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, EmailField, Field, FileField, SelectField, StringField, TelField
from wtforms.validators import InputRequired, Length, ValidationError

from app.domain import person_changes
from app.domain.contacts import email_fault
from app.domain.enums import PersonPieceKind
from app.domain.person_changes import Identity, Speakers
from forms.plain import Plain
from forms.refusing import RefusingForm
from forms.staff import cleaned

CHOOSE_KIND = "Selectionner une option"


def _at_most(length: int) -> Length:
    return Length(max=length, message=f"Au plus {length} caractères.")


class BankForm(RefusingForm):
    """« Ajouter une coordonnée bancaire ». Keys and countries are the service's."""

    iban = StringField(
        "IBAN",
        [InputRequired("Saisissez l'IBAN."), _at_most(60), Plain()],
        filters=[cleaned],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    bic = StringField(
        "BIC",
        [InputRequired("Saisissez le BIC."), _at_most(20), Plain()],
        filters=[cleaned],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    holder = StringField("Titulaire", [InputRequired("Saisissez le titulaire."), _at_most(200), Plain()], [cleaned])
    bank_name = StringField(
        "Domiciliation",
        [_at_most(200), Plain()],
        [cleaned],
        description="Sera automatiquement renseignée si vous ne saisissez rien.",
    )
    file = FileField("RIB *")


class PeopleForm(RefusingForm):
    """« Modifier mes coordonnées personne physique »: what is typed may be kept before it is right."""

    KEPT_LENGTH = 300

    representative_last_name = StringField("Nom du représentant légal :", filters=[cleaned])
    representative_first_name = StringField("Prénom du représentant légal :", filters=[cleaned])
    representative_email = EmailField("Email du représentant légal :", filters=[cleaned])
    representative_phone = TelField("Téléphone du représentant légal :", filters=[cleaned])
    alone = BooleanField("Le demandeur est le représentant légal")
    declarant_last_name = StringField("Nom du demandeur :", filters=[cleaned])
    declarant_first_name = StringField("Prénom du demandeur :", filters=[cleaned])
    declarant_email = EmailField("Email du demandeur :", filters=[cleaned])
    declarant_phone = TelField("Téléphone du demandeur :", filters=[cleaned])
    kind = SelectField(
        "Type de pièce complémentaire :",
        choices=[("", CHOOSE_KIND), *((one.value, one.label) for one in PersonPieceKind)],
        validate_choice=False,
    )
    file = FileField("Fichier à ajouter :")

    @property
    def speakers(self) -> Speakers:
        """As typed."""
        return Speakers(self._typed("representative"), None if self.alone.data else self._typed("declarant"))

    def fill(self, speakers: Speakers) -> "PeopleForm":
        """Show these people."""
        self.alone.data = speakers.declarant is None
        for prefix, person in (("representative", speakers.representative), ("declarant", speakers.declarant)):
            for name in person_changes.LABELS:
                self[f"{prefix}_{name}"].data = getattr(person, name) if person else ""
        return self

    def refuse_faults(self) -> bool:
        """Say what is wrong at each field. True when something is."""
        speakers = self.speakers
        wrong = False
        for prefix, person in (("representative", speakers.representative), ("declarant", speakers.declarant)):
            for name, said in (person_changes.faults(person) if person else {}).items():
                self[f"{prefix}_{name}"].errors = [said]
                wrong = True
        return wrong

    def fields_of(self, prefix: str) -> Iterable[Field]:
        return (self[f"{prefix}_{name}"] for name in person_changes.LABELS)

    def _typed(self, prefix: str) -> Identity:
        return Identity(
            **{
                name: " ".join((self[f"{prefix}_{name}"].data or "").split())[: self.KEPT_LENGTH]
                for name in person_changes.LABELS
            }
        )


class ModelForm(RefusingForm):
    """« Ajouter un modèle de document »."""

    kind = SelectField("Type fichier", [InputRequired("Choisissez un type de fichier.")], validate_choice=False)
    file = FileField("Ajouter un fichier *")

    def __init__(self, kinds: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [("", "Veuillez sélectionner un type de pièces jointes complémentaires"), *kinds]


class InviteForm(RefusingForm):
    """Somebody else of the company."""

    full_name = StringField(
        "Prénom et nom", [InputRequired("Saisissez un prénom et un nom."), _at_most(200), Plain()], [cleaned]
    )
    email = EmailField("Courriel", [InputRequired("Saisissez un courriel."), _at_most(254), Plain()], [cleaned])
    administers = BooleanField("Peut lui aussi inviter et fermer des comptes")

    def validate_email(self, field: Field) -> None:
        fault = email_fault(field.data or "")
        if fault:
            raise ValidationError(f"{fault[0].upper()}{fault[1:]}.")
