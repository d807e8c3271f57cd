"""« Simuler mon fichier json »: what a stranger chooses, and the file, chosen or coming back with its report."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField, ValidationError
from wtforms.validators import InputRequired

from app.domain import file_names, limits
from app.domain.enums import Phase
from app.domain.errors import RuleBroken
from app.domain.vat import VatRegime
from forms import uploads
from forms.packed import unpacked
from forms.refusing import RefusingForm

NAME_LENGTH = 100


class PublicSimulationForm(RefusingForm):
    """`software`: the choices (key, label). After validation `bytes` holds the file."""

    REFUSED_AT = "file"

    software = SelectField("Couloir et logiciel", [InputRequired("Choisissez un couloir.")])
    phase = SelectField("Type de demande", [InputRequired("Choisissez un type de demande.")])
    vat = SelectField("Taux de TVA", [InputRequired("Choisissez un taux de TVA.")])
    file = FileField("Choisissez le fichier")
    packed = HiddenField()
    name = HiddenField()

    def __init__(self, software: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.software.choices = [("", "Sélectionnez un couloir"), *software]
        self.phase.choices = [("", "Sélectionnez un type"), *((one.value, one.label) for one in Phase)]
        self.vat.choices = [("", "Sélectionnez un taux"), *((one.value, one.label) for one in VatRegime)]
        self.bytes = b""

    def validate_file(self, field: FileField) -> None:
        try:
            if uploads.picked(field.data) is None and self.packed.data:
                self.bytes = unpacked(self.packed.data)
            else:
                self.bytes = uploads.read(field.data, limits.JSON_FILE_BYTES)
                self.name.data = file_names.kept(field.data.filename or "", "fichier.json")[-NAME_LENGTH:]
        except RuleBroken as refusal:
            raise ValidationError(str(refusal)) from refusal

    @property
    def comes_back(self) -> bool:
        """True for a file that was simulated already, and comes with its report."""
        return bool(self.packed.data) and uploads.picked(self.file.data) is None

    @property
    def stem(self) -> str:
        """The name of the file without its extension, as a download may bear it."""
        return file_names.kept(self.name.data or "", "fichier.json")[-NAME_LENGTH:].removesuffix(".json")
