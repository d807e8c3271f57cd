"""Who may do what on the staff side: one table, read by the screens, the access test and docs/roles.md.

Source: the roles matrix of the threat study, settled in docs/architecture.md; the guides name only « gestionnaire »,
« fournisseur » and the assistance. What a role may do to a request is in `request_workflow` and `separation`.
"""

from collections.abc import Collection

from app.domain.enums import STAFF_ROLES, Role
from app.domain.labelled import Labelled


class Capability(Labelled):
    """A thing one may do."""

    READ_REQUESTS = "read_requests", "Consulter les demandes"
    READ_DOCUMENTS = "read_documents", "Lire les pièces justificatives"
    READ_BANK = "read_bank", "Voir les coordonnées bancaires (IBAN masqué)"
    READ_IBAN = "read_iban", "Voir l'IBAN en entier"
    READ_ENROLMENTS = "read_enrolments", "Consulter les demandes d'enrôlement"
    INSTRUCT = "instruct", "Instruire (pièce, modification, validation, rejet)"
    JUDGE_CHANGES = "judge_changes", "Instruire les changements de coordonnées bancaires et de personnes"
    JUDGE_MODELS = "judge_models", "Instruire les modèles de documents"
    DECIDE = "decide", "Décider sur une enveloppe"
    ORDER_PAYMENT = "order_payment", "Mettre en paiement"
    CONFIRM_PAYMENT = "confirm_payment", "Enregistrer le paiement"
    READ_ENVELOPES = "read_envelopes", "Consulter les enveloppes et les décisions"
    PROPOSE_ENVELOPE = "propose_envelope", "Proposer une enveloppe ou une augmentation"
    APPROVE_ENVELOPE = "approve_envelope", "Approuver une enveloppe"
    READ_PAYMENTS = "read_payments", "Consulter les ordres de paiement et de recouvrement"
    PROPOSE_RECOVERY = "propose_recovery", "Proposer un ordre de recouvrement"
    ISSUE_RECOVERY = "issue_recovery", "Émettre ou refuser un ordre de recouvrement"
    CONFIRM_RECOVERY = "confirm_recovery", "Enregistrer le recouvrement"
    WRITE_WORDINGS = "write_wordings", "Écrire les motifs de rejet"
    READ_SUPPLIERS = "read_suppliers", "Consulter les fournisseurs"
    READ_REFERENCINGS = "read_referencings", "Consulter les référencements ANS"
    IMPORT_REFERENCINGS = "import_referencings", "Importer les référencements ANS (CSV)"
    READ_CORRIDORS = "read_corridors", "Consulter les couloirs"
    EDIT_CORRIDORS = "edit_corridors", "Modifier les couloirs, publier le brouillon d'un autre"
    READ_USERS = "read_users", "Consulter les comptes"
    MANAGE_ACCOUNTS = "manage_accounts", "Ouvrir et fermer les comptes, changer les rôles"
    UNLOCK_ACCOUNTS = "unlock_accounts", "Déverrouiller un compte, renvoyer ses identifiants"
    ANSWER_TICKETS = "answer_tickets", "Répondre aux messages à l'assistance"
    WRITE_CONTENTS = "write_contents", "Écrire les questions fréquentes, les actualités et les pages"
    READ_MAILS = "read_mails", "Consulter les courriels envoyés"
    RESEND_MAILS = "resend_mails", "Renvoyer un courriel en échec"
    WRITE_MAILS = "write_mails", "Écrire les modèles des courriels"
    READ_AUDIT = "read_audit", "Consulter le journal d'audit"
    READ_JOBS = "read_jobs", "Consulter les tâches planifiées"
    RUN_JOBS = "run_jobs", "Lancer une tâche planifiée"
    READ_SIMULATIONS = "read_simulations", "Consulter l'usage du simulateur public"
    EXPORT = "export", "Exporter (CSV, tableaux de synthèse)"


C, R = Capability, Role
_BUSINESS = {R.OFFICER, R.DECIDER, R.AUTHORISER, R.ACCOUNTANT}

ALLOWED: dict[Capability, frozenset[Role]] = {
    C.READ_REQUESTS: frozenset(_BUSINESS | {R.SUPPORT, R.ANALYST}),
    C.READ_DOCUMENTS: frozenset(_BUSINESS),
    C.READ_BANK: frozenset(_BUSINESS | {R.SUPPORT}),
    C.READ_IBAN: frozenset({R.OFFICER, R.AUTHORISER, R.ACCOUNTANT}),
    C.READ_ENROLMENTS: frozenset({R.OFFICER, R.SUPPORT}),
    C.INSTRUCT: frozenset({R.OFFICER}),
    C.JUDGE_CHANGES: frozenset({R.OFFICER}),
    C.JUDGE_MODELS: frozenset({R.OFFICER}),
    C.DECIDE: frozenset({R.DECIDER}),
    C.ORDER_PAYMENT: frozenset({R.AUTHORISER}),
    C.CONFIRM_PAYMENT: frozenset({R.ACCOUNTANT}),
    C.READ_ENVELOPES: frozenset({R.DECIDER, R.AUTHORISER, R.ACCOUNTANT, R.ANALYST}),
    C.PROPOSE_ENVELOPE: frozenset({R.DECIDER}),
    C.APPROVE_ENVELOPE: frozenset({R.AUTHORISER}),
    C.READ_PAYMENTS: frozenset({R.DECIDER, R.AUTHORISER, R.ACCOUNTANT, R.ANALYST}),
    C.PROPOSE_RECOVERY: frozenset({R.DECIDER}),
    C.ISSUE_RECOVERY: frozenset({R.AUTHORISER}),
    C.CONFIRM_RECOVERY: frozenset({R.ACCOUNTANT}),
    C.WRITE_WORDINGS: frozenset({R.OFFICER}),
    C.READ_SUPPLIERS: frozenset(_BUSINESS | {R.SUPPORT, R.ANALYST}),
    C.READ_REFERENCINGS: frozenset(_BUSINESS | {R.SUPPORT, R.ANALYST, R.ADMINISTRATOR}),
    C.IMPORT_REFERENCINGS: frozenset({R.OFFICER, R.ADMINISTRATOR}),
    C.READ_CORRIDORS: frozenset(_BUSINESS | {R.SUPPORT, R.ANALYST, R.ADMINISTRATOR}),
    C.EDIT_CORRIDORS: frozenset({R.ADMINISTRATOR}),
    C.READ_USERS: frozenset({R.ADMINISTRATOR, R.SUPPORT}),
    C.MANAGE_ACCOUNTS: frozenset({R.ADMINISTRATOR}),
    C.UNLOCK_ACCOUNTS: frozenset({R.ADMINISTRATOR, R.SUPPORT}),
    C.ANSWER_TICKETS: frozenset({R.OFFICER, R.SUPPORT}),
    C.WRITE_CONTENTS: frozenset({R.OFFICER, R.SUPPORT, R.ADMINISTRATOR}),
    C.READ_MAILS: frozenset({R.OFFICER, R.SUPPORT, R.ADMINISTRATOR}),
    C.RESEND_MAILS: frozenset({R.OFFICER, R.SUPPORT, R.ADMINISTRATOR}),
    C.WRITE_MAILS: frozenset({R.OFFICER, R.ADMINISTRATOR}),
    C.READ_AUDIT: frozenset({R.DECIDER, R.ADMINISTRATOR}),
    C.READ_JOBS: frozenset({R.ADMINISTRATOR}),
    C.RUN_JOBS: frozenset({R.ADMINISTRATOR}),
    C.READ_SIMULATIONS: frozenset({R.ADMINISTRATOR}),
    C.EXPORT: frozenset({R.ANALYST, R.DECIDER}),
}

# Never on one account: GBCP art. 9; an administrator reads no request; nobody judges what he deposits.
INCOMPATIBLE: tuple[frozenset[Role], ...] = (
    frozenset({R.AUTHORISER, R.ACCOUNTANT}),
    *(frozenset({R.ADMINISTRATOR, role}) for role in sorted(ALLOWED[C.READ_REQUESTS])),
    *(frozenset({R.SUPPLIER, role}) for role in sorted(STAFF_ROLES)),
)


def may(roles: Collection[Role], capability: Capability) -> bool:
    """True when one of these roles has the capability."""
    return bool(ALLOWED[capability].intersection(roles))


def incompatibility(roles: Collection[Role]) -> str | None:
    """Why one account may not hold these roles together, in French; None when it may."""
    if Role.SYSTEM in roles:
        return f"« {Role.SYSTEM.label} » n'est le rôle d'aucun compte."
    for pair in INCOMPATIBLE:
        if pair <= set(roles):
            first, second = sorted(pair, key=lambda role: role.label)
            return f"« {first.label} » et « {second.label} » ne peuvent être réunis sur un même compte."
    return None
