"""What is asked of a summary table. Its fields are the address of the page, so that a table can be kept and shared."""

from typing import Any

from wtforms import DateField, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import AnyOf, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.domain.enums import Phase
from app.domain.summary_tables import Dimension, Measure
from forms.staff import StaffForm

_DIMENSIONS = [(one.value, one.label) for one in Dimension]
_LISTED = "Choisissez une valeur de la liste."


def _choice(label: str, name: str, choices: list[tuple[str, str]], **more: Any) -> SelectField:
    """One value of a list, refused in French when it is none."""
    known = AnyOf([value for value, _ in choices], message=_LISTED)
    return SelectField(label, [known], name=name, choices=choices, validate_choice=False, **more)


class SummaryForm(StaffForm):
    """Rows, columns, measures and criteria. The rules between them are `Question`'s."""

    rows = _choice("Lignes", "lignes", _DIMENSIONS, default=Dimension.CORRIDOR.value)
    then = _choice("Sous-lignes", "puis", [("", "Aucune"), *_DIMENSIONS], default="")
    columns = _choice("Colonnes", "colonnes", [("", "Aucune"), *_DIMENSIONS], default=Dimension.STATUS.value)
    measures = SelectMultipleField(
        "Mesures",
        name="mesures",
        choices=[(one.value, one.label) for one in Measure],
        default=[Measure.COUNT.value],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    deposited_from = DateField("Déposées à partir du", [Optional()], name="depot_du")
    deposited_to = DateField("Jusqu'au", [Optional()], name="depot_au")
    corridor = SelectField("Couloir", name="couloir", validate_choice=False, default="")
    phase = _choice("Type", "type", [("", "Tous"), *((one.value, one.label) for one in Phase)], default="")

    def validate_measures(self, field: Any) -> None:
        if not set(field.data or ()) <= {value for value, _ in field.choices}:
            field.data = []
            raise ValidationError("Choisissez des mesures de la liste.")

    def validate(self, **kwargs: Any) -> bool:
        """A date that is no date is said in French."""
        valid: bool = super().validate(**kwargs)
        for day in (self.deposited_from, self.deposited_to):
            if day.errors:
                day.errors = ["Saisissez une date : jj/mm/aaaa."]
        return valid
