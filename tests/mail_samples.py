"""What each event is given when its mail is queued: once at least, and for each turn that its text may take."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.domain.enums import Phase
from app.models.attachments import Attachment
from app.models.bank_accounts import BankAccount, BankChange
from app.models.document_models import DocumentModel
from app.models.enrolments import Enrolment
from app.models.imports import JsonImport
from app.models.payments import Payment
from app.models.person_changes import PersonChange
from app.models.recoveries import RecoveryOrder
from app.models.referencings import Referencing
from app.models.requests import Avenant, InformationRequest
from app.models.suppliers import Supplier
from app.models.tickets import Ticket
from app.models.users import User
from app.services import clock
from app.services.asked import Said
from app.services.countdowns import Countdown
from app.services.messages import Event

LINK = "http://localhost/segurnum/reserve/jeton-de-test"
COMMENT = "Le bon de commande n'est pas signé.\r\n\r\nVoir <https://exemple.fr/piege> & la page 2."


@dataclass(frozen=True, slots=True)
class Sample:
    """`turn` tells apart the samples of one event."""

    event: Event
    given: dict[str, Any] = field(default_factory=dict)
    secret: str | None = None
    turn: str = ""

    @property
    def name(self) -> str:
        return f"{self.event.value}-{self.turn}" if self.turn else self.event.value


def every() -> list[Sample]:
    """Nothing of it is in the database."""
    enrolling = [*_of_enrolments(), *_of_models()]
    return [*enrolling, *_of_requests(), *_of_imports(), *_of_accounts(), *_of_changes(), *_of_tickets()]


def _at(day: int) -> dt.datetime:
    return dt.datetime(2026, 11, day, 10, 0, tzinfo=clock.PARIS)


def _supplier() -> Supplier:
    return Supplier(name='SOCIÉTÉ "L\'ÉTÉ" <SANTÉ> & FILS', siret="12345678200010")


def _of_enrolments() -> list[Sample]:
    enrolment = Enrolment(
        number="ENR0079",
        supplier=_supplier(),
        referencing=Referencing(ans_number="aafy632561", software="MEDICABINET"),
        declared={"name": "EDITEUR DECLARE"},
    )
    space = "http://localhost/segurnums/enrolements/12"
    by_link = {"enrolment": enrolment, "comment": COMMENT, "space": None}
    by_account = by_link | {"space": space}
    pieces = {"pieces": ["Kbis de moins de trois mois", "RIB"]}
    filed = {"enrolment": enrolment, "deposited": "23/11/2026"}
    differences = {"differences": ["le code postal : « 51000 » est déclaré, « 51100 » est connu"]}
    return [
        Sample(Event.ENROLMENT_DRAFT, {"expires": "23/12/2026"}, LINK),
        Sample(Event.ENROLMENT_FILED, filed | {"space": None}, LINK),
        Sample(Event.ENROLMENT_FILED, filed | {"space": space}, turn="compte"),
        Sample(Event.ENROLMENT_PIECE_ASKED, by_link | pieces, LINK),
        Sample(Event.ENROLMENT_PIECE_ASKED, by_account | pieces, turn="compte"),
        Sample(Event.ENROLMENT_CERTIFICATE_AWAITED, by_link | {"comment": ""}, LINK),
        Sample(Event.ENROLMENT_CERTIFICATE_AWAITED, by_account, turn="compte"),
        Sample(Event.ENROLMENT_RESUMED, by_link, LINK),
        Sample(Event.ENROLMENT_RESUMED, by_account, turn="compte"),
        Sample(Event.ENROLMENT_VALIDATED, by_link | {"differences": [], "opened": []}),
        Sample(
            Event.ENROLMENT_VALIDATED, by_account | differences | {"opened": ["coordonnées bancaires"]}, turn="compte"
        ),
        Sample(Event.ENROLMENT_REJECTED, by_link, LINK),
        Sample(Event.ENROLMENT_REJECTED, by_account, turn="compte"),
    ]


def _of_requests() -> list[Sample]:
    avenant = Avenant(
        number="FINMDV005046M0",
        phase=Phase.AVANCE,
        editor_number="00001",
        amount=Decimal("1074.99"),
        supplier=_supplier(),
    )
    by_form = Avenant(
        number="FINMSS007206M0",
        phase=Phase.AVANCE,
        editor_number="",
        amount=Decimal("8000.00"),
        deposited_at=_at(9),
        supplier=_supplier(),
    )
    payment = Payment(amount=Decimal("1074.99"), paid_on=dt.date(2026, 11, 23), reference="VIR-2026-0001")
    asked = InformationRequest(asked_at=_at(2), closes_on=dt.date(2026, 11, 22), comment=COMMENT)
    said = Said(("N° de bon de commande", "Date de signature"), ("Bon de commande",))
    with_comment = {"avenant": avenant, "comment": COMMENT}
    return [
        Sample(Event.DEPOSIT_RECEIVED, {"avenant": by_form, "pieces": ["Procès-verbal <signé>", "Guide de l'API"]}),
        Sample(Event.DEPOSIT_RECEIVED, {"avenant": by_form, "pieces": []}, turn="sans-piece"),
        Sample(Event.REQUEST_DECIDED, {"avenant": by_form}),
        Sample(Event.REQUEST_VALIDATED, {"avenant": avenant}),
        Sample(Event.REQUEST_VALIDATED, {"avenant": by_form}, turn="formulaire"),
        Sample(Event.REQUEST_REJECTED, with_comment),
        Sample(Event.REQUEST_CANCELLED, with_comment),
        Sample(Event.RECOVERY_ISSUED, {"avenant": avenant, "order": _order(total=True)}),
        Sample(Event.RECOVERY_ISSUED, {"avenant": avenant, "order": _order(total=False)}, turn="partiel"),
        Sample(Event.RECOVERY_DONE, {"avenant": avenant, "order": _order(total=True)}),
        Sample(Event.RECOVERY_DONE, {"avenant": avenant, "order": _order(total=False)}, turn="partiel"),
        Sample(Event.DOCUMENT_ASKED, with_comment | {"said": said}),
        Sample(Event.DOCUMENT_ASKED, with_comment | {"said": Said()}, turn="sans-nommer"),
        Sample(Event.AMENDMENT_ASKED, with_comment | {"said": said}),
        Sample(Event.AMENDMENT_ASKED, with_comment | {"said": Said()}, turn="sans-nommer"),
        Sample(Event.AMENDMENT_REMINDER, {"avenant": avenant, "asked": asked, "said": said}),
        Sample(Event.AMENDMENT_CLOSED, {"avenant": avenant, "asked": asked}),
        Sample(Event.PAYMENT_DONE, {"avenant": avenant, "payment": payment}),
    ]


def _order(*, total: bool) -> RecoveryOrder:
    return RecoveryOrder(
        number="OR-2026-0001",
        amount=Decimal("1074.99") if total else Decimal("100.00"),
        is_total=total,
        reason=COMMENT,
        recovered_on=dt.date(2026, 11, 23),
        reference="REC-2026-0001",
    )


def _of_imports() -> list[Sample]:
    json_import = JsonImport(id=12, file_name="demandes <1>.json", phase=Phase.AVANCE, imported_at=_at(20))
    countdown = Countdown(dt.date(2026, 11, 27), 4, dt.datetime(2026, 11, 27, tzinfo=clock.PARIS))
    last = Countdown(dt.date(2026, 11, 24), 1, dt.datetime(2026, 11, 24, tzinfo=clock.PARIS))
    waiting = [("00001", ["bon de commande.pdf", "attestation.pdf"]), ("00002", [])]
    given = {"json_import": json_import, "waiting": waiting}
    purged = {"json_import": json_import, "expires_on": dt.date(2026, 11, 27)}
    return [
        Sample(Event.COMPLETION_REMINDER, given | {"countdown": countdown, "count": 3, "kept": 2}),
        Sample(
            Event.COMPLETION_REMINDER,
            given | {"countdown": last, "count": 1, "kept": 0, "waiting": waiting[:1]},
            turn="dernier-jour",
        ),
        Sample(Event.PURGED, purged | {"editor_numbers": ["00001", "00002"]}),
        Sample(Event.PURGED, purged | {"editor_numbers": ["00001"]}, turn="une"),
    ]


def _of_accounts() -> list[Sample]:
    user = User(username="amartin", full_name="Alice MARTIN", email="alice@exemple.fr")
    enrolment = Enrolment(number="ENR0079", supplier=_supplier(), referencing=Referencing(ans_number="a", software="X"))
    until = {"user": user, "until": "26/11/2026 à 10:00"}
    return [
        Sample(Event.IDENTIFIER, {"user": user}),
        Sample(Event.OPENING_LINK, until, LINK),
        Sample(Event.ACCESS_OPENED, {"user": user, "enrolment": enrolment}),
        Sample(Event.IDENTIFIER_LOST, {"user": user, "identifiers": ["amartin"]}),
        Sample(Event.IDENTIFIER_LOST, {"user": user, "identifiers": ["amartin", "amartin2"]}, turn="plusieurs"),
        Sample(Event.PASSWORD_LOST, until, LINK),
        Sample(Event.ADDRESS_UNKNOWN),
        Sample(Event.PASSWORD_CHANGED, {"user": user}),
        Sample(Event.SECOND_FACTOR_CHANGED, {"user": user, "what": "Un second facteur vient d'être ajouté"}),
        Sample(Event.CODE_ASKED, {"user": user, "what": "ajouter une coordonnée bancaire"}, "123456"),
        Sample(Event.IDENTITY_LINKED, {"user": user, "issuer": "https://identite.exemple.fr"}),
    ]


def _of_changes() -> list[Sample]:
    user = User(username="amartin", full_name="Alice MARTIN", email="alice@exemple.fr")
    account = BankAccount(iban="FR7613135000800800267924623", holder="EDITEUR EXEMPLE")
    bank = BankChange(
        supplier=_supplier(),
        account=account,
        asked_by=user,
        asked_at=_at(23),
        judged_at=_at(24),
        reason="RIB illisible.",
    )
    people = PersonChange(supplier=_supplier(), asked_by=user, sent_at=_at(23), comment="Pièce d'identité lisible.")
    silent = PersonChange(supplier=_supplier(), asked_by=user, sent_at=_at(23), comment="")
    what = {"what": "Représentant légal : téléphone"}
    return [
        Sample(Event.BANK_CHANGE_ASKED, {"change": bank}),
        Sample(Event.BANK_CHANGE_MADE, {"change": bank}),
        Sample(Event.BANK_CHANGE_REFUSED, {"change": bank}),
        Sample(Event.PEOPLE_CHANGE_ASKED, {"change": people} | what),
        Sample(Event.PEOPLE_CHANGED, {"change": people} | what | {"accounts": ["alice.martin"]}),
        Sample(Event.PEOPLE_CHANGED, {"change": silent} | what | {"accounts": []}, turn="sans-commentaire"),
        Sample(Event.PEOPLE_CHANGE_REJECTED, {"change": people} | what),
    ]


def _of_models() -> list[Sample]:
    def judged(comment: str) -> DocumentModel:
        file = Attachment(file_name="bdc & <va>.pdf")
        label = "Modèle de VA couloir Hôpital"
        return DocumentModel(supplier=_supplier(), attachment=file, label=label, sent_at=_at(20), comment=comment)

    return [
        Sample(Event.MODEL_ACCEPTED, {"model": judged("")}),
        Sample(Event.MODEL_ACCEPTED, {"model": judged("Modèle conforme.")}, turn="commente"),
        Sample(Event.MODEL_REJECTED, {"model": judged(COMMENT)}),
    ]


def _of_tickets() -> list[Sample]:
    ticket = Ticket(number="TIC-2026-0001")
    return [
        Sample(Event.TICKET_OPENED, {"ticket": ticket}, LINK),
        Sample(Event.TICKET_ANSWERED, {"ticket": ticket, "answer": COMMENT}, LINK),
    ]
