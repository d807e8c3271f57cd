"""Sending again a mail that failed or came back: the same mail, to the same address, under the same Message-ID.

Never to another address: it may carry what opens an account. Who changed address is sent another one by what sends it.
"""

import sqlalchemy as sa

from app.domain.enums import MailStatus
from app.domain.errors import Conflict, RuleBroken
from app.extensions import db
from app.models.mails import Mail
from app.services import audit, clock
from app.services.actors import Actor
from app.services.messages import SECRET

LOST = frozenset({MailStatus.FAILED, MailStatus.BOUNCED})
FORGOTTEN = (
    "Ce courriel portait une adresse ou un code réservés à son destinataire, oubliés une fois partis : il ne peut pas"
    " être renvoyé. Refaites ce qui l'envoie : « Renvoyer ses identifiants », une réponse, une nouvelle demande."
)
ELSEWHERE = "Ce courriel n'est pas, ou n'est plus, en échec : rien n'a été renvoyé."


def why_not(mail: Mail) -> str:
    """Why this mail cannot be sent again, in French; empty when it can."""
    if mail.status not in LOST:
        return ELSEWHERE
    return FORGOTTEN if SECRET in mail.body and not mail.secret else ""


def resend(mail: Mail, actor: Actor) -> None:
    """Due at once, with all its tries. Raises `Conflict` (it is not lost any more), `RuleBroken` (its secret is)."""
    if why_not(mail) == FORGOTTEN:
        raise RuleBroken(FORGOTTEN)
    before = mail.status
    taken = db.session.execute(
        sa.update(Mail)
        .where(Mail.id == mail.id, Mail.status.in_(LOST))
        .values(status=MailStatus.QUEUED, due_at=clock.now(), sent_at=None, attempts=0, last_error="")
        .execution_options(synchronize_session=False)
    )
    if not taken.rowcount:
        raise Conflict(ELSEWHERE)
    db.session.expire(mail)
    after = {"mail_status": MailStatus.QUEUED.value}
    audit.record("resend", "mail", str(mail.id), actor, before={"mail_status": before.value}, after=after)
