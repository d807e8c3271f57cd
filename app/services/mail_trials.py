"""A trial of what somebody is writing for a mail: its examples in place of its variables, sent to its author alone."""

import secrets

from app.domain.errors import RuleBroken
from app.models.users import User
from app.services import mail_templates, messages
from app.services.mail_templates import Text

LABEL = "Essai d'un modèle de courriel"


def send(event: str, subject: str, body: str, author: User) -> None:
    """Queue it. Raises `RuleBroken` on `subject` or `body` for what could not be kept; `KeyError` for no event."""
    mail_templates.refuse(event, subject, body)
    if not author.email:
        raise RuleBroken("Votre compte n'a pas d'adresse.")
    text = mail_templates.tried(event, Text(subject, body))
    trial = Text(f"[Essai] {text.subject}"[:200], text.body)
    messages.post(LABEL, trial, author.email, f"essai:{secrets.token_hex(8)}")
