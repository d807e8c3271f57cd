"""Every event people are told of by mail, with the variables of its text and those it may not go without.

An event given here has its text in `templates/mails/<event>.txt`, until staff write theirs (`mail_templates.py`).
"""

from collections.abc import Mapping

from app.services.mail_variables import Wording
from app.services.mails_of_accounts import ACCESS, ASSISTANCE, CHANGES, MODELS
from app.services.mails_of_enrolments import ENROLLING
from app.services.mails_of_requests import REQUESTS

# What staff read above each group of mails, and the mails of that group.
GROUPS: Mapping[str, Mapping[str, Wording]] = {
    "Enrôlement": ENROLLING,
    "Demandes de financement": REQUESTS,
    "Compte et accès": ACCESS,
    "Coordonnées": CHANGES,
    "Modèles de documents": MODELS,
    "Assistance": ASSISTANCE,
}
CATALOGUE: Mapping[str, Wording] = {event: wording for group in GROUPS.values() for event, wording in group.items()}
