"""Where a form shows what a rule refuses once the form itself has nothing to say."""

from flask_wtf import FlaskForm
from wtforms import Field

from app.domain.errors import RuleBroken


class RefusingForm(FlaskForm):
    """A form whose fields bear the names the rules use."""

    def refuse(self, refusal: RuleBroken) -> None:
        """Show a rule's refusal at its field, or above the form when it names none."""
        control: Field | None = self._fields.get(refusal.field or "")
        if control is None:
            self.form_errors.append(str(refusal))
        else:
            control.errors = [*control.errors, str(refusal)]
