"""A deposit by form killed at enumerated system calls: its three files, its row and its mail are there, or nothing is.

Each deposit is the avance of a SAS, one act. What a death interrupted is sent again as it was, as a browser does: it
makes the one request, or finds it. `python -m tests.kill_forms` runs every point.
"""

import hashlib
import sys
from collections.abc import Iterator

import sqlalchemy as sa

from app.extensions import db
from app.models.documents import Document
from app.models.mails import Mail
from app.models.requests import Avenant
from forms import form_requests
from tests import form_deposits
from tests.committed import Ground
from tests.kill_points import Browser, Point, Run, digest_of, main

DIGEST = hashlib.sha256(form_deposits.PDF).hexdigest()


class FormRun(Run):
    """As `Run`, with a supplier of his own for each deposit."""

    page = "/segurnums/demande_avance_operateur"

    def __init__(self, on: Ground) -> None:
        super().__init__(on)
        self._seen: list[str] = []  # between a death and the second sending

    def get_ready(self) -> None:
        enrolment, user = form_deposits.enrolled("SAS")
        self.cookie, self._fields = self.entering(user), {"key": form_requests.new_key()}
        self._enrolment_id = enrolment.id
        db.session.rollback()

    def deposit(self, browser: Browser, page: str) -> None:
        sent = {f"piece_{code}": (f"{code.lower()}.pdf", form_deposits.PDF) for code in form_deposits.SAS_AVANCE}
        browser.post(self.page, page, self._fields, sent)
        self.ledger.forms.add(self._enrolment_id)

    def kill_at(self, point: Point) -> bool:
        died = super().kill_at(point)
        self._seen = super().faults()
        if died:
            with self.server() as (_, browser):
                self.deposit(browser, browser.get(self.page))
        return died

    def faults(self) -> list[str]:
        return self._seen + super().faults()

    def lost(self) -> Iterator[str]:
        """An acknowledged form is there; each that is there is whole, with its one mail."""
        avenants = db.session.scalars(sa.select(Avenant)).all()
        there = [one.dossier.enrolment_id for one in avenants]
        yield from (f"form of enrolment {one} acknowledged, and lost" for one in self.ledger.forms - set(there))
        if len(there) > len(set(there)):
            yield "two requests of one form"
        for avenant in avenants:
            keys = sa.select(Document.storage_key).where(Document.request_id == avenant.request_id)
            if [digest_of(key) for key in db.session.scalars(keys)] != [DIGEST] * 3:
                yield f"{avenant.number}: its three files are not there"
            names = sa.select(Mail.message_id).where(Mail.request_id == avenant.request_id)
            if len(db.session.scalars(names).all()) != 1:
                yield f"{avenant.number}: no mail, or two"


if __name__ == "__main__":
    sys.exit(main(FormRun))
