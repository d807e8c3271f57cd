"""« Déposer une pièce complémentaire »: its type and its file."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import FileField, SelectField

CHOOSE = "– Sélectionnez un type de pièce complémentaire –"


class ComplementForm(FlaskForm):
    """`kinds`: the types open for this request (code, label). The services check both fields."""

    kind = SelectField("Type de pièce complémentaire :", validate_choice=False)
    file = FileField("Fichier à ajouter :")

    def __init__(self, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [("", CHOOSE), *kinds]

    def refuse(self, field: str | None, message: str) -> None:
        """Put a refusal at its field, the file when it names none."""
        control = self.kind if field == "kind" else self.file
        control.errors = [*control.errors, message]
