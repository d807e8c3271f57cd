"""What a mail may say: the variables shared by several mails, by what they are about.

Each has a name staff write, a meaning, an example (the preview shows it), and how it is read from what the event was
given (`messages.queue`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.mail_texts import SECRET, Kind
from app.services import formats, ports

Context = Mapping[str, Any]
YES = "oui"


@dataclass(frozen=True, slots=True)
class Variable:
    """`value` gives a text, empty when there is nothing to say."""

    name: str
    meaning: str
    example: str
    value: Callable[[Context], str]
    kind: Kind = Kind.TEXT

    @property
    def sample(self) -> str:
        """The example as it would stand in a mail: a path of the portal becomes its address."""
        return _whole(self.example) if self.kind is Kind.LINK else self.example


@dataclass(frozen=True, slots=True)
class Wording:
    """The variables by name, those of every mail included; `required` stand whatever the conditions.

    `source`: the guide that names the mail, empty for ours (inferred).
    """

    variables: Mapping[str, Variable]
    required: frozenset[str]
    source: str


PORTAL, SCREENS = "« Présentation du portail »", "« Les écrans du portail »"
SAS = "« Modification d'une demande de solde SAS »"
SAS_AVANCE, OPERATOR = "« Dépôt d'une demande d'avance SAS »", "« Opérateur MSS »"


def mail(variables: Mapping[str, Variable], *required: str, source: str = "") -> Wording:
    """The wording of an event: its own variables and those of every mail."""
    return Wording(FOR_ALL | dict(variables), frozenset(required), source)


def named(*variables: Variable) -> dict[str, Variable]:
    return {variable.name: variable for variable in variables}


def text(name: str, meaning: str, example: str, value: Callable[[Context], str]) -> Variable:
    return Variable(name, meaning, example, value)


def block(name: str, meaning: str, example: str, value: Callable[[Context], str]) -> Variable:
    return Variable(name, meaning, example, value, Kind.BLOCK)


def flag(name: str, meaning: str, value: Callable[[Context], object]) -> Variable:
    return Variable(name, meaning, YES, lambda given: YES if value(given) else "", Kind.FLAG)


def link(name: str, meaning: str, path: str, value: Callable[[Context], str]) -> Variable:
    """`path` is the example; `value` gives a path of the portal or a whole address."""
    return Variable(name, meaning, path, lambda given: _whole(value(given)), Kind.LINK)


def page(name: str, meaning: str, path: str) -> Variable:
    """A page that is the same for everybody."""
    return link(name, meaning, path, lambda _: path)


def secret(name: str, meaning: str) -> Variable:
    return Variable(name, meaning, SECRET, lambda given: SECRET, Kind.SECRET)


def said(name: str, meaning: str, example: str, *, key: str = "") -> Variable:
    """A word given with the event as it is."""
    return Variable(name, meaning, example, lambda given: str(given[key or name]))


def listed(lines: Iterable[str]) -> str:
    """One item a line."""
    return "\n".join(f"- {' '.join(line.split())}" for line in lines)


def amount(name: str, meaning: str, value: Callable[[Context], Any]) -> Variable:
    """Euros with a comma, without the sign."""
    return Variable(name, meaning, "1074,99", lambda given: formats.euros(value(given)))


def day(name: str, meaning: str, value: Callable[[Context], Any]) -> Variable:
    return Variable(name, meaning, "23/11/2026", lambda given: formats.day(value(given)))


def moment(name: str, meaning: str, value: Callable[[Context], Any]) -> Variable:
    return Variable(name, meaning, "23/11/2026 10:00:00", lambda given: formats.moment(value(given)))


def _whole(address: str) -> str:
    return ports.get().public_base_url + address if address.startswith("/") else address


def _words(value: object) -> str:
    """A text somebody typed, without its lines at the ends."""
    return str(value or "").replace("\r\n", "\n").strip()


def _referencing(given: Context) -> Any:
    return given["enrolment"].referencing


def answer(given: Context) -> str:
    """What the assistance wrote."""
    return _words(given["answer"])


def iban(account: Any) -> str:
    """Enough of it to know the account."""
    return formats.masked_iban(account.iban)


COMMENT = block(
    "commentaire",
    "Ce qu'écrit le gestionnaire",
    "Le bon de commande n'est pas signé.\nMerci de joindre la page 2.",
    lambda given: _words(given["comment"]),
)
FOR_ALL = named(
    page("lien_connexion", "Page de connexion", "/segurnums/connexion"),
    page("lien_assistance", "Formulaire de l'assistance", "/segurnum/contacter-assistance"),
    page("lien_mot_de_passe_oublie", "« J'ai oublié mon mot de passe »", "/segurnums/mot-de-passe-oublie"),
)
REQUEST = named(
    text("numero", "Numéro de la demande", "FINXYZ005046M0", lambda given: given["avenant"].number),
    text("type", "« Avance » ou « Solde »", "Avance", lambda given: given["avenant"].phase.label),
    text("de_type", "« d'avance » ou « de solde », après un nom", "d'avance", lambda given: given["avenant"].phase.of),
    text("numero_editeur", "N° éditeur", "00001", lambda given: given["avenant"].editor_number or ""),
    link(
        "lien_demande",
        "La demande, dans l'espace du fournisseur",
        "/segurnums/demandes/FINXYZ005046M0",
        lambda given: f"/segurnums/demandes/{given['avenant'].number}",
    ),
)
ANSWER_LINK = named(
    link(
        "lien_reponse",
        "La page où le fournisseur répond",
        "/segurnums/demandes/FINXYZ005046M0/complement",
        lambda given: f"/segurnums/demandes/{given['avenant'].number}/complement",
    )
)
ENROLMENT = named(
    text("numero", "Numéro de la demande d'enrôlement", "ENR0079", lambda given: given["enrolment"].number),
    text("siret", "Numéro de SIRET", "12345678200010", lambda given: given["enrolment"].supplier.siret),
    text("numero_ans", "N° unique de référencement (ANS)", "aafy632561", lambda given: _referencing(given).ans_number),
    text("logiciel", "Logiciel référencé", "MEDICABINET", lambda given: _referencing(given).software),
)
FOLLOWED_ENROLMENT = ENROLMENT | named(
    flag("avec_compte", "Le destinataire suit la demande avec son compte", lambda given: given["space"]),
    Variable(
        "lien",
        "La demande, dans l'espace du fournisseur, ou l'adresse réservée qui y mène sans compte",
        "/segurnums/enrolements/12",
        lambda given: given["space"] or SECRET,
        Kind.LINK,
    ),
)
ENROLMENT_ANSWER = FOLLOWED_ENROLMENT | named(
    Variable(
        "lien",
        "La page de réponse de son espace, ou l'adresse réservée qui y mène sans compte",
        "/segurnums/enrolements/12/reponse",
        lambda given: f"{given['space']}/reponse" if given["space"] else SECRET,
        Kind.LINK,
    )
)
FIELDS = block(
    "donnees",
    "Les données que le gestionnaire demande de modifier",
    "- N° de bon de commande\n- Date de signature",
    lambda given: listed(given["said"].fields),
)
PIECES = block(
    "pieces",
    "Les pièces qu'il demande d'ajouter",
    "- Bon de commande",
    lambda given: listed(given["said"].pieces),
)
ASKED = named(
    day("demandee_le", "Jour où la modification a été demandée", lambda given: given["asked"].asked_at),
    day("date_limite", "Jour où elle est close, à 00:00", lambda given: given["asked"].closes_on),
    block(
        "commentaire",
        "Ce que le gestionnaire a demandé",
        "Corrigez le numéro du bon de commande.",
        lambda given: _words(given["asked"].comment),
    ),
)
IMPORT = named(
    text("numero_import", "Numéro de l'import", "12", lambda given: str(given["json_import"].id)),
    text("fichier", "Nom du fichier importé", "demandes.json", lambda given: given["json_import"].file_name),
    text("type", "« Avance » ou « Solde »", "Avance", lambda given: given["json_import"].phase.label),
    day("depose_le", "Jour du dépôt", lambda given: given["json_import"].imported_at),
)
USER = named(text("identifiant", "Identifiant du compte", "amartin", lambda given: given["user"].username))
CHANGE = named(
    text("fournisseur", "Dénomination sociale", "EDITEUR EXEMPLE", lambda given: given["change"].supplier.name),
    text("siret", "Numéro de SIRET", "12345678200010", lambda given: given["change"].supplier.siret),
)
CHANGE_COMMENT = block(
    "commentaire",
    "Ce qu'écrit le gestionnaire",
    "La pièce d'identité n'est plus valable.",
    lambda given: _words(given["change"].comment),
)
MODEL = named(
    text("fournisseur", "Dénomination sociale", "EDITEUR EXEMPLE", lambda given: given["model"].supplier.name),
    text("siret", "Numéro de SIRET", "12345678200010", lambda given: given["model"].supplier.siret),
    text("fichier", "Nom du fichier", "modele-bdc.pdf", lambda given: given["model"].attachment.file_name),
    text("type", "Type de document", "Modèle de VA couloir Hôpital", lambda given: given["model"].label),
    day("importe_le", "Jour de l'import", lambda given: given["model"].sent_at),
    block(
        "commentaire",
        "Ce qu'écrit le gestionnaire",
        "Le numéro ANS manque.",
        lambda given: _words(given["model"].comment),
    ),
    page("lien_modeles", "Ses modèles de documents", "/segurnums/modeles-de-documents/"),
)
TICKET = named(
    text("numero", "Numéro du message à l'assistance", "TIC-2026-0001", lambda given: given["ticket"].number),
    secret("lien", "L'adresse réservée où suivre et répondre"),
)
