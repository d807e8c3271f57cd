"""Which codes the portal answers with in `codeTraitement`, what each means and how to mend it. One place, one list.

The width (4 characters) and "0000" are the ASP's own (exchange of « les emplois de l'inclusion »); the real list for
the Ségur is not public, so every other code is inferred. First two digits: 01 reading the file, 02 its envelope, 03
the shape of a line, 04 its coherence, 05 what the portal already knows, 09 a remark that blocks nothing.
"""

from dataclasses import dataclass

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A control: its code (4 characters at most), its short French name, and how to mend what it refuses."""

    code: str
    name: str
    cure: str

    @property
    def level(self) -> str:
        return WARNING if self.code.startswith("09") else ERROR


def every() -> tuple[Rule, ...]:
    """All the codes, in their order, for the documentation of the format."""
    return tuple(sorted((one for one in globals().values() if isinstance(one, Rule)), key=lambda rule: rule.code))


RETAINED_CODE = "0000"
RETAINED_LABEL = "La ligne de la demande a été enregistrée avec succès."

# --- reading
EMPTY = Rule("0101", "Fichier vide", "Choisissez le fichier JSON produit par votre logiciel.")
NOT_UTF8 = Rule("0102", "Encodage", "Enregistrez le fichier en UTF-8, puis simulez-le à nouveau.")
SYNTAX = Rule("0103", "Syntaxe JSON", "Corrigez le fichier à la ligne et à la colonne indiquées.")
DUPLICATE_KEY = Rule("0104", "Balise en double", "Ne gardez qu'une seule fois cette balise dans l'objet.")
NOT_A_NUMBER = Rule("0105", "Nombre impossible", "Mettez un nombre ou null : NaN et Infinity n'existent pas en JSON.")
BAD_CHARACTER = Rule("0106", "Caractère interdit", "Retirez ce caractère du texte.")
TOO_DEEP = Rule("0107", "Imbrication trop profonde", "Respectez la structure du modèle de fichier.")
LONG_NUMBER = Rule("0108", "Nombre trop long", "Mettez un nombre de taille raisonnable.")
TOO_MANY_VALUES = Rule("0109", "Trop de valeurs", "Respectez la structure du modèle de fichier.")

# --- envelope
NOT_AN_OBJECT = Rule("0201", "Enveloppe", "Le fichier est un objet { … } portant numeroAns, siret et lignesImport.")
ENVELOPE_FIELD = Rule("0202", "Enveloppe incomplète", "Ajoutez cette balise au début du fichier.")
LINE_COUNT = Rule("0203", "Nombre de lignes", "Un fichier porte de 1 à 200 demandes : répartissez-les en plusieurs.")
WRONG_SIRET = Rule("0204", "SIRET", "Mettez le SIRET sous lequel vous êtes enrôlé.")
WRONG_ANS = Rule("0205", "Numéro ANS", "Mettez le numéro ANS choisi à l'écran, ou choisissez celui du fichier.")
WRONG_PHASE = Rule("0206", "Type de demande", "Choisissez à l'écran le type des demandes du fichier.")
ENROLMENT_NOT_VALIDATED = Rule("0207", "Enrôlement", "Attendez la validation de votre enrôlement.")
NOT_BY_JSON = Rule("0208", "Mode de dépôt", "Ce couloir se dépose par formulaire.")
WINDOW_CLOSED = Rule("0209", "Période de dépôt", "Déposez pendant la période d'ouverture.")
WRONG_VAT_CHOICE = Rule("0210", "Taux de TVA", "Choisissez le taux de TVA de votre enrôlement.")
ALREADY_IMPORTED = Rule("0211", "Fichier déjà importé", "N'importez que des demandes nouvelles.")

# --- structure of a line
MISSING = Rule("0301", "Balise obligatoire", "Ajoutez la balise et sa valeur.")
EMPTY_VALUE = Rule("0302", "Valeur obligatoire", "Renseignez une valeur.")
WRONG_TYPE = Rule("0303", "Type de valeur", "Écrivez la valeur dans le type attendu.")
UNKNOWN_CODE = Rule("0304", "Code inconnu", "Mettez l'un des codes attendus.")
TOO_LONG = Rule("0305", "Longueur", "Raccourcissez la valeur.")
BAD_FORMAT = Rule("0306", "Format", "Respectez le format attendu.")
BAD_DATE = Rule("0307", "Date", "Écrivez la date sous la forme jj/mm/aaaa ou aaaa-mm-jj.")
BAD_AMOUNT = Rule("0308", "Montant", "Mettez un nombre supérieur à 0, avec un point et deux décimales au plus.")
BAD_IDENTIFIER = Rule("0309", "Identifiant", "Vérifiez le numéro auprès du bénéficiaire.")
BAD_EMAIL = Rule("0310", "Adresse électronique", "Écrivez une adresse de la forme nom@domaine.fr.")
BAD_PHONE = Rule("0311", "Téléphone", "Écrivez un numéro français de 10 chiffres.")
TOO_FEW = Rule("0312", "Liste trop courte", "Ajoutez les éléments manquants.")
TOO_MANY = Rule("0313", "Liste trop longue", "Répartissez les éléments sur plusieurs lignes.")
NOT_FOR_THIS_PHASE = Rule("0314", "Balise d'un autre type de demande", "Laissez null : cette balise ne se remplit pas.")

# --- coherence of a line
DUPLICATE_LINE_NUMBER = Rule("0401", "numLigne en double", "Numérotez les lignes 1, 2, 3…")
DUPLICATE_EDITOR_NUMBER = Rule("0402", "N° éditeur en double", "Donnez à chaque demande du fichier son propre numéro.")
DATE_IN_FUTURE = Rule("0403", "Date dans le futur", "Mettez une date passée ou celle du jour.")
VAT_UNLIKE_ENROLMENT = Rule("0404", "Régime de TVA", "Mettez le régime de votre enrôlement.")
REQUIRED_HERE = Rule("0405", "Valeur obligatoire dans ce cas", "Renseignez cette valeur.")
EXCLUSIVE = Rule("0406", "Réponses incompatibles", "Mettez true à une seule de ces réponses.")
SCENARIO_NOT_REFERENCED = Rule(
    "0407", "Scénario d'installation", "Déclarez un scénario couvert par vos profils référencés."
)
MISSING_DOCUMENT = Rule("0408", "Pièce justificative manquante", "Ajoutez cette pièce à piecesJustificatives.")
BAD_FILE_NAME = Rule("0409", "Nom de pièce", "Donnez le nom exact du fichier, avec son extension, sans dossier.")
BENEFICIARY_TWICE = Rule("0410", "Bénéficiaire en double", "Ne demandez qu'un financement par bénéficiaire.")
PAIRING = Rule("0411", "Listes qui ne se répondent pas", "Mettez une entrée par élément, sous le même identifiant.")

# --- what the portal already knows
ALREADY_FINANCED = Rule(
    "0501", "Bénéficiaire déjà financé", "Retirez ce bénéficiaire : il a déjà une prestation pour ce DSR."
)
NOT_ELIGIBLE = Rule(
    "0502", "Bénéficiaire sans plafond", "Vérifiez le numéro : il ne figure pas dans la table des plafonds."
)
UNKNOWN_DOSSIER = Rule("0503", "Numéro ASP", "Mettez le numéro ASP rendu à l'import de votre avance.")
AVANCE_NOT_PAID = Rule("0504", "Avance non payée", "Attendez que l'avance soit « Décidée » et payée.")
SOLDE_EXISTS = Rule("0505", "Solde déjà déposé", "Terminez ou faites annuler le solde en cours.")
DOSSIER_TWICE = Rule("0506", "Numéro ASP en double", "Ne demandez qu'un solde par dossier.")

# --- remarks
UNKNOWN_KEY = Rule("0901", "Balise inconnue", "Elle est ignorée ; vérifiez son orthographe (majuscules comprises).")
UNUSUAL_KEY = Rule("0902", "Clé inhabituelle", "Vérifiez ce numéro ; rien n'est bloqué.")
LINE_NUMBER_GAP = Rule("0903", "numLigne non consécutif", "Numérotez les lignes 1, 2, 3… ; rien n'est bloqué.")
NOT_NULL = Rule("0904", "Balise réservée au portail", "Laissez null : le portail remplace cette valeur.")
SHARED_FILE_NAME = Rule(
    "0905", "Nom de pièce partagé", "Donnez un nom différent à chaque pièce : un ZIP ne saurait pas les distinguer."
)
ABOVE_CEILING = Rule("0906", "Montant au-delà du plafond", "L'engagement sera limité au plafond ; rien n'est bloqué.")
OTHER_BENEFICIARIES = Rule(
    "0907", "Bénéficiaires différents de l'avance", "Vérifiez-les ; le gestionnaire verra l'écart."
)
MORE_FINDINGS = Rule("0908", "Liste abrégée", "Corrigez les premières anomalies, puis simulez à nouveau.")
OTHER_AMOUNT = Rule("0909", "Montant changé depuis la simulation", "Le couloir a changé ; rien n'est bloqué.")
