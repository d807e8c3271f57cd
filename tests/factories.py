"""Valid objects in one line each; a test states only what matters to it."""

import datetime as dt
import functools
import itertools
from decimal import Decimal
from typing import Any

from stdnum import luhn

from app.corridors.spec import CorridorSpec
from app.domain import numbers
from app.domain.enums import (
    BankAccountStatus,
    DocumentOrigin,
    EnrolmentKind,
    EnrolmentStatus,
    PaymentState,
    PersonKind,
    Phase,
    RequestStatus,
    Role,
    ScanState,
)
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.bank_accounts import BankAccount
from app.models.corridors import CorridorVersion
from app.models.documents import Document
from app.models.dossiers import Dossier
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.models.requests import Avenant, Beneficiary, FundingRequest
from app.models.suppliers import Person, Supplier
from app.models.users import User
from app.services import accounts, clock, corridor_versions, counters
from tests import shipped

PASSWORD = "Essai-2026!"
_count = itertools.count(1)
# What a line of médecine de ville may say besides what the columns hold.
DECLARED_MDV = {
    "beneficiaires": {
        "commandePour": "LIBERAL",
        "isMandataire": True,
        "isClientUnique": False,
        "nomMandataire": "GROUPEMENT",
        "emailMandataire": "groupe@exemple.fr",
        "telephoneMandataire": "0326212121",
    },
    "scenarioInstallation": {"isCentreDeSante": True, "operateurMessagerie": "API_35"},
}


def _save(thing: Any) -> Any:
    db.session.add(thing)
    db.session.flush()
    return thing


def siret(n: int) -> str:
    """A SIRET whose SIREN and key are right."""
    siren = f"{n:08d}"
    siren += luhn.calc_check_digit(siren)
    return siren + (nic := "0001") + luhn.calc_check_digit(siren + nic)


def supplier(**over: Any) -> Supplier:
    n = next(_count)
    made = _save(
        Supplier(
            **{
                "siret": siret(n),
                "name": f"EDITEUR {n}",
                "address": "9 rue de la Paix",
                "postcode": "51100",
                "city": "REIMS",
            }
            | over
        )
    )
    _save(
        Person(
            supplier_id=made.id,
            kind=PersonKind.LEGAL_REPRESENTATIVE,
            last_name="MARTIN",
            first_name="Alice",
            email=f"alice{n}@exemple.fr",
            phone="0326212121",
        )
    )
    _save(
        BankAccount(
            supplier_id=made.id,
            iban="FR7613135000800800267924623",
            bic="CEPAFRPP313",
            holder=made.name,
            bank_name="CE MIDI PYRENEES",
            status=BankAccountStatus.ACTIVE,
            created_at=clock.now(),
        )
    )
    return made


def user(*roles: Role, **over: Any) -> User:
    """An account. Its hash is not a password's: log in by the `login` fixture, or use `account`."""
    n = next(_count)
    made = User(
        **{
            "username": f"compte{n}",
            "email": f"compte{n}@exemple.fr",
            "full_name": f"Personne {n}",
            "fs_uniquifier": f"u{n}",
            "created_at": clock.now(),
            "active": True,
            "role_rows": [accounts.role_row(role) for role in roles or (Role.OFFICER,)],
        }
        | over
    )
    return _save(made)


def supplier_user(of: Supplier | None = None, **over: Any) -> User:
    """An account of a supplier, its administrator unless said otherwise."""
    return user(Role.SUPPLIER, supplier=of or supplier(), **{"administers": True} | over)


def open_spec(code: str = "MDV") -> CorridorSpec:
    """The shipped document of this corridor with its windows open around today."""
    return _opened_around(clock.now(), code)


@functools.lru_cache(maxsize=64)
def _opened_around(now: dt.datetime, code: str) -> CorridorSpec:
    spec = shipped.SPECS[code]
    start, end = now - dt.timedelta(30), now + dt.timedelta(300)
    return spec.model_copy(
        update={
            "windows": tuple(window.model_copy(update={"opens_at": start, "closes_at": end}) for window in spec.windows)
        }
    )


def corridor(code: str = "MDV") -> CorridorVersion:
    return corridor_versions.publish(open_spec(code))


def referencing(code: str = "MDV", **over: Any) -> Referencing:
    n = next(_count)
    software = corridor_versions.spec_of(corridor(code)).software[0]
    return _save(
        Referencing(
            **{
                "ans_number": f"ess{n:06d}",
                "software": f"LOGICIEL {n}",
                "software_version": "2.1",
                "software_type": software.type,
                "corridor_code": code,
                "dsr": software.dsr,
                "wave": software.wave,
                "editor_siret": siret(n),
                "profiles": ["Général"],
                "effective_on": dt.date(2021, 10, 7),
            }
            | over
        )
    )


def enrolment(of: Supplier | None = None, code: str = "MDV", **over: Any) -> Enrolment:
    """A validated enrolment, under the regime HT."""
    return _save(
        Enrolment(
            **{
                "number": numbers.enrolment(counters.take_one(counters.ENROLMENT)),
                "kind": EnrolmentKind.INITIAL,
                "status": EnrolmentStatus.VALIDATED,
                "supplier": of or supplier(),
                "referencing": over.pop("referencing", None) or referencing(code),
                "vat": VatRegime.HT,
                "deposited_at": clock.now(),
                "judged_at": clock.now(),
            }
            | over
        )
    )


def avenant(of: Enrolment | None = None, **over: Any) -> Avenant:
    """The current avenant of an avance « En cours » of the médecine de ville, three doctors, 1074,99 € declared."""
    enrolled = of or enrolment()
    version = corridor_versions.in_force(enrolled.referencing.corridor_code)
    phase = over.pop("phase", Phase.AVANCE)
    doctors = over.pop("doctors", 3)
    dossier = over.pop("dossier", None) or _save(
        Dossier(
            number=numbers.dossier(enrolled.referencing.corridor_code, counters.take_one(counters.DOSSIER)),
            supplier_id=enrolled.supplier_id,
            enrolment=enrolled,
            corridor_version=version,
            corridor_code=enrolled.referencing.corridor_code,
            software_type=enrolled.referencing.software_type,
            dsr=enrolled.referencing.dsr,
            created_at=clock.now(),
        )
    )
    request = _save(
        FundingRequest(
            dossier=dossier,
            phase=phase,
            number=numbers.request(dossier.number, phase),
            supplier_id=enrolled.supplier_id,
        )
    )
    return _save(
        Avenant(
            **{
                "request": request,
                "number": request.number,
                "phase": phase,
                "supplier_id": enrolled.supplier_id,
                "corridor_code": dossier.corridor_code,
                "software_type": dossier.software_type,
                "editor_number": "00001",
                "deposited_at": clock.now(),
                "completed_at": clock.now(),
                "status": RequestStatus.IN_PROGRESS,
                "status_changed_at": clock.now(),
                "payment_state": PaymentState.NONE,
                "order_date": clock.today() - dt.timedelta(20),
                "vat": enrolled.vat,
                "declared": {},
                "declared_ht": Decimal("1074.99"),
                "beneficiaries": [
                    Beneficiary(
                        position=rank,
                        name=f"MEDECIN {rank}",
                        email=f"medecin{rank}@exemple.fr",
                        phone="0633221166",
                        identifier_kind="rpps",
                        identifier=f"10{next(_count):09d}",
                    )
                    for rank in range(1, doctors + 1)
                ],
            }
            | over
        )
    )


def document(of: Avenant, name: str = "bon.pdf", **over: Any) -> Document:
    """A confirmed piece of a request, without bytes in the store."""
    return _save(
        Document(
            **{
                "request_id": of.request_id,
                "kind": "BON_COMMANDE",
                "file_name": name,
                "media_type": "application/pdf",
                "size": 10,
                "digest": "0" * 64,
                "storage_key": f"pieces/{of.id}-{name}",
                "origin": DocumentOrigin.SUPPLIER,
                "scan": ScanState.CLEAN,
                "deposited_at": clock.now(),
                "confirmed_at": clock.now(),
            }
            | over
        )
    )
