"""What the tests of « Mon compte » share: accounts, people, and a supplier who has just proved who he is."""

import io
from dataclasses import replace

import sqlalchemy as sa

from app.domain.enums import Role
from app.domain.person_changes import Identity, Speakers
from app.extensions import db
from app.models.mails import Mail
from app.models.users import User, WebSession
from app.services import actors, bank_changes, bank_details, clock, person_changes
from tests import factories, files

OLD, NEW = "FR7613135000800800267924623", "FR7617807000430512179603697"
NEW_BIC = "CCBPFRPPXXX"
THIRD, THIRD_BIC = "FR7630004008230001020304131", "BNPAFRPP"
GERMAN = "DE89370400440532013000"


def officer():
    return actors.of(factories.user(Role.OFFICER))


def upload(content: bytes | None = None, name: str = "rib.pdf"):
    return io.BytesIO(files.pdf() if content is None else content), name


def ask(user: User, iban: str = NEW, bic: str = NEW_BIC):
    """A change of bank account, asked through the service."""
    details = bank_details.checked(iban, bic, user.supplier.name)
    return bank_changes.ask(user.supplier, details, ("rib.pdf", io.BytesIO(files.pdf())), user)


def renamed(speakers: Speakers, **over: str) -> Speakers:
    """The same people, the legal representative otherwise."""
    return replace(speakers, representative=replace(speakers.representative, **over))


def declarant(**over: str) -> Identity:
    known = {"last_name": "DURAND", "first_name": "Paul", "email": "paul@exemple.fr", "phone": "0326212122"}
    return Identity(**known | over)


def sent(user: User, proposed: Speakers, *kinds: str):
    """A change of people with these pieces, sent through the service."""
    change = person_changes.save(user.supplier, proposed, user)
    for kind in kinds:
        person_changes.add_piece(change, kind, f"{kind}.pdf", io.BytesIO(files.pdf()), user)
    person_changes.send(change, user)
    return change


def prove(user: User) -> None:
    """His sessions have just been proved."""
    db.session.execute(sa.update(WebSession).where(WebSession.user_id == user.id).values(stepped_up_at=clock.now()))
    db.session.commit()
    db.session.expire_all()


def mails(event: str) -> list[str]:
    """Who was written to of this event, in alphabetical order."""
    return sorted(db.session.scalars(sa.select(Mail.recipient).where(Mail.event == event)))
