"""The words of the journal: what the codes kept in the audit trail are called on screens."""

import re
from decimal import Decimal
from typing import Any

from app.domain.enums import (
    ChangeStatus,
    DraftStatus,
    EnrolmentStatus,
    MailStatus,
    ModelStatus,
    PaymentState,
    RecoveryStatus,
    RequestStatus,
)
from app.domain.labelled import Labelled
from app.models.audit import AuditEntry
from app.services import formats

ACTIONS = {
    "create": "Création",
    "lock": "Verrouillage",
    "publish": "Publication",
    "propose": "Proposition",
    "approve": "Approbation",
    "refuse": "Refus",
    "register": "Enregistrement",
    "add_person": "Ajout d'une personne",
    "open_account": "Ouverture de coordonnées bancaires",
    "ask_bank_change": "Demande de changement de coordonnées bancaires",
    "accept_bank_change": "Première acceptation de coordonnées bancaires",
    "make_bank_change": "Changement de coordonnées bancaires",
    "refuse_bank_change": "Refus de coordonnées bancaires",
    "withdraw_bank_change": "Retrait d'un changement de coordonnées bancaires",
    "purge_people_draft": "Effacement d'un changement de personnes non transmis",
    "readdress": "Courriel d'un compte changé avec celui de la personne",
    "read_rib": "Lecture d'un RIB",
    "ask_people_change": "Demande de changement de personnes",
    "change_people": "Changement de personnes",
    "reject_people_change": "Rejet d'un changement de personnes",
    "read_person_piece": "Lecture d'une pièce de personne",
    "send_model": "Envoi d'un modèle de document",
    "accept_model": "Acceptation d'un modèle de document",
    "reject_model": "Rejet d'un modèle de document",
    "read_model": "Lecture d'un modèle de document",
    "invite": "Invitation d'un utilisateur",
    "close": "Fermeture",
    "deposit": "Dépôt",
    "erase": "Effacement",
    "purge": "Purge",
    "check": "Vérification",
    "adopt": "Reprise de l'enrôlement validé",
    "validate": "Validation",
    "export": "Export",
    "open_draft": "Ouverture d'un brouillon",
    "save_draft": "Modification du brouillon",
    "rebase_draft": "Reprise sur la version en vigueur",
    "submit_draft": "Soumission à publication",
    "publish_draft": "Publication du brouillon",
    "send_back_draft": "Renvoi du brouillon",
    "withdraw_draft": "Retour en rédaction",
    "abandon_draft": "Abandon du brouillon",
    "change": "Modification",
    "send_link": "Envoi d'un lien",
    "ask_link": "Demande d'un lien sans compte",
    "import_referencings": "Import de référencements",
    "import_ceilings": "Import de plafonds",
    "renew_calendar": "Renouvellement de l'adresse de ses échéances",
    "write": "Rédaction",
    "revert": "Retour au texte d'origine",
    "resend": "Renvoi d'un courriel",
    "bounce": "Courriel non remis",
    "run_job": "Lancement d'une tâche",
}
SUBJECTS = {
    "request": "Demande",
    "decision": "Décision",
    "payment_order": "Ordre de paiement",
    "recovery_order": "Ordre de recouvrement",
    "rejection_wording": "Motif de rejet",
    "envelope": "Enveloppe",
    "user": "Compte",
    "corridor": "Couloir",
    "job": "Tâche planifiée",
    "corridor_draft": "Brouillon de couloir",
    "supplier": "Fournisseur",
    "enrolment": "Enrôlement",
    "enrolment_draft": "Brouillon d'enrôlement",
    "referencing": "Référencement",
    "json_import": "Import JSON",
    "document": "Pièce",
    "bank_account": "Coordonnées bancaires",
    "export": "Export",
    "csv_upload": "Fichier CSV",
    "news": "Actualité",
    "mail": "Courriel",
    "mail_template": "Modèle de courriel",
}
FIELDS = {
    "editor_siret": "SIRET de l'éditeur",
    "software_version": "Version du logiciel",
    "software_type": "Type de logiciel",
    "corridor_code": "Couloir",
    "wave": "Vague",
    "profiles": "Profils référencés",
    "effective_on": "Date de prise d'effet",
    "new": "Nouveaux",
    "changed": "Modifiés",
    "removed": "Supprimés",
    "unchanged": "Inchangés",
    "refused": "Refusés",
    "status": "Statut",
    "payment_state": "État de paiement",
    "amount": "Montant",
    "ordinal": "Version de la demande",
    "total": "Montant total",
    "control_total": "Total de contrôle",
    "kind": "Nature",
    "order": "Ordre de paiement",
    "recovery_order": "Ordre de recouvrement",
    "recovery_status": "Statut du recouvrement",
    "wordings": "Motifs de la bibliothèque",
    "retired": "Retiré",
    "paid_on": "Date de paiement",
    "reference": "Référence",
    "requests": "Demandes",
    "envelope": "Enveloppe",
    "roles": "Rôles",
    "version": "Version",
    "digest": "Empreinte",
    "mail_status": "Statut du courriel",
    "origin": "Point de départ",
    "places": "Nombre de changements",
    "draft_status": "Statut du brouillon",
    "change_status": "Statut du changement",
    "model": "Type de modèle",
    "model_status": "Statut du modèle",
    "changed_people": "Modification",
    "pieces": "Pièces",
    "active": "Ouvert",
    "until": "Jusqu'au",
    "name": "Nom",
    "title": "Titre",
    "iban_end": "Fin de l'IBAN",
    "ans": "N° ANS",
    "ans_number": "N° ANS",
    "dsr": "DSR",
    "software": "Logiciel",
    "vat": "Taux TVA",
    "phase": "Type",
    "file_name": "Fichier",
    "size": "Taille en octets",
    "document": "Pièce",
    "fields": "Données modifiées",
    "lines": "Lignes",
    "retained": "Retenues",
    "rejected": "Rejetées",
    "entries": "Fichiers de l'archive",
    "attached": "Pièces jointes",
    "completed": "Demandes complétées",
}
_EUROS = frozenset({"amount", "total", "control_total"})
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_LISTS: dict[str, type[Labelled]] = {
    "status": RequestStatus,
    "payment_state": PaymentState,
    "draft_status": DraftStatus,
    "change_status": ChangeStatus,
    "recovery_status": RecoveryStatus,
    "model_status": ModelStatus,
    "mail_status": MailStatus,
}


def action(code: str) -> str:
    """The action as shown; what is already a label stays as it is."""
    return ACTIONS.get(code, code)


def subject_kind(code: str) -> str:
    return SUBJECTS.get(code, code)


def changes(entry: AuditEntry) -> tuple[tuple[str, str, str], ...]:
    """(field, before, after) of what an act changed, in words; empty once the content was purged."""
    payload: dict[str, Any] = entry.payload or {}
    before, after = payload.get("before") or {}, payload.get("after") or {}
    names = [*before, *(name for name in after if name not in before)]
    return tuple(
        (FIELDS.get(name, name), *(_worded(name, one.get(name), entry.subject_kind) for one in (before, after)))
        for name in names
        if before.get(name) != after.get(name)
    )


def comment(entry: AuditEntry) -> str:
    """What the person wrote with the act, or nothing."""
    return str((entry.payload or {}).get("comment", ""))


def _worded(name: str, value: Any, kind: str) -> str:
    if name in _EUROS and isinstance(value, str) and _NUMBER.fullmatch(value):
        return formats.money(Decimal(value))
    known = EnrolmentStatus if (kind, name) == ("enrolment", "status") else _LISTS.get(name)
    if known and value in {member.value for member in known}:
        return known(value).label
    return formats.shown(value)
