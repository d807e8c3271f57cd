"""The link that leads back to an enrolment being filled."""

import sqlalchemy as sa

from app.extensions import db
from app.models.mails import Mail
from app.services import enrolment_drafts


def test_each_draft_has_its_mail_even_under_the_id_of_one_that_was_erased(session):
    """SQLite gives the id of an erased row again: the event is the link, not the row."""
    for _ in range(2):
        draft, token = enrolment_drafts.begin({})
        enrolment_drafts.send_link(draft, "alice@exemple.fr", token)
        enrolment_drafts.erase(draft)
        db.session.commit()
    names = db.session.scalars(sa.select(Mail.message_id)).all()
    assert len(names) == len(set(names)) == 2
