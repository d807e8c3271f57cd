"""Where does a form show what a rule refuses? At the field the refusal names, else above the form."""

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.form import BaseForm

from app.domain.errors import RuleBroken


def put(form: BaseForm, message: str, name: str | None, otherwise: str = "") -> None:
    """Show a message at the field of this name, else at `otherwise`, else above the form."""
    control: Field | None = form._fields.get(name or "") or form._fields.get(otherwise)
    if control is None:
        form.form_errors.append(message)
    else:
        control.errors = [*control.errors, message]


class RefusingForm(FlaskForm):
    """A form that shows a rule's refusal. `REFUSED_AT`: the field of a refusal that names none of its own."""

    REFUSED_AT = ""

    def refuse(self, refusal: RuleBroken) -> None:
        put(self, str(refusal), refusal.field, self.REFUSED_AT)
