"""An enrolment filled through the client, step by step; a test states only what its case changes."""

import io
import re
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models.enrolment_drafts import EnrolmentDraft
from app.models.enrolments import Enrolment
from app.models.mails import Mail
from app.services import captchas, ports
from tests import factories, files

HERE = "/segurnum/enrolement"
CAPTCHA = "bw72x"
SIRET = "47992882200069"  # of the offline table
OTHER_SIRET = "81120705900015"
PEOPLE = {
    "is_representative": "oui", "representative_last_name": "Martin", "representative_first_name": "Maelys",
    "representative_email": "maelys@exemple.fr", "representative_email_again": "maelys@exemple.fr",
    "representative_phone": "0326212121",
}  # fmt: skip
DECLARANT = {
    "is_representative": "non", "declarant_last_name": "Petit", "declarant_first_name": "Jean",
    "declarant_email": "jean@exemple.fr", "declarant_email_again": "jean@exemple.fr",
    "declarant_phone": "0633221166",
}  # fmt: skip
ACCOUNT = {"iban": "FR76 1313 5000 8008 0026 7924 623", "bic": "CEPAFRPP313", "holder": "MARTIN", "bank_name": "CE"}
BOXES = {"terms": "y", "penal_code": "y", "sincere": "y"}


def pdf(name: str = "piece.pdf", content: bytes | None = None) -> tuple[io.BytesIO, str]:
    return io.BytesIO(files.pdf() if content is None else content), name


def fix_captcha(monkeypatch: Any) -> None:
    monkeypatch.setattr(ports.get(), "captcha_fixed", CAPTCHA)


@dataclass
class Journey:
    """`pieces`: files joined besides, by step."""

    client: Any
    ans_number: str
    siret: str = SIRET
    applicant: dict[str, Any] = field(default_factory=dict)
    referencing: dict[str, Any] = field(default_factory=dict)
    vat: dict[str, Any] = field(default_factory=lambda: {"vat": "ttc_20"})

    def post(self, slug: str, **data: Any) -> Any:
        return self.client.post(f"{HERE}/{slug}", data=data, content_type="multipart/form-data")

    def search(self, **over: Any) -> Any:
        said = {"siret": self.siret, "captcha_token": captchas.issue(), "captcha": CAPTCHA, "act": "search"}
        return self.post("demandeur", **said | over)

    def step_1(self) -> Any:
        self.post("referencement", ans_number=self.ans_number, act="search")
        return self.post("referencement", certificate=pdf("certificat.pdf"), **self.referencing)

    def step_2(self, **over: Any) -> Any:
        known = {name: value for name, value in draft().answers.items() if isinstance(value, str)}
        typed = known | {"trade_name": "SERVICES", "street_type": "RUE"} | PEOPLE
        return self.post("demandeur", **typed | {"representative_identity": pdf("cni.pdf")} | self.applicant | over)

    def step_3(self, **over: Any) -> Any:
        return self.post("coordonnees-bancaires", **ACCOUNT | {"bank_details": pdf("rib.pdf")} | over)

    def step_4(self, **over: Any) -> Any:
        return self.post("taux-tva", **self.vat | over)

    def to(self, step: int) -> "Journey":
        """Up to this step, open and not sent."""
        sent = (self.step_1, lambda: (self.search(), self.step_2())[1], self.step_3, self.step_4)
        for rank, one in enumerate(sent[: step - 1], 1):
            answer = one()
            assert answer.status_code == 303, f"step {rank}: {errors(answer)}"
        return self

    def finish(self, **over: Any) -> Any:
        said = {"captcha_token": captchas.issue(), "captcha": CAPTCHA, "act": "finish"}
        return self.post("confirmation", **said | BOXES | over)


def referenced(code: str = "MDV", editor_siret: str = SIRET, **over: Any) -> str:
    made = factories.referencing(code, editor_siret=editor_siret, **over)
    db.session.commit()
    return made.ans_number


def draft() -> EnrolmentDraft:
    return db.session.scalars(sa.select(EnrolmentDraft).order_by(EnrolmentDraft.id.desc()).limit(1)).one()


def enrolled() -> list[Enrolment]:
    return list(db.session.scalars(sa.select(Enrolment).order_by(Enrolment.id)))


def mails(event: str) -> list[Mail]:
    return list(db.session.scalars(sa.select(Mail).where(Mail.event_key.startswith(event)).order_by(Mail.id)))


def link(mail: Mail) -> str:
    assert mail.secret
    return ports.get().sealer.open(mail.secret).removeprefix(ports.get().public_base_url)


def errors(answer: Any) -> list[str]:
    return re.findall(r'<p class="sg-error" id="([\w-]+)-error">', answer.text)
