"""What people type about their credentials: address, password, secret question, code."""

from wtforms import EmailField, Field, PasswordField, StringField
from wtforms.validators import Email, InputRequired, Length, ValidationError

from app.domain import limits
from forms.plain import Plain
from forms.refusing import RefusingForm

_LONGEST = 200
_PASSWORD = Length(max=limits.PASSWORD_MOST, message=f"Au plus {limits.PASSWORD_MOST} caractères.")
_TEXT = Length(max=_LONGEST, message=f"Au plus {_LONGEST} caractères.")


class AddressForm(RefusingForm):
    """« J'ai oublié… »: where to write."""

    email = EmailField(
        "Votre courriel",
        [
            InputRequired("Saisissez votre courriel."),
            Length(max=254, message="Au plus 254 caractères."),
            Email("Saisissez une adresse de la forme nom@domaine.fr."),
        ],
        render_kw={"autocomplete": "email"},
    )


class NewPasswordForm(RefusingForm):
    """A password chosen by a link: without the former one."""

    new = PasswordField(
        "Entrez le nouveau mot de passe",
        [InputRequired("Saisissez le nouveau mot de passe."), _PASSWORD],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "Confirmez le nouveau mot de passe",
        [InputRequired("Saisissez-le une seconde fois."), _PASSWORD],
        render_kw={"autocomplete": "new-password"},
    )

    def validate_again(self, field: Field) -> None:
        if self.new.data != field.data:
            raise ValidationError("Les deux saisies diffèrent.")


class ChangePasswordForm(NewPasswordForm):
    """The three-field screen of the guide."""

    old = PasswordField(
        "Entrez l'ancien mot de passe",
        [InputRequired("Saisissez l'ancien mot de passe."), _PASSWORD],
        render_kw={"autocomplete": "current-password"},
    )


class QuestionForm(RefusingForm):
    """« Positionnement de la question secrète »."""

    question = StringField("Entrez la question secrète", [InputRequired("Saisissez une question."), _TEXT, Plain()])
    answer = StringField(
        "Entrez la réponse", [InputRequired("Saisissez la réponse."), _TEXT], render_kw={"autocomplete": "off"}
    )


class AnswerForm(RefusingForm):
    """The question asked after a mailed link."""

    answer = StringField(
        "Votre réponse", [InputRequired("Saisissez la réponse."), _TEXT], render_kw={"autocomplete": "off"}
    )


class CodeForm(RefusingForm):
    """A code of six figures, or a recovery code."""

    code = StringField(
        "Code",
        [InputRequired("Saisissez le code."), Length(max=40, message="Au plus 40 caractères.")],
        render_kw={"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"},
    )


class StepUpForm(CodeForm):
    """The password and the mailed code, before a sensitive change."""

    password = PasswordField(
        "Votre mot de passe",
        [InputRequired("Saisissez votre mot de passe."), _PASSWORD],
        render_kw={"autocomplete": "current-password"},
    )
