"""What an administrator types about a corridor as a whole: a new one, a word to its authors, a document sent back,
and the changes most asked for (a deadline, a wave)."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp

from forms import corridor_controls as controls
from forms.staff import COMMENT_LENGTH, SeenForm, StaffForm, cleaned

Choices = Sequence[tuple[str, str]]


class NewCorridorForm(StaffForm):
    """A new corridor: its code, and the corridor it is copied from."""

    code = StringField(
        "Code",
        [
            InputRequired("Saisissez le code du couloir."),
            Regexp(r"\A[A-Z0-9]{3}\Z", message="Trois caractères : lettres majuscules ou chiffres."),
        ],
        filters=[cleaned],
        description="Trois lettres majuscules ou chiffres. Il entre dans le numéro des dossiers et ne change plus.",
        render_kw={"maxlength": 3},
    )
    copied = SelectField(
        "Partir de",
        description="D'un document vide, ou de la version en vigueur d'un autre couloir.",
    )

    def __init__(self, corridors: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.copied.choices = [("", "Un document vide"), *corridors]


class SendBackForm(SeenForm):
    """« Renvoyer » a draft to those who write it."""

    comment = TextAreaField(
        "Ce qui est à revoir",
        [InputRequired("Dites ce qui est à revoir."), Length(max=COMMENT_LENGTH, message="Au plus 4 000 caractères.")],
        filters=[cleaned],
        render_kw={"rows": 3},
    )


class DocumentForm(SeenForm):
    """A whole document, sent back after being written elsewhere."""

    file = FileField("Document (TOML ou JSON)", description="Il remplace tout le brouillon, fautes comprises.")


class CeilingsForm(SeenForm):
    """The table of ceilings, by CSV."""

    file = FileField(
        "Barème (CSV)",
        description="Une ligne par bénéficiaire : identifiant, puis un plafond HT par logiciel, séparés par « ; »,"
        " « , » ou tabulation. La première ligne nomme les logiciels. Il remplace tout le barème.",
    )


class DeadlineForm(SeenForm):
    """« Déplacer une échéance ». A window is chosen by its place in the version `seen`."""

    window = SelectField("Fenêtre", [InputRequired("Choisissez une fenêtre.")], validate_choice=True)
    opens_at = controls.Instant(
        "Ouverture", description="Heure de Paris. Laissez vide pour ne pas la changer.", empty=None
    )
    closes_at = controls.Instant(
        "Clôture", description="Le premier instant refusé. Laissez vide pour ne pas la changer.", empty=None
    )

    def __init__(self, windows: Choices, version: int, **kwargs: Any) -> None:
        super().__init__(seen=version, **kwargs)
        self.window.choices = [("", "Choisissez une fenêtre"), *windows]
        self._version = version

    def validate(self, **kwargs: Any) -> bool:
        """Of another version, the place may be that of another window: it is chosen again."""
        valid: bool = super().validate(**kwargs)
        if not self.seen.data or self.seen.data == self._version:
            return valid
        self.seen.data, self.seen.raw_data, self.window.data = self._version, None, ""
        self.refuse("Une autre version a été publiée depuis : choisissez de nouveau la fenêtre.", "window")
        return False


class WaveForm(StaffForm):
    """« Ouvrir une vague »: the software of an earlier one, under the new number, and its two windows."""

    wave = controls.Whole("Numéro de la nouvelle vague")
    model = SelectField("Reprendre les logiciels de", [InputRequired("Choisissez une vague.")])
    avance_opens = controls.Instant("Ouverture des avances", description="Heure de Paris.")
    avance_closes = controls.Instant("Clôture des avances")
    solde_opens = controls.Instant("Ouverture des soldes")
    solde_closes = controls.Instant("Clôture des soldes")

    def __init__(self, waves: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model.choices = [(str(wave), f"la vague {wave}") for wave in waves]
