"""How a corridor's document is said in French: each of its keys by name with what it means, each of its values.

Read by what compares two versions, by the editor's help and by docs/corridors.md. A test holds the table to the model:
a key that is added to a document must be given its words here. The words are ours (inferred), the guides have none.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, cast

from pydantic import BaseModel

from app.corridors import amount_rules, spec
from app.corridors.amount_rules import AmountRule
from app.domain.labelled import Labelled
from app.services import clock, explanations, formats

NONE = "aucun"


class Word(NamedTuple):
    """A key on screen: its name, and what it decides."""

    label: str
    meaning: str


KINDS = {
    "text": "texte",
    "code": "code",
    "boolean": "true ou false",
    "integer": "nombre entier",
    "amount": "montant (2 décimales au plus)",
    "date": "date jj/mm/aaaa",
    "email": "adresse électronique",
    "phone": "téléphone",
    "rpps": "RPPS (11 chiffres)",
    "am": "numéro Assurance Maladie (9 chiffres)",
    "finess": "FINESS (9 caractères)",
    "pmsi": "numéro PMSI (9 caractères)",
    "siret": "SIRET (14 chiffres)",
}
RULES = {
    "fixed": "montant fixe",
    "per_beneficiary": "montant par bénéficiaire",
    "brackets": "montant par tranche",
    "linear": "nombres × montants unitaires + part fixe",
    "table": "barème par bénéficiaire",
    "declared": "montant déclaré, sans plafond",
}
_CONDITION = "La condition, sur la valeur d'une autre balise, sous laquelle l'obligation vaut."
_WAVES = "Les vagues concernées ; vide : toutes."
_RULE = "Le nom de la règle de calcul."
_AMOUNT_HT = "Un montant hors taxe, en euros."

WORDS: Mapping[type[BaseModel], Mapping[str, Word]] = {
    spec.CorridorSpec: {
        "code": Word("Code", "Trois lettres majuscules ou chiffres ; il entre dans les numéros FIN… des dossiers."),
        "label": Word("Libellé", "Le nom du couloir sur tous les écrans."),
        "deposit": Word("Mode de dépôt", "Par fichier JSON ou par formulaire."),
        "notes": Word("Notes", "Ce qui est attesté et ce qui est inféré, avec les sources."),
        "software": Word("Logiciels", "Les types de logiciels financés, par vague, avec leur DSR."),
        "windows": Word("Périodes de dépôt", "Quand chaque type de demande de chaque vague se dépose."),
        "fields": Word("Champs", "Les balises d'une ligne du fichier, ou les questions du formulaire."),
        "lists": Word("Listes", "Les balises qui contiennent plusieurs éléments."),
        "exclusive": Word("Réponses exclusives", "Les réponses dont une seule vaut true."),
        "pairings": Word("Listes qui se répondent", "Une entrée par élément, sous le même identifiant."),
        "beneficiaries": Word("Bénéficiaires", "Où les bénéficiaires se lisent dans une ligne."),
        "scenario": Word("Scénario d'installation", "Les réponses contrôlées avec les profils référencés."),
        "documents": Word("Pièces justificatives", "Les pièces demandées, par type de demande."),
        "enrolment_pieces": Word("Pièces d'enrôlement", "Les pièces que l'enrôlement demande dans ce couloir."),
        "models": Word("Modèles de documents", "Ceux que le fournisseur fait valider avant de déposer."),
        "amount": Word("Montant", "La règle qui donne le plafond hors taxe d'un dossier."),
        "instalments": Word("Versements", "Comment l'engagement se partage entre l'avance et le solde."),
        "delays": Word("Délais", "En jours calendaires, à l'heure de Paris."),
        "recap": Word("Récapitulatif", "Les libellés de la page de suivi d'une demande déposée par formulaire."),
        "amendable_order": Word("Commande modifiable", "Les balises que le gestionnaire peut faire corriger."),
        "single_dossier": Word("Un seul dossier par fournisseur", "Un fournisseur ne dépose qu'un dossier."),
        "automatic_decision": Word("Décision automatique", "L'avance est décidée dès son dépôt."),
        "single_enrolment": Word("Un seul enrôlement par fournisseur", "Un fournisseur n'enrôle qu'un logiciel."),
    },
    spec.Condition: {
        "path": Word("Balise", "Le chemin de la balise regardée, depuis la ligne."),
        "equals": Word("Valeur", "La valeur qui remplit la condition."),
    },
    spec.FieldSpec: {
        "path": Word("Balise", "Le chemin depuis la ligne ; [] pour chaque élément d'une liste."),
        "label": Word("Libellé", "Le nom du champ en français."),
        "kind": Word("Type", "Ce que la valeur doit être."),
        "required": Word("Obligatoire", "La balise doit être là, avec une valeur."),
        "required_if": Word("Obligatoire si", _CONDITION),
        "values": Word("Valeurs admises", "La liste fermée des codes ; vide : toute valeur du type."),
        "pattern": Word("Modèle", "L'expression régulière que la valeur suit en entier."),
        "max_length": Word("Longueur maximale", "En caractères."),
        "phases": Word("Types de demande", "L'avance, le solde ou les deux."),
        "waves": Word("Vagues", _WAVES),
        "example": Word("Exemple", "La valeur du fichier d'exemple."),
        "strict": Word("Clé bloquante", "La clé d'un RPPS est refusée quand elle est fausse, non seulement signalée."),
        "hint": Word("Aide", "Un texte d'aide, montré avec le libellé."),
        "amendable": Word("Modifiable", "Un gestionnaire peut demander au fournisseur de corriger cette valeur."),
    },
    spec.ListSpec: {
        "path": Word("Balise", "Le chemin de la liste, depuis la ligne, sans []."),
        "label": Word("Libellé", "Le nom de la liste en français."),
        "min_items": Word("Nombre minimal d'éléments", "Quand la condition est remplie, ou toujours sans condition."),
        "max_items": Word("Nombre maximal d'éléments", "Vide : autant qu'un fichier peut en porter."),
        "required_if": Word("Obligatoire si", _CONDITION),
        "phases": Word("Types de demande", "L'avance, le solde ou les deux."),
        "waves": Word("Vagues", _WAVES),
    },
    spec.Pairing: {
        "list": Word("Liste", "La liste qui répond, par exemple le scénario par établissement."),
        "key": Word("Identifiant", "La balise de l'identifiant dans un élément ; vide : l'élément lui-même."),
        "per": Word("Répond à", "La liste dont chaque élément a exactement une entrée."),
        "per_key": Word("Identifiant de l'autre liste", "La balise de l'identifiant ; vide : l'élément lui-même."),
    },
    spec.Exclusive: {
        "paths": Word("Balises", "Les réponses dont une seule vaut true."),
    },
    spec.BeneficiarySource: {
        "list": Word("Liste", "La balise de la liste des bénéficiaires."),
        "identifier_kind": Word("Type d'identifiant", "RPPS, numéro AM, FINESS, PMSI ou SIRET."),
        "identifier": Word("Identifiant", "La balise de l'identifiant dans l'élément ; vide : l'élément lui-même."),
        "name": Word("Nom", "La balise du nom ; avec un point devant : depuis la ligne."),
        "email": Word("Email", "La balise de l'email ; avec un point devant : depuis la ligne."),
        "phone": Word("Téléphone", "La balise du téléphone ; avec un point devant : depuis la ligne."),
        "when": Word("Condition", "La condition sous laquelle cette liste est lue."),
    },
    spec.ScenarioQuestion: {
        "path": Word("Balise", "La réponse contrôlée."),
        "profile": Word("Profil nécessaire", "Le profil référencé sans lequel la réponse est refusée ; vide : aucun."),
        "equals": Word("Réponse", "La réponse qui demande ce profil : true, ou un code de la balise."),
        "waves": Word("Vagues", _WAVES),
    },
    spec.DocumentSpec: {
        "phase": Word("Type de demande", "L'avance ou le solde."),
        "code": Word("Code", "La valeur de typeFichier dans le fichier."),
        "label": Word("Libellé", "Le nom de la pièce en français."),
        "required": Word("Obligatoire", "Sans cette pièce la demande n'est pas complète."),
        "required_if": Word("Obligatoire si", _CONDITION),
        "waves": Word("Vagues", _WAVES),
        "hint": Word("Aide", "Un texte d'aide, montré avec le libellé."),
    },
    spec.EnrolmentPieceSpec: {
        "code": Word("Code", "Le code de la pièce, unique dans le couloir."),
        "label": Word("Libellé", "Le nom de la pièce en français."),
        "when": Word("Demandée", "Toujours, ou quand le SIRET n'est pas celui du titulaire du référencement."),
        "hint": Word("Aide", "Un texte d'aide, montré avec le libellé."),
    },
    spec.ModelSpec: {
        "code": Word("Code", "Le code du type de modèle, unique dans le couloir."),
        "label": Word("Libellé", "Le nom du type de modèle en français."),
        "waves": Word("Vagues", _WAVES),
    },
    spec.SoftwareSpec: {
        "type": Word("Type", "Le code du type de logiciel, comme dans le DSR."),
        "label": Word("Libellé", "Le nom du type de logiciel."),
        "wave": Word("Vague", "Le numéro de la vague du Ségur."),
        "dsr": Word("DSR", "Le dossier de spécifications de référencement."),
        "amount": Word("Montant", "La règle propre à ce logiciel ; sans elle, celle du couloir."),
    },
    spec.Window: {
        "wave": Word("Vague", "La vague concernée."),
        "phase": Word("Type de demande", "L'avance ou le solde."),
        "opens_at": Word("Ouverture", "Le premier instant où un dépôt est accepté, heure de Paris."),
        "closes_at": Word("Clôture", "Le premier instant où un dépôt n'est plus accepté, heure de Paris."),
        "software": Word("Logiciels", "Les types de logiciels concernés ; vide : tous ceux de la vague."),
    },
    spec.RateInstalments: {
        "kind": Word("Partage", "Une part de l'engagement à l'avance, le reste au solde."),
        "avance_rate": Word("Part de l'avance", "La part de l'engagement versée à l'avance."),
    },
    spec.FixedInstalments: {
        "kind": Word("Partage", "Des montants fixes hors taxe."),
        "avance_ht": Word("Avance fixe HT", _AMOUNT_HT),
        "solde_ht": Word("Solde fixe HT", "Un montant hors taxe, en euros ; vide : engagement − avance versée."),
        "avance_label": Word("Libellé de l'avance", "Sous quel nom le formulaire montre l'avance fixe."),
        "vat_label": Word("Libellé du taux de TVA", "Sous quel nom le formulaire montre le taux de l'enrôlement."),
    },
    spec.Delays: {
        "complete": Word("Pour compléter un dépôt", "Passé ce délai, la demande non complétée est supprimée."),
        "completion_reminders": Word("Rappels avant suppression", "Jours après le dépôt où un rappel est envoyé."),
        "amendment_reminder": Word("Relance d'une modification", "Jours après la demande de modification."),
        "amendment": Word("Clôture d'une modification", "Passé ce délai, la demande est instruite en l'état."),
    },
    spec.RecapLabels: {
        "dossier": Word("Libellé du dossier", "Sous quel nom le récapitulatif montre le numéro de dossier."),
        "deposited": Word("Libellé du dépôt", "Sous quel nom le récapitulatif montre la date de dépôt."),
        "status": Word("Libellé du statut", "Sous quel nom le récapitulatif montre le statut de la demande."),
    },
    amount_rules.Fixed: {"rule": Word("Règle", _RULE), "amount": Word("Montant HT", _AMOUNT_HT)},
    amount_rules.PerBeneficiary: {
        "rule": Word("Règle", _RULE),
        "unit": Word("Montant HT par bénéficiaire", _AMOUNT_HT),
    },
    amount_rules.Bracket: {
        "at_least": Word("À partir de", "Le nombre à partir duquel la tranche vaut, compris."),
        "amount": Word("Montant HT", _AMOUNT_HT),
    },
    amount_rules.Brackets: {
        "rule": Word("Règle", _RULE),
        "count": Word("Nombre", "Le champ entier qui choisit la tranche."),
        "brackets": Word("Tranches", "Croissantes, la première à partir de 0."),
    },
    amount_rules.Linear: {
        "rule": Word("Règle", _RULE),
        "units": Word("Montants unitaires HT", "Pour chaque champ entier, le montant d'une unité."),
        "constant": Word("Part fixe HT", "Ajoutée au produit des nombres."),
        "cap": Word("Plafond HT", "Le plus que la règle donne ; vide : sans limite."),
    },
    amount_rules.Table: {
        "rule": Word("Règle", _RULE),
        "ceilings": Word("Barème", "Un plafond HT par type de logiciel et identifiant de bénéficiaire."),
    },
    amount_rules.Declared: {"rule": Word("Règle", _RULE)},
}


def label(part: type[BaseModel], key: str) -> str:
    """The name of a key on screen; the key itself when it has no words yet."""
    word = WORDS.get(part, {}).get(key)
    return word.label if word else key


def said(value: Any, key: str = "") -> str:
    """A value of a document in words; `key` tells how its numbers are meant. An example is as the file writes it."""
    if key == "example":
        return literal(value)
    if value is None or value in ("", ()):
        return "toutes" if key == "waves" else NONE
    if isinstance(value, tuple):
        return ", ".join(said(one, key) for one in value)
    if isinstance(value, Decimal):
        return formats.percent(value) if key == "avance_rate" else formats.money(value)
    if isinstance(value, BaseModel):
        return _of_part(value)
    return _plain(value, key)


def _of_part(part: BaseModel) -> str:
    if isinstance(part, spec.Condition):
        return condition(part)
    if "rule" in type(part).model_fields:
        return explanations.rule_in_words(cast(AmountRule, part))
    return described(part)


def _plain(value: Any, key: str) -> str:
    match value:
        case bool():
            return "oui" if value else "non"
        case Labelled():
            return value.label
        case dt.datetime():
            return instant(value)
        case str():
            return _NAMED.get(key, {}).get(value, value)
    return str(value)


def described(part: BaseModel, besides: Collection[str] = ()) -> str:
    """What a part says, key by key, without what is left to its default nor the keys said elsewhere."""
    keys = type(part).model_fields
    told = [key for key in keys if key not in besides and getattr(part, key) != keys[key].default]
    return " ; ".join(f"{lowered(label(type(part), key))} : {said(getattr(part, key), key)}" for key in told)


def lowered(name: str) -> str:
    """« obligatoire » after a comma, but « DSR » as it is."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


WHEN = {"always": "toujours", "other_siret": "SIRET autre que celui du titulaire"}
_ORDER_TAGS = {
    "dateCommande": "date de la commande",
    "montantSegurHT": "montant Ségur HT (avance)",
    "montantSegurHTFacture": "montant Ségur HT de la facture (solde)",
    "dateFacture": "date de la facture (solde)",
    "numeroFacture": "numéro de la facture (solde)",
}
_NAMED = {
    "when": WHEN,
    "amendable_order": _ORDER_TAGS,
    "kind": KINDS | {"rate": "part de l'engagement", "fixed": "montants fixes"},
    "identifier_kind": KINDS,
    "rule": RULES,
}


def condition(of: spec.Condition) -> str:
    """« beneficiaires.isMandataire vaut true », « beneficiaires.commandePour vaut « LIBERAL » »."""
    return f"{of.path} vaut {literal(of.equals)}"


def literal(value: Any) -> str:
    """A value as it is told apart in the file: `true`, « LIBERAL », 12, null."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"« {value} »"
    return str(value)


def instant(value: dt.datetime) -> str:
    """01/12/2022 à 00:00, in Paris; with its seconds when it has some."""
    local = value.astimezone(clock.PARIS)
    return formats.minute(local) if not (local.second or local.microsecond) else f"{local:%d/%m/%Y à %H:%M:%S.%f}"
