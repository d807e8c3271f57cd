"""The staff menu: what the person's roles open."""

import functools
from collections.abc import Iterable

from admin_views.menu import Group, Link
from app.domain import permissions
from app.domain.enums import Role
from app.domain.permissions import Capability as C
from app.models.users import User

# Tab → (capability, label, address); a tab without link is not shown.
TABS: tuple[tuple[str, tuple[tuple[C, str, str], ...]], ...] = (
    (
        "Demandes",
        (
            (C.READ_REQUESTS, "Demandes de financement", "/gestion/demandes/"),
            (C.WRITE_WORDINGS, "Motifs de rejet", "/gestion/motifs-de-rejet/"),
            (C.WRITE_WORDINGS, "Écrire un motif de rejet", "/gestion/motifs-de-rejet/nouveau"),
        ),
    ),
    (
        "Enrôlement",
        (
            (C.READ_ENROLMENTS, "Demandes d'enrôlement", "/gestion/enrolements/"),
            (C.JUDGE_MODELS, "Modèles de documents", "/gestion/modeles-de-documents/"),
        ),
    ),
    (
        "Budget",
        (
            (C.DECIDE, "Décider", "/gestion/decisions/nouvelle"),
            (C.READ_ENVELOPES, "Décisions", "/gestion/decisions/"),
            (C.READ_ENVELOPES, "Enveloppes", "/gestion/enveloppes/"),
            (C.PROPOSE_ENVELOPE, "Proposer une enveloppe", "/gestion/enveloppes/nouvelle"),
            (C.APPROVE_ENVELOPE, "Enveloppes à approuver", "/gestion/enveloppes/a-approuver"),
        ),
    ),
    (
        "Paiements",
        (
            (C.ORDER_PAYMENT, "Mettre en paiement", "/gestion/paiements/nouveau"),
            (C.READ_PAYMENTS, "Ordres de paiement", "/gestion/paiements/"),
            (C.READ_PAYMENTS, "Ordres de recouvrement", "/gestion/recouvrements/"),
        ),
    ),
    (
        "Exports",
        (
            (C.EXPORT, "Exporter les demandes", "/gestion/exports/demandes"),
            (C.EXPORT, "Exporter les bénéficiaires", "/gestion/exports/beneficiaires"),
            (C.EXPORT, "Tableaux de synthèse", "/gestion/tableaux-de-synthese/"),
        ),
    ),
    (
        "Référentiels",
        (
            (C.READ_SUPPLIERS, "Fournisseurs", "/gestion/fournisseurs/"),
            (C.READ_SUPPLIERS, "Personnes", "/gestion/personnes/"),
            (C.JUDGE_CHANGES, "Changements de coordonnées bancaires", "/gestion/coordonnees-bancaires/"),
            (C.JUDGE_CHANGES, "Changements de personnes", "/gestion/changements-de-personnes/"),
            (C.READ_REFERENCINGS, "Référencements ANS", "/gestion/referencements/"),
            (C.IMPORT_REFERENCINGS, "Importer les référencements", "/gestion/referencements/import/"),
            (C.READ_CORRIDORS, "Couloirs", "/gestion/couloirs/"),
            (C.EDIT_CORRIDORS, "Brouillons de couloirs", "/gestion/couloirs/brouillons/"),
        ),
    ),
    (
        "Contenus",
        (
            (C.WRITE_CONTENTS, "Actualités", "/gestion/actualites/"),
            (C.WRITE_CONTENTS, "Écrire une actualité", "/gestion/actualites/nouvelle"),
            (C.WRITE_CONTENTS, "Questions fréquentes", "/gestion/questions/"),
            (C.WRITE_CONTENTS, "Écrire une question", "/gestion/questions/nouvelle"),
            (C.WRITE_CONTENTS, "Rubriques", "/gestion/rubriques/"),
            (C.WRITE_CONTENTS, "Ajouter une rubrique", "/gestion/rubriques/nouvelle"),
            (C.WRITE_CONTENTS, "Pages du portail", "/gestion/pages/"),
            (C.WRITE_MAILS, "Modèles de courriels", "/gestion/modeles-de-courriels/"),
        ),
    ),
    (
        "Suivi",
        (
            (C.ANSWER_TICKETS, "Assistance", "/gestion/assistance/"),
            (C.READ_MAILS, "Courriels", "/gestion/courriels/"),
            (C.READ_USERS, "Comptes", "/gestion/comptes/"),
            (C.MANAGE_ACCOUNTS, "Ouvrir un compte", "/gestion/compte/nouveau"),
            (C.READ_AUDIT, "Journal d'audit", "/gestion/audit/"),
            (C.READ_JOBS, "Tâches planifiées", "/gestion/taches/"),
            (C.READ_SIMULATIONS, "Simulations publiques", "/gestion/simulations/"),
        ),
    ),
)


def of(user: User) -> tuple[Group, ...]:
    """The tabs of this person."""
    return _of(user.role_set)


@functools.cache
def _of(roles: frozenset[Role]) -> tuple[Group, ...]:
    return (Group("Accueil", url="/gestion/"), *_tabs(roles), Group("Mon compte", url="/gestion/mon-compte/"))


def _tabs(roles: frozenset[Role]) -> Iterable[Group]:
    for label, entries in TABS:
        links = tuple(Link(text, url) for capability, text, url in entries if permissions.may(roles, capability))
        if len(links) == 1:
            yield Group(links[0].label, url=links[0].url)
        elif links:
            yield Group(label, links)
