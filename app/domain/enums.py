"""The closed lists of the portal. Statuses and payment states: guide « Les écrans du portail », § 5.1.

Pure: neither Flask nor SQLAlchemy is loaded here (a subprocess test asserts it).
"""

from app.domain.labelled import Labelled


class Phase(Labelled):
    """The two requests of a dossier."""

    AVANCE = "avance", "Avance"
    SOLDE = "solde", "Solde"

    @property
    def of(self) -> str:
        """After a noun: « une demande d'avance »."""
        return "d'avance" if self is Phase.AVANCE else "de solde"


class RequestStatus(Labelled):
    """The life of a request, in the guide's words (« Les écrans du portail », § 5.1, p. 16)."""

    INCOMPLETE = "incomplete", "Non complétée"
    IN_PROGRESS = "in_progress", "En cours"
    AWAITING_DOCUMENT = "awaiting_document", "En attente de pièce jointe complémentaire"
    TO_AMEND = "to_amend", "A modifier"
    VALIDATED = "validated", "Validée"
    DECIDED = "decided", "Décidée"
    REJECTED = "rejected", "Rejetée"
    CANCELLED = "cancelled", "Annulée"
    SUPERSEDED = "superseded", "Historisée"


# What a beneficiary's file still lives under: another file may not ask for him meanwhile.
ALIVE = frozenset(RequestStatus) - {RequestStatus.REJECTED, RequestStatus.CANCELLED, RequestStatus.SUPERSEDED}
# The supplier must answer: he may add pieces, and nothing else of the file is open to him.
AWAITING_SUPPLIER = frozenset({RequestStatus.AWAITING_DOCUMENT, RequestStatus.TO_AMEND})
# Complete and not judged yet: its amounts are computed afresh each time.
UNDER_INSTRUCTION = AWAITING_SUPPLIER | {RequestStatus.IN_PROGRESS}
# Staff never see a request before its pieces are there (guide « Les écrans du portail », § 9).
HIDDEN_FROM_STAFF = frozenset({RequestStatus.INCOMPLETE})


class PaymentState(Labelled):
    """Guide « Les écrans du portail », § 5.1, field 4."""

    NONE = "none", "Aucun paiement en cours"
    PENDING = "pending", "Paiement en cours"
    PAID = "paid", "Paiement effectué"


class RecoveryStatus(Labelled):
    """The life of a recovery order (inferred: the guides only name the orders)."""

    PROPOSED = "proposed", "Proposé"
    ISSUED = "issued", "Émis"
    REFUSED = "refused", "Refusé"
    RECOVERED = "recovered", "Recouvré"


# Money is being asked back: another order on the same payment waits.
RECOVERY_OPEN = frozenset({RecoveryStatus.PROPOSED, RecoveryStatus.ISSUED})
# What the supplier is shown of them: not what is still debated among staff.
RECOVERY_TOLD = frozenset({RecoveryStatus.ISSUED, RecoveryStatus.RECOVERED})


class Role(Labelled):
    """Who acts. A supplier's account has only `SUPPLIER`; `SYSTEM` is never given to a person."""

    SUPPLIER = "supplier", "Fournisseur : Administrateur"
    OFFICER = "officer", "Gestionnaire"
    DECIDER = "decider", "Décideur"
    AUTHORISER = "authoriser", "Ordonnateur"
    ACCOUNTANT = "accountant", "Comptable"
    SUPPORT = "support", "Support"
    ANALYST = "analyst", "Analyste"
    ADMINISTRATOR = "administrator", "Administrateur"
    SYSTEM = "system", "Automate"


STAFF_ROLES = frozenset(Role) - {Role.SUPPLIER, Role.SYSTEM}


class LinkPurpose(Labelled):
    """Why somebody chooses a password by a link."""

    OPENING = "opening", "Ouverture du compte"
    RESET = "reset", "Mot de passe oublié"


class DepositMode(Labelled):
    JSON = "json", "Fichier JSON"
    FORM = "form", "Formulaire"


class DraftStatus(Labelled):
    """The life of a corridor's draft, until a second administrator publishes it."""

    WRITING = "writing", "En rédaction"
    SUBMITTED = "submitted", "Soumis à publication"
    PUBLISHED = "published", "Publié"
    ABANDONED = "abandoned", "Abandonné"


class EnrolmentStatus(Labelled):
    """Guide « Les écrans du portail », § 3.1."""

    IN_PROGRESS = "in_progress", "En cours"
    REJECTED = "rejected", "Rejetée"
    AWAITING_DOCUMENT = "awaiting_document", "En attente de pièce justificative"
    AWAITING_CERTIFICATE = "awaiting_certificate", "En attente du certificat de référencement"
    VALIDATED = "validated", "Validée"


class EnrolmentKind(Labelled):
    INITIAL = "initial", "INITIAL"
    COMPLEMENTARY = "complementary", "COMPLEMENTAIRE"


class CompanyCheck(Labelled):
    """What the register SIRENE said of a declared company. `TO_VERIFY`: it did not answer; a job asks again."""

    VERIFIED = "verified", "Vérifiée au répertoire SIRENE"
    TO_VERIFY = "to_verify", "À vérifier au répertoire SIRENE"
    DIFFERS = "differs", "Diffère du répertoire SIRENE"
    CLOSED = "closed", "Établissement fermé au répertoire SIRENE"


class PersonKind(Labelled):
    """Guide « Présentation du portail », step « Demandeur »."""

    LEGAL_REPRESENTATIVE = "legal_representative", "Représentant légal"
    DECLARANT = "declarant", "Demandeur"


class BankAccountStatus(Labelled):
    """« Active » is in the guide; the two others are inferred."""

    PENDING = "pending", "En attente de validation"
    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"


class ChangeStatus(Labelled):
    """Of a change a supplier asks of who speaks for him or of where he is paid (inferred: no guide lists them)."""

    DRAFT = "draft", "Brouillon"
    PENDING = "pending", "En attente d'instruction"
    ACCEPTED = "accepted", "Acceptée"
    REJECTED = "rejected", "Rejetée"


class ModelStatus(Labelled):
    """Of a model of document (guide « Les écrans du portail », § 5.3; the words of the two judgments are inferred)."""

    DRAFT = "draft", "En cours d'import"
    PENDING = "pending", "En attente d'instruction"
    ACCEPTED = "accepted", "Accepté"
    REJECTED = "rejected", "Rejeté"


class PersonPieceKind(Labelled):
    """What proves a change of people (guide « Les écrans du portail », § 7.2)."""

    MANDATE = "mandate", "Le mandat du représentant légal"
    IDENTITY = "identity", "La pièce d'identité de l'utilisateur"


class LineOutcome(Labelled):
    """What became of one line of a file (guide « Les écrans du portail », § 4.1)."""

    RETAINED = "retained", "Retenue"
    REJECTED = "rejected", "Rejetée"


class DocumentOrigin(Labelled):
    SUPPLIER = "supplier", "Fournisseur"
    AGENCY = "agency", "ASP"


class ScanState(Labelled):
    """What the antivirus said. `NOT_SCANNED`: no antivirus is configured."""

    CLEAN = "clean", "Saine"
    PENDING = "pending", "En attente d'analyse"
    NOT_SCANNED = "not_scanned", "Non analysée"


class EntryOutcome(Labelled):
    """What became of one entry of a ZIP of pieces."""

    ATTACHED = "attached", "Rattachée"
    UNMATCHED = "unmatched", "Sans correspondance"
    AMBIGUOUS = "ambiguous", "Ambiguë"
    DUPLICATE = "duplicate", "Déjà reçue"
    DIFFERENT = "different", "Une autre est déjà reçue"
    WRONG_TYPE = "wrong_type", "Type ou contenu refusé"
    TOO_BIG = "too_big", "Trop volumineuse"
    EXPIRED = "expired", "Demande expirée"


class CsvKind(Labelled):
    """What a CSV sent by staff changes."""

    REFERENCINGS = "referencings", "Référencements ANS"
    CEILINGS = "ceilings", "Plafonds"


class RowFate(Labelled):
    """What applying a CSV would make of a row."""

    REFUSED = "refused", "Refusé"
    NEW = "new", "Nouveau"
    CHANGED = "changed", "Modifié"
    REMOVED = "removed", "Supprimé"
    UNCHANGED = "unchanged", "Inchangé"


class EnvelopeChangeKind(Labelled):
    CREATION = "creation", "Création"
    INCREASE = "increase", "Augmentation"


class ProposalStatus(Labelled):
    PROPOSED = "proposed", "Proposée"
    APPROVED = "approved", "Approuvée"
    REFUSED = "refused", "Refusée"


class MailStatus(Labelled):
    QUEUED = "queued", "En attente d'envoi"
    SENT = "sent", "Envoyé"
    FAILED = "failed", "Échec définitif"
    BOUNCED = "bounced", "Non remis"
    WITHDRAWN = "withdrawn", "Sans objet"


class LetterKind(Labelled):
    """Documents the ASP issues on a request."""

    DECISION = "decision", "Décision d'attribution de l'aide"
    PAYMENT_ADVICE = "payment_advice", "Avis de paiement"


class TicketPhase(Labelled):
    """What a question is about (inferred: the lists of the contact form are in no guide)."""

    ENROLMENT = "enrolment", "Enrôlement"
    AVANCE = "avance", "Avance"
    SOLDE = "solde", "Solde"
    OTHER = "other", "Autre"


class TicketKind(Labelled):
    """Inferred, as above."""

    QUESTION = "question", "Question sur une démarche"
    TECHNICAL = "technical", "Problème technique"
    REJECTION = "rejection", "Rejet d'une demande ou d'un fichier"
    CORRECTION = "correction", "Erreur à signaler sur une demande"


class TicketStatus(Labelled):
    OPEN = "open", "À traiter"
    ANSWERED = "answered", "Répondu"
    CLOSED = "closed", "Clos"


class Audience(Labelled):
    """Whom a news item is for."""

    EVERYBODY = "everybody", "Public"
    SUPPLIERS = "suppliers", "FOURNISSEUR"


class JobOutcome(Labelled):
    RUNNING = "running", "En cours"
    DONE = "done", "Terminé"
    FAILED = "failed", "En échec"
