"""What is typed to try a draft: a sample file, or an imagined request."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import SelectField
from wtforms.validators import InputRequired

from app.domain.enums import Phase
from app.domain.vat import VatRegime
from forms import corridor_controls as controls
from forms.staff import StaffForm

Choices = Sequence[tuple[str, str]]


class _OfSoftware(StaffForm):
    """Under which software of the draft."""

    software = SelectField("Logiciel", [InputRequired("Choisissez un logiciel.")])
    vat = SelectField("Taux de TVA", [InputRequired("Choisissez un taux.")])

    def __init__(self, software: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.software.choices = list(software)
        self.vat.choices = [(one.value, one.label) for one in VatRegime]


class TrialForm(_OfSoftware):
    """« Essayer un fichier »."""

    phase = SelectField("Type de demande", [InputRequired("Choisissez un type de demande.")])
    file = FileField("Fichier JSON", description="Rien n'est enregistré ; aucun fournisseur n'est consulté.")

    def __init__(self, software: Choices, **kwargs: Any) -> None:
        super().__init__(software, **kwargs)
        self.phase.choices = [(one.value, one.label) for one in Phase]


class ReckonForm(_OfSoftware):
    """« Calculer un montant »; it reads its address: nothing is written."""

    class Meta:
        csrf = False

    declared = controls.Euros("Montant HT déclaré (€)")
    identifiers = controls.Texts(
        "Bénéficiaires",
        empty=[],
        description="Un identifiant par ligne ; leur nombre compte, et leur plafond au barème.",
    )
