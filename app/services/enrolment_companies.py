"""The company of an enrolment: looked up in the register SIRENE, typed when it does not answer, checked later."""

import dataclasses
from typing import Any

import sqlalchemy as sa

from app.domain import identifiers
from app.domain.companies import Company
from app.domain.enrolment_steps import COMPANY, Step
from app.domain.enums import CompanyCheck, EnrolmentStatus
from app.domain.errors import RuleBroken, Unavailable
from app.extensions import db, reading
from app.models.enrolment_drafts import EnrolmentDraft
from app.models.enrolments import Enrolment
from app.services import audit, enrolment_cases, enrolment_drafts, ports
from app.services.actors import SYSTEM

OPEN = (EnrolmentStatus.IN_PROGRESS, EnrolmentStatus.AWAITING_DOCUMENT, EnrolmentStatus.AWAITING_CERTIFICATE)


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What the register said of a SIRET: `answered` is False when it did not answer."""

    company: Company | None
    answered: bool


def refuse_unless_it_may(draft: EnrolmentDraft, siret: str) -> None:
    """Before anything is asked of the register. Raises `RuleBroken` on `siret`: wrong, or not to be enrolled this
    way."""
    fault = identifiers.siret_fault(siret)
    if fault:
        raise RuleBroken(f"SIRET refusé : {fault}.", field="siret")
    enrolment_cases.refuse_unless_open(siret, enrolment_cases.referencing_of(draft), complementary=False)


def ask(siret: str) -> Answer:
    """What the register says; it may take seconds, and nothing is to be held meanwhile."""
    try:
        return Answer(ports.get().companies.company(siret), answered=True)
    except Unavailable:
        return Answer(None, answered=False)


def put(draft: EnrolmentDraft, siret: str, answer: Answer) -> None:
    """Put the company of this SIRET in the draft; when the register did not answer, its name and address are to be
    typed, and will be checked. Raises `RuleBroken` on `siret`: unknown, or closed."""
    if not answer.answered:
        enrolment_drafts.answer(draft, {"siret": siret, "register": None})
        return
    if answer.company is None:
        raise RuleBroken("Ce SIRET est inconnu du répertoire SIRENE.", field="siret")
    if not answer.company.is_open:
        raise RuleBroken("Cet établissement est fermé au répertoire SIRENE.", field="siret")
    known = _known(answer.company)
    enrolment_drafts.answer(draft, {**known, "siret": siret, "register": known})


def reset(draft: EnrolmentDraft) -> None:
    """« Réinitialiser »: another SIRET is asked for."""
    enrolment_drafts.forget(draft, "siret", "register", *COMPANY)
    enrolment_drafts.fall_back(draft, Step.APPLICANT)


def first_check(declared: dict[str, Any]) -> CompanyCheck:
    """What is known of the company when its enrolment is filed."""
    known = declared.get("register")
    if not known:
        return CompanyCheck.TO_VERIFY
    return _compared(declared, known)


def check_pending() -> int:
    """Ask the register of the companies that were typed while it did not answer. Commits each; returns how many were
    answered. Stops when it does not answer again."""
    waiting = sa.select(Enrolment.id).where(
        Enrolment.company_check == CompanyCheck.TO_VERIFY, Enrolment.status.in_(OPEN)
    )
    with reading():
        found = list(db.session.scalars(waiting.order_by(Enrolment.id)))
        db.session.commit()
    done = 0
    for enrolment_id in found:
        try:
            done += _check(enrolment_id)
        except Unavailable:
            db.session.rollback()
            break
    return done


def _check(enrolment_id: int) -> int:
    """One of them; nothing is locked while the register is asked."""
    with reading():
        enrolment = db.session.get_one(Enrolment, enrolment_id)
        siret, declared = enrolment.supplier.siret, dict(enrolment.declared)
        db.session.commit()
    company = ports.get().companies.company(siret)
    enrolment = db.session.get_one(Enrolment, enrolment_id, with_for_update={"of": Enrolment})
    if enrolment.company_check is CompanyCheck.TO_VERIFY:
        enrolment.company_check = _checked(company, declared)
        said = {"company_check": enrolment.company_check.value}
        audit.record("check", "enrolment", enrolment.number, SYSTEM, after=said)
    db.session.commit()
    return 1


def _checked(company: Company | None, declared: dict[str, Any]) -> CompanyCheck:
    if company is None:
        return CompanyCheck.DIFFERS
    if not company.is_open:
        return CompanyCheck.CLOSED
    return _compared(declared, _known(company))


def _compared(declared: dict[str, Any], known: dict[str, str]) -> CompanyCheck:
    """The name, the postcode and the city tell a company; the rest is completed by hand."""
    same = all(_plain(declared.get(part)) == _plain(known[part]) for part in ("name", "postcode", "city"))
    return CompanyCheck.VERIFIED if same else CompanyCheck.DIFFERS


def _plain(text: Any) -> str:
    return " ".join(str(text or "").casefold().split())


def _known(company: Company) -> dict[str, str]:
    address = dataclasses.asdict(company.address)
    return {"name": company.name, "trade_name": company.trade_name} | address
