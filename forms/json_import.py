"""« Import des demandes d'avance ou de solde » (guide « Les écrans du portail », § 4.2)."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, ValidationError
from wtforms.validators import InputRequired

from app.domain import file_names, limits
from app.domain.enums import Phase
from app.domain.errors import RuleBroken
from app.domain.vat import VatRegime
from forms import uploads
from forms.refusing import RefusingForm

Choices = Sequence[tuple[str, str]]


def _choices(label: str, options: Choices) -> list[tuple[str, str]]:
    return [("", label), *options]


class ImportForm(RefusingForm):
    """The four fields of the guide, and the consent asked when lines would be rejected.

    `ans_numbers`: the numbers of the supplier's validated enrolments. After validation `content` holds the bytes.
    """

    REFUSED_AT = "file"

    phase = SelectField("Type de demande", [InputRequired("Choisissez un type de demande.")])
    ans_number = SelectField("Numéro ANS", [InputRequired("Choisissez un numéro ANS.")])
    vat = SelectField("Taux de TVA", [InputRequired("Choisissez un taux de TVA.")])
    file = FileField("Choisissez le fichier")
    confirmed = BooleanField("J'ai lu les motifs : importer quand même, sans les lignes rejetées")

    def __init__(self, ans_numbers: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.phase.choices = _choices("Sélectionnez un type", [(one.value, one.label) for one in Phase])
        self.ans_number.choices = _choices("Sélectionnez un numéro", [(number, number) for number in ans_numbers])
        self.vat.choices = _choices("Sélectionnez un taux", [(one.value, one.label) for one in VatRegime])
        self.content = b""

    def validate_file(self, field: FileField) -> None:
        try:
            self.content = uploads.read(field.data, limits.JSON_FILE_BYTES)
        except RuleBroken as refusal:
            raise ValidationError(str(refusal)) from refusal

    @property
    def file_name(self) -> str:
        return file_names.kept(self.file.data.filename or "")

    def offered(self) -> bytes | None:
        """The bytes picked again beside a simulation; None when nothing was picked. Raises `RuleBroken`."""
        if uploads.picked(self.file.data) is None:
            return None
        return uploads.read(self.file.data, limits.JSON_FILE_BYTES)
