"""Enrolments as the form files them, without the form: what was declared, the pieces, the account that waits."""

import io
from typing import Any

from app.domain.enrolment_steps import NO, YES, PieceKind
from app.domain.enums import CompanyCheck, EnrolmentKind
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.enrolment_drafts import EnrolmentPiece
from app.models.enrolments import Enrolment
from app.services import attachments, declared_companies, enrolments
from app.services.actors import SYSTEM
from tests import factories, files

IBAN, BIC = "FR7617807000430512179603697", "CCBPFRPPXXX"


def person(prefix: str, first_name: str, last_name: str) -> dict[str, str]:
    email = f"{first_name}.{last_name}@exemple.fr".lower()
    return {
        f"{prefix}_last_name": last_name,
        f"{prefix}_first_name": first_name,
        f"{prefix}_email": email,
        f"{prefix}_email_again": email,
        f"{prefix}_phone": "0326212121",
    }


def declared(siret: str, ans_number: str, **over: Any) -> dict[str, Any]:
    """By the representative himself; his company is the one of the register."""
    name = over.pop("name", "EDITEUR DECLARE")
    known = {"name": name, "trade_name": name, "street": "RUE DE LA PAIX", "postcode": "51100", "city": "REIMS"}
    return {
        "ans_number": ans_number,
        "siret": siret,
        **known,
        "number": "9",
        "is_representative": YES,
        **person("representative", "Alice", "Martin"),
        "iban": IBAN,
        "bic": BIC,
        "holder": name,
        "bank_name": "BANQUE POPULAIRE",
        "vat": VatRegime.TTC_20.value,
        "register": known,
    } | over


def by_somebody_else(first_name: str = "Julie", last_name: str = "Faure") -> dict[str, Any]:
    """What changes when a third party declares for the representative."""
    return {"is_representative": NO, "quality": "contract", **person("declarant", first_name, last_name)}


def filed(*, without: tuple[str, ...] = (), **over: Any) -> Enrolment:
    """« En cours », with its certificate, identity and RIB but those `without`."""
    software = over.pop("referencing", None) or factories.referencing()
    said = declared(over.pop("siret", software.editor_siret), software.ans_number, **over)
    supplier = declared_companies.supplier_of(said)
    made = enrolments.deposit(
        supplier,
        software,
        declared_companies.account_of(supplier, said),
        VatRegime(said["vat"]),
        EnrolmentKind.INITIAL,
        SYSTEM,
        declared=said,
        company_check=CompanyCheck.VERIFIED,
    )
    for kind in (PieceKind.CERTIFICATE, PieceKind.REPRESENTATIVE_IDENTITY, PieceKind.BANK_DETAILS):
        if kind.value not in without:
            join(made, kind)
    db.session.flush()
    db.session.expire(made, ["pieces"])
    return made


def join(enrolment: Enrolment, kind: PieceKind) -> None:
    kept = attachments.keep(f"{kind.value}.pdf", io.BytesIO(files.pdf()))
    db.session.add(EnrolmentPiece(enrolment_id=enrolment.id, kind=kind.value, label=kind.label, attachment=kept))
