"""What staff type for the public pages: questions, rubrics, news, pages of text. Texts are Markdown."""

from wtforms import DateTimeLocalField, FileField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from app.domain import limits
from app.domain.enums import Audience
from forms.staff import StaffForm, cleaned

MARKDOWN = "Texte simple ; **gras**, [lien](https://…), listes avec « - », titres avec « ## »."


def _at_most(length: int) -> Length:
    return Length(max=length, message=f"Au plus {length} caractères.")


class PositionForm(StaffForm):
    position = IntegerField(
        "Rang",
        [InputRequired("Saisissez un rang."), NumberRange(1, 9_999, message="Un nombre de 1 à 9 999.")],
        default=1,
    )


class RubricForm(PositionForm):
    title = StringField("Titre", [InputRequired("Saisissez un titre."), _at_most(200)], filters=[cleaned])


class EntryForm(PositionForm):
    rubric = SelectField("Rubrique", [InputRequired("Choisissez une rubrique.")], coerce=int)
    question = StringField("Question", [InputRequired("Saisissez une question."), _at_most(300)], filters=[cleaned])
    answer = TextAreaField(
        "Réponse",
        [InputRequired("Saisissez une réponse."), _at_most(10_000)],
        filters=[cleaned],
        description=MARKDOWN,
        render_kw={"rows": 8},
    )


class NewsForm(StaffForm):
    title = StringField("Titre", [InputRequired("Saisissez un titre."), _at_most(200)], filters=[cleaned])
    body = TextAreaField(
        "Texte",
        [InputRequired("Saisissez un texte."), _at_most(10_000)],
        filters=[cleaned],
        description=MARKDOWN,
        render_kw={"rows": 8},
    )
    audience = SelectField("Public visé", choices=[(one.value, one.label) for one in Audience])
    corridor_code = SelectField("Couloir", [Optional()])
    published_at = DateTimeLocalField("Publiée à partir du (heure de Paris)", [Optional()], format="%Y-%m-%dT%H:%M")
    ends_at = DateTimeLocalField("Jusqu'au (heure de Paris)", [Optional()], format="%Y-%m-%dT%H:%M")
    file = FileField("Pièce jointe", description="Fichier pdf, png ou jpg de 4 Mo au plus.")


class PageForm(StaffForm):
    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired("La page est incomplète : rechargez-la.")])
    body = TextAreaField(
        "Texte",
        [InputRequired("Saisissez un texte."), _at_most(limits.PAGE_LENGTH)],
        filters=[cleaned],
        description=f"La première ligne est le titre : « # Titre ». {MARKDOWN}",
        render_kw={"rows": 24},
    )
