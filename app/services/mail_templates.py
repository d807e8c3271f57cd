"""What the mails of each event say: the text staff wrote last, else the one the portal is shipped with; every version.

A version that a later release of the portal no longer understands is set aside for the shipped one: an event is never
lost for a text.
"""

import difflib
import logging
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.domain import limits, mail_texts
from app.domain.errors import Conflict, RuleBroken
from app.domain.mail_texts import Flaw, Kind
from app.extensions import db
from app.models.mails import MailTemplateVersion
from app.services import audit, clock, mail_html
from app.services.actors import Actor
from app.services.mail_catalogue import CATALOGUE

_log = logging.getLogger(__name__)
_SHIPPED = mail_html.ROOT / "templates" / "mails"
_SUBJECT_MOST = 200  # of what leaves, its variables written


@dataclass(frozen=True, slots=True)
class Text:
    """A subject and a body, with their variables or without. `version`: the row they are of, when staff wrote them."""

    subject: str
    body: str
    version: MailTemplateVersion | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A line of two versions: `sign` is « + » (added), « - » (removed) or a space (kept)."""

    sign: str
    line: str


def worded(event: str, context: dict[str, Any]) -> Text:
    """The mail of an event, its variables written and signed; `context` is what the event was given."""
    values = {name: one.value(context) for name, one in CATALOGUE[event].variables.items()}
    return filled(in_use(event), values)


def tried(event: str, text: Text, *, flags: bool = True) -> Text:
    """The same with the examples: what a preview shows, and a trial sends; with every condition met, or none."""
    variables = CATALOGUE[event].variables.items()
    return filled(text, {name: one.sample if flags or one.kind is not Kind.FLAG else "" for name, one in variables})


def has_flags(event: str) -> bool:
    """Whether the text of this mail may depend on a condition that is no text."""
    return any(one.kind is Kind.FLAG for one in CATALOGUE[event].variables.values())


def filled(text: Text, values: dict[str, str]) -> Text:
    """Signed, the subject on one line."""
    subject = " ".join(mail_texts.fill(text.subject, values).split())
    body = mail_texts.fill(text.body, values).strip() + "\n"
    return Text(_cut(subject), body + mail_html.SIGNATURE, text.version)


def in_use(event: str) -> Text:
    """What the next mail of this event says. Raises `KeyError` for no event."""
    text = _text_of(current(event), event)
    if text.version is not None and flaws(event, text.subject, text.body):
        _log.error("version %s of the mail %s is not understood: the shipped text is used", text.version.number, event)
        return shipped(event)
    return text


def shipped(event: str) -> Text:
    """The text of the portal. Raises `KeyError` for no event."""
    if event not in CATALOGUE:
        raise KeyError(event)
    subject, _, body = (_SHIPPED / f"{event}.txt").read_text(encoding="utf-8").partition("\n")
    return Text(subject, body.strip() + "\n")


def current(event: str) -> MailTemplateVersion | None:
    """The last version staff wrote, if any."""
    query = sa.select(MailTemplateVersion).where(MailTemplateVersion.event == event)
    with db.session.no_autoflush:  # what the event is writing needs not be whole yet
        return db.session.scalar(query.order_by(MailTemplateVersion.number.desc()).limit(1))


def all_current() -> dict[str, MailTemplateVersion]:
    """By event, the last version of those staff wrote."""
    last = sa.select(sa.func.max(MailTemplateVersion.id)).group_by(MailTemplateVersion.event)
    query = sa.select(MailTemplateVersion).where(MailTemplateVersion.id.in_(last))
    rows = db.session.scalars(query.options(joinedload(MailTemplateVersion.written_by)))
    return {row.event: row for row in rows}


def versions(event: str) -> list[MailTemplateVersion]:
    """Every version written, the last first."""
    query = sa.select(MailTemplateVersion).where(MailTemplateVersion.event == event)
    query = query.options(joinedload(MailTemplateVersion.written_by))
    return list(db.session.scalars(query.order_by(MailTemplateVersion.number.desc())))


def version_of(event: str, number: int) -> MailTemplateVersion | None:
    query = sa.select(MailTemplateVersion).where(MailTemplateVersion.event == event)
    return db.session.scalar(query.where(MailTemplateVersion.number == number))


def flaws(event: str, subject: str, body: str) -> list[tuple[str, Flaw]]:
    """What is wrong in a text for this event: (« subject » or « body », flaw)."""
    wording = CATALOGUE[event]
    kinds = {name: variable.kind for name, variable in wording.variables.items()}
    found = [("subject", flaw) for flaw in mail_texts.flaws(subject, kinds, subject=True)]
    required = sorted(wording.required - mail_texts.certain(subject))
    return found + [("body", flaw) for flaw in mail_texts.flaws(body, kinds, required)]


def write(event: str, subject: str, body: str, seen: int, actor: Actor) -> MailTemplateVersion:
    """A new version. `seen`: the number of the version its author had before his eyes, 0 for none.

    Raises `RuleBroken` on the first of `subject` and `body` with a flaw, or when nothing changes; `Conflict` when
    somebody wrote another meanwhile; `KeyError` for no event.
    """
    refuse(event, subject, body)
    subject, body = " ".join(subject.split()), body.strip() + "\n"
    _refuse_stale(event, seen)
    used = _text_of(current(event), event)
    if (used.subject, used.body) == (subject, body):
        raise RuleBroken("Ce texte est déjà celui qui est envoyé : rien à enregistrer.", field="body")
    return _add(event, subject, body, seen, actor)


def refuse(event: str, subject: str, body: str) -> None:
    """Raises `RuleBroken` on the first of `subject` and `body` that may not be sent."""
    for field, text, most in (("subject", subject, limits.MAIL_SUBJECT), ("body", body, limits.MAIL_BODY)):
        if not text.strip():
            raise RuleBroken("Saisissez un objet." if field == "subject" else "Saisissez un texte.", field=field)
        if len(text) > most:
            raise RuleBroken(f"Au plus {most} caractères.", field=field)
        if any(not sign.isprintable() and sign not in "\n" for sign in text.replace("\u202f", "").replace("\xa0", "")):
            raise RuleBroken("Des caractères invisibles ou de contrôle ne sont pas admis.", field=field)
    found = flaws(event, subject, body)
    if found:
        field = found[0][0]
        raise RuleBroken(" ".join(str(flaw) for where, flaw in found if where == field), field=field)


def revert(event: str, seen: int, actor: Actor) -> MailTemplateVersion:
    """« Revenir au texte d'origine », as one more version. Raises `Conflict`, `KeyError` as above, `RuleBroken` when it
    is already in use."""
    _refuse_stale(event, seen)
    last = current(event)
    if last is None or last.body is None:
        raise RuleBroken("Le texte d'origine est déjà celui qui est envoyé.")
    return _add(event, None, None, seen, actor)


def differences(event: str, number: int) -> list[Difference]:
    """From the version before to this one, subject first; the version before the first is the shipped text."""
    rows = {row.number: row for row in versions(event)}
    before, after = (_lines(_text_of(rows.get(one), event)) for one in (number - 1, number))
    told = difflib.ndiff(before, after)
    return [Difference(line[0], line[2:]) for line in told if line[0] in "+- "]


def text_of(version: MailTemplateVersion) -> Text:
    """What a version says, its variables unwritten."""
    return _text_of(version, version.event)


def _text_of(version: MailTemplateVersion | None, event: str) -> Text:
    if version is None or version.subject is None or version.body is None:
        return shipped(event)
    return Text(version.subject, version.body, version)


def _lines(text: Text) -> list[str]:
    return [f"Objet : {text.subject}", *text.body.strip().split("\n")]


def _cut(subject: str) -> str:
    return subject if len(subject) <= _SUBJECT_MOST else subject[: _SUBJECT_MOST - 1] + "…"


def _refuse_stale(event: str, seen: int) -> None:
    last = current(event)
    if (last.number if last else 0) != seen:
        raise Conflict("Quelqu'un a écrit ce courriel entre-temps : relisez sa version avant d'écrire la vôtre.")


def _add(event: str, subject: str | None, body: str | None, seen: int, actor: Actor) -> MailTemplateVersion:
    made = MailTemplateVersion(
        event=event,
        number=seen + 1,
        subject=subject,
        body=body,
        written_at=clock.now(),
        written_by_id=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    action = "write" if body is not None else "revert"
    audit.record(action, "mail_template", event, actor, before={"version": seen}, after={"version": made.number})
    return made
