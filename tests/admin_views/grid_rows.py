"""Rows for every grid of both sites: `STAFF[name](mine, many)` and `SUPPLIER[path](mine, many)` make `many` of them.

`mine` is an enrolment: its supplier's are the rows of his own grids.
"""

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa

from app.domain.enums import (
    BankAccountStatus,
    ChangeStatus,
    DepositMode,
    JobOutcome,
    MailStatus,
    Role,
    TicketKind,
    TicketPhase,
    TicketStatus,
)
from app.extensions import db
from app.models.bank_accounts import BankAccount
from app.models.budget import Decision, Envelope
from app.models.contents import FaqEntry, FaqRubric
from app.models.corridors import Corridor
from app.models.enrolments import Enrolment
from app.models.job_runs import JobRun
from app.models.mails import Mail
from app.models.news import NewsItem
from app.models.payments import PaymentOrder
from app.models.person_changes import PersonChange
from app.models.rejections import RejectionWording
from app.models.simulation_counts import SimulationCount
from app.models.tickets import Ticket
from app.services import actors, audit, clock
from tests import bulk, factories, lives, own_account, wave_two
from tests.services import pieces


def requests(mine: Enrolment, many: int) -> None:
    bulk.copies(factories.avenant(mine), many)


def envelope(rank: int) -> Envelope:
    made = Envelope(code=f"ENV-{rank}", label=f"Enveloppe {rank}", total=Decimal(1000), created_at=clock.now())
    db.session.add(made)
    return made


def envelopes(mine: Enrolment, many: int) -> None:
    for rank in range(many):
        envelope(rank)


def decision(rank: int, on: Envelope) -> None:
    decider = factories.user(Role.DECIDER)
    db.session.add(
        Decision(
            number=f"DEC-{rank}",
            envelope=on,
            decided_by_id=decider.id,
            decided_at=clock.now(),
            request_count=1,
            total=Decimal(10),
        )
    )


def decisions(mine: Enrolment, many: int) -> None:
    for rank in range(many):
        decision(rank, envelope(rank))


def orders(mine: Enrolment, many: int) -> None:
    for rank in range(many):
        authoriser = factories.user(Role.AUTHORISER)
        db.session.add(
            PaymentOrder(
                number=f"ORD-{rank}",
                ordered_by_id=authoriser.id,
                ordered_at=clock.now(),
                payment_count=1,
                control_total=Decimal(10),
            )
        )


def recovery_orders(mine: Enrolment, many: int) -> None:
    for rank in range(many):
        avenant = factories.avenant(mine)
        lives.paid(avenant, f"ENV-{rank}")
        lives.asked_back(avenant, "1.00")


def wordings(mine: Enrolment, many: int) -> None:
    officer = factories.user()
    for rank in range(many):
        db.session.add(
            RejectionWording(
                code=f"M-{rank}", title=f"Motif {rank}", text="Texte", written_at=clock.now(), written_by_id=officer.id
            )
        )


def suppliers(mine: Enrolment, many: int) -> None:
    for _ in range(many):
        factories.supplier()


def referencings(mine: Enrolment, many: int) -> None:
    for _ in range(many):
        factories.referencing()


def corridors(mine: Enrolment, many: int) -> None:
    for rank in range(many):
        db.session.add(Corridor(code=f"{rank:03d}", label=f"Couloir {rank}", deposit=DepositMode.JSON))


def accounts(mine: Enrolment, many: int) -> None:
    for _ in range(many):
        factories.supplier_user()


def mails(mine: Enrolment, many: int) -> None:
    for rank in range(many):
        avenant = factories.avenant(mine)
        db.session.add(
            Mail(
                event_key=f"essai:{rank}",
                message_id=f"<{rank}@exemple.fr>",
                event="essai",
                recipient="alice@exemple.fr",
                subject="Essai",
                body="Essai",
                supplier_id=mine.supplier_id,
                request_id=avenant.request_id,
                status=MailStatus.QUEUED,
                created_at=clock.now(),
                due_at=clock.now(),
            )
        )


def entries(mine: Enrolment, many: int) -> None:
    for rank in range(many):
        audit.record("essai", "demande", f"FIN{rank}", actors.of(factories.user()))
    db.session.commit()  # the journal is written at the commit


def runs(mine: Enrolment, many: int) -> None:
    for rank in range(many):
        db.session.add(JobRun(name=f"essai-{rank}", started_at=clock.now(), outcome=JobOutcome.DONE))


def simulations(mine: Enrolment, many: int) -> None:
    for rank in range(many):
        day = clock.today() - dt.timedelta(rank)
        db.session.add(SimulationCount(day=day, corridor_code="MDV", count=1))


def incomplete(mine: Enrolment, many: int) -> None:
    batch = pieces.json_import(factories.supplier_user(mine.supplier), mine, many)
    for rank in range(many):
        pieces.waiting(batch, number=f"{rank:05d}")


def imports(mine: Enrolment, many: int) -> None:
    user = factories.supplier_user(mine.supplier)
    for _ in range(many):
        pieces.json_import(user, mine)


def enrolments(mine: Enrolment, many: int) -> None:
    for _ in range(many):
        factories.enrolment(mine.supplier)


def bank_accounts(mine: Enrolment, many: int) -> None:
    for _ in range(many):
        db.session.add(
            BankAccount(
                supplier_id=mine.supplier_id,
                iban="FR7613135000800800267924623",
                bic="CEPAFRPP313",
                holder="ESSAI",
                bank_name="ESSAI",
                status=BankAccountStatus.INACTIVE,
                created_at=clock.now(),
            )
        )


def tickets(mine: Enrolment, many: int) -> None:
    for rank in range(many):
        db.session.add(
            Ticket(
                number=f"ASS-{rank}",
                corridor_code="MDV",
                phase=next(iter(TicketPhase)),
                kind=next(iter(TicketKind)),
                status=next(iter(TicketStatus)),
                name="Alice Martin",
                email="alice@exemple.fr",
                phone="0326212121",
                about="",
                follow_digest=str(rank),
                opened_at=clock.now(),
                updated_at=clock.now(),
            )
        )


def messages(mine: Enrolment, many: int) -> None:
    """Asked by one of his people."""
    tickets(mine, many)
    author = factories.supplier_user(mine.supplier)
    db.session.flush()
    db.session.execute(sa.update(Ticket).values(user_id=author.id))


def questions(mine: Enrolment, many: int) -> None:
    rubric = FaqRubric(position=99, title="Essais")
    for rank in range(many):
        entry = FaqEntry(position=rank, question=f"Question {rank} ?", answer="Oui.", updated_at=clock.now())
        rubric.entries.append(entry)
    db.session.add(rubric)


def rubrics(mine: Enrolment, many: int) -> None:
    db.session.add_all(FaqRubric(position=100 + rank, title=f"Rubrique {rank}") for rank in range(many))


def items(mine: Enrolment, many: int) -> None:
    db.session.add_all(NewsItem(title=f"Titre {rank}", body="Texte", published_at=clock.now()) for rank in range(many))


def bank_changes(mine: Enrolment, many: int) -> None:
    for _ in range(many):
        own_account.ask(factories.supplier_user())


def document_models(mine: Enrolment, many: int) -> None:
    for rank in range(many):
        wave_two.sent(wave_two.user(), f"bdc-{rank}.pdf")


def person_changes(mine: Enrolment, many: int) -> None:
    for _ in range(many):
        user = factories.supplier_user()
        db.session.add(
            PersonChange(
                supplier_id=user.supplier_id,
                status=ChangeStatus.PENDING,
                asked_by_id=user.id,
                proposed={},
                opened_at=clock.now(),
                sent_at=clock.now(),
            )
        )


STAFF = {
    "questions": questions,
    "rubriques": rubrics,
    "actualites": items,
    "enrolements": enrolments,
    "coordonnees-bancaires": bank_changes,
    "changements-de-personnes": person_changes,
    "modeles-de-documents": document_models,
    "demandes": requests,
    "decisions": decisions,
    "enveloppes": envelopes,
    "paiements": orders,
    "recouvrements": recovery_orders,
    "motifs-de-rejet": wordings,
    "fournisseurs": suppliers,
    "personnes": suppliers,
    "referencements": referencings,
    "couloirs": corridors,
    "comptes": accounts,
    "courriels": mails,
    "audit": entries,
    "taches": runs,
    "simulations": simulations,
    "assistance": tickets,
}
SUPPLIER = {
    "demandes": requests,
    "demandes-incompletes": incomplete,
    "imports": imports,
    "enrolements": enrolments,
    "messages": messages,
    "compte/coordonnees-bancaires": bank_accounts,
}
