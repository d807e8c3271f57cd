"""What an administrator types about an account."""

from wtforms import EmailField, SelectMultipleField, StringField
from wtforms.validators import Email, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.domain.enums import STAFF_ROLES, Role
from forms.plain import Plain
from forms.staff import StaffForm, cleaned


def _folded(text: str | None) -> str | None:
    return cleaned(text).casefold() if text else text  # type: ignore[union-attr]


class RolesField(SelectMultipleField):
    """Boxes to tick, one a role of the ASP."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RolesForm(StaffForm):
    """What is no box of the list is no role: the service says that one is needed."""

    roles = RolesField(
        "Rôles", choices=[(role.value, role.label) for role in Role if role in STAFF_ROLES], validate_choice=False
    )

    @property
    def chosen(self) -> list[Role]:
        return [role for role in Role if role in STAFF_ROLES and role.value in (self.roles.data or ())]


class AccountForm(RolesForm):
    """A new account of the ASP."""

    username = StringField(
        "Identifiant",
        [InputRequired("Saisissez un identifiant."), Length(max=64, message="Au plus 64 caractères.")],
        filters=[_folded],
        description="Lettres minuscules, chiffres, points ou tirets : prenom.nom",
    )
    full_name = StringField(
        "Nom et prénom",
        [InputRequired("Saisissez un nom."), Length(max=200, message="Au plus 200 caractères."), Plain()],
        filters=[cleaned],
    )
    email = EmailField(
        "Courriel",
        [
            InputRequired("Saisissez un courriel."),
            Length(max=254, message="Au plus 254 caractères."),
            Email("Saisissez une adresse de la forme nom@domaine.fr."),
        ],
        filters=[cleaned],
    )
