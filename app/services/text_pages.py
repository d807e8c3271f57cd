"""Legal pages, data protection, accessibility, terms: written by staff, every version kept; shipped until then."""

from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from app.domain import limits
from app.domain.errors import Conflict, RuleBroken
from app.extensions import db
from app.models.contents import PageVersion
from app.services import audit, clock
from app.services.actors import Actor

_SHIPPED = Path(__file__).resolve().parents[1] / "contents" / "pages"
# Address under /segurnum/ → what staff call it.
TITLES: Mapping[str, str] = {
    "accessibilite": "Accessibilité : non conforme",
    "cgu": "Conditions générales d'utilisation",
    "donnees-personnelles": "Données personnelles",
    "mentions-legales": "Mentions légales",
}


def current(slug: str) -> PageVersion | None:
    """The version the public reads, once staff wrote one."""
    return db.session.scalar(
        sa.select(PageVersion).where(PageVersion.slug == slug).order_by(PageVersion.number.desc()).limit(1)
    )


def body_of(slug: str) -> str:
    """The Markdown the public reads. Raises `KeyError` for an unknown page."""
    written = current(slug)
    return written.body if written else _shipped(slug)


def versions(slug: str) -> list[PageVersion]:
    """Every version written, the last first."""
    query = sa.select(PageVersion).where(PageVersion.slug == slug).order_by(PageVersion.number.desc())
    return list(db.session.scalars(query))


def write(slug: str, body: str, seen: int, actor: Actor) -> PageVersion:
    """A new version. `seen`: the number of the version its author had before his eyes, 0 for the shipped one.

    Raises `RuleBroken` on `body`, `Conflict` when somebody wrote another meanwhile, `KeyError` for an unknown page.
    """
    _shipped(slug)
    if not body.strip().startswith("# "):
        raise RuleBroken("La page commence par son titre : « # Titre ».", field="body")
    if len(body) > limits.PAGE_LENGTH:
        raise RuleBroken(f"Au plus {limits.PAGE_LENGTH} caractères.", field="body")
    last = current(slug)
    number = last.number if last else 0
    if number != seen:
        raise Conflict("Quelqu'un a écrit cette page entre-temps : relisez sa version avant d'écrire la vôtre.")
    made = PageVersion(slug=slug, number=number + 1, body=body, written_at=clock.now(), written_by_id=actor.id)
    db.session.add(made)
    db.session.flush()
    audit.record("write", "page", slug, actor, before={"version": number}, after={"version": made.number})
    return made


def _shipped(slug: str) -> str:
    if slug not in TITLES:
        raise KeyError(slug)
    return (_SHIPPED / f"{slug}.md").read_text(encoding="utf-8")
