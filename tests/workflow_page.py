"""docs/workflow.md as the tables of the workflows make it: what `tests.test_docs` writes and compares."""

from collections.abc import Collection, Iterable, Sequence

from app.domain import enrolment_workflow, recovery_workflow, request_workflow
from app.domain.enums import EnrolmentStatus, PaymentState, RecoveryStatus, RequestStatus, Role
from app.domain.labelled import Labelled
from app.domain.request_workflow import Transition

START = END = "[*]"
BEGUN, GONE = "–", "deleted"
Arrow = tuple[str, str, str]  # from, to, what is written on it


def page() -> str:
    """The whole page, drawings included."""
    return "\n".join([*_requests(), *_payments(), *_recoveries(), *_enrolments(), ""])


def _requests() -> list[str]:
    return [
        "# From which status to which",
        "",
        "Made from `app/domain/request_workflow.py`, `recovery_workflow.py` and `enrolment_workflow.py`; a test keeps"
        " it the same (`python -m tests.test_docs` writes it). Whatever is not here is refused.",
        "",
        "## A funding request",
        "",
        *_drawing(RequestStatus, [arrow for row in request_workflow.TRANSITIONS for arrow in _arrows(row)]),
        "",
        *_table(
            ("from", "action", "to", "who", "comment", "payment state", "besides"),
            [_cells(row) for row in request_workflow.TRANSITIONS],
        ),
        "",
        "« Historisée »: the avenant before a cancellation. It keeps what was judged, decided and paid, is listed under"
        " its own filter only and counts in no total; the new avenant is « Annulée ».",
        "",
    ]


def _arrows(row: Transition) -> Iterable[Arrow]:
    sources = sorted(row.sources) or [START]
    said = f"{row.action.label} ({_who(row.roles)})"
    for source in sources:
        yield source, row.target or END, said
        if row.supersedes:
            yield source, RequestStatus.SUPERSEDED, f"{row.action.label}, the avenant before"


def _cells(row: Transition) -> tuple[str, ...]:
    target = row.target.label if row.target else GONE
    return (
        _labels(row.sources) or BEGUN,
        row.action.label,
        f"{RequestStatus.SUPERSEDED.label}, and a new avenant {target}" if row.supersedes else target,
        _who(row.roles),
        "compulsory" if row.needs_comment else "",
        row.payment.label if row.payment else "",
        row.effect,
    )


def _payments() -> list[str]:
    states = [row for row in request_workflow.TRANSITIONS if row.payment and row.payment is not PaymentState.NONE]
    arrows = [(START, PaymentState.NONE.value, "")]
    arrows += [(PaymentState.NONE, row.payment or "", f"{row.action.label} ({_who(row.roles)})") for row in states]
    arrows += [
        (row.source, row.target, f"{row.act.label} ({_who(row.roles)})") for row in request_workflow.PAYMENT_STEPS
    ]
    rows = [
        (PaymentState.NONE.label, row.action.label, _label(row.payment), _who(row.roles), row.effect) for row in states
    ]
    rows += [
        (row.source.label, row.act.label, row.target.label, _who(row.roles), row.effect)
        for row in request_workflow.PAYMENT_STEPS
    ]
    return [
        "## Its payment",
        "",
        *_drawing(PaymentState, arrows),
        "",
        *_table(("from", "action", "to", "who", "besides"), rows),
        "",
    ]


def _recoveries() -> list[str]:
    rows = recovery_workflow.TRANSITIONS
    return [
        "## A recovery order",
        "",
        *_drawing(
            RecoveryStatus, [(row.source or START, row.target, f"{row.act.label} ({_who([row.role])})") for row in rows]
        ),
        "",
        *_table(
            ("from", "action", "to", "who", "besides"),
            [
                (_label(row.source) or BEGUN, row.act.label, row.target.label, _who([row.role]), row.effect)
                for row in rows
            ],
        ),
        "",
    ]


def _enrolments() -> list[str]:
    rows = enrolment_workflow.TRANSITIONS
    arrows = [(START, EnrolmentStatus.IN_PROGRESS.value, "Terminer")]
    arrows += [
        (source, row.target, f"{row.act.label} ({_who(row.roles)})") for row in rows for source in sorted(row.sources)
    ]
    return [
        "## An enrolment",
        "",
        *_drawing(EnrolmentStatus, arrows),
        "",
        *_table(
            ("from", "action", "to", "who", "comment"),
            [
                (
                    _labels(row.sources),
                    row.act.label,
                    row.target.label,
                    _who(row.roles),
                    "compulsory" if row.needs_comment else "",
                )
                for row in rows
            ],
        ),
    ]


def _drawing(states: type[Labelled], arrows: Iterable[Arrow]) -> list[str]:
    return [
        "```mermaid",
        "stateDiagram-v2",
        *(f'    state "{state.label}" as {state.value}' for state in states),
        *(f"    {source} --> {target}" + (f": {said}" if said else "") for source, target, said in arrows),
        "```",
    ]


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [
        "| " + " | ".join(headings) + " |",
        "|" + "---|" * len(headings),
        *("| " + " | ".join(cells) + " |" for cells in rows),
    ]


def _label(one: Labelled | None) -> str:
    return one.label if one else ""


def _labels(some: Collection[Labelled]) -> str:
    return ", ".join(sorted(one.label for one in some))


def _who(roles: Collection[Role]) -> str:
    """The roles, in a word each: a colon would end what is written on an arrow."""
    return ", ".join(sorted(role.label.partition(" :")[0] for role in roles))
