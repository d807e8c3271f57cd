"""The forms of the instruction of an enrolment, and the one of who answers."""

from wtforms import IntegerField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from app.domain import limits
from forms.refusing import RefusingForm
from forms.staff import COMMENT_LENGTH, CommentForm, SeenForm, cleaned


class AskPieceForm(CommentForm):
    """« Demander une pièce »."""

    kinds = SelectMultipleField(
        "Pièces demandées",
        [InputRequired("Choisissez au moins une pièce de la liste.")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )


class CertificateForm(SeenForm):
    """« Attendre le certificat »: with a word, or without."""

    comment = TextAreaField(
        "Commentaire (facultatif)",
        [Optional(), Length(max=COMMENT_LENGTH, message="Au plus 4 000 caractères.")],
        filters=[cleaned],
        render_kw={"rows": 3},
    )


class AnswerForm(RefusingForm):
    """« Envoyer ma réponse »."""

    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired("La page est incomplète : rechargez-la.")])
    answer = TextAreaField(
        "Votre message (facultatif)",
        [Optional(), Length(max=limits.MESSAGE_LENGTH, message=f"Au plus {limits.MESSAGE_LENGTH} caractères.")],
        filters=[cleaned],
        render_kw={"rows": 4},
    )
