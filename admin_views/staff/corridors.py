"""The corridors: the list, one of them with its versions and drafts, two of its versions compared."""

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Response, abort, request
from flask_admin import expose

from admin_views.columns import Column, by_name
from admin_views.criteria import ChoiceFilter, Filter, choices_of
from admin_views.grid import Grid
from admin_views.staff import corridor_sections
from admin_views.staff.criteria import AnyOfFilter
from admin_views.staff.writing import key, may
from admin_views.whole_numbers import whole
from app.corridors import texts
from app.corridors.spec import RateInstalments
from app.domain.enums import DepositMode, DraftStatus
from app.domain.permissions import Capability
from app.extensions import db
from app.models.corridors import Corridor, CorridorDraft, CorridorVersion
from app.models.users import User
from app.services import (
    ceiling_import,
    corridor_changes,
    corridor_drafts,
    corridor_timetable,
    corridor_versions,
    corridor_words,
    explanations,
    formats,
)


def _latest(column: Any) -> Any:
    """The value of the version in force: the one of the highest number."""
    newest = sa.select(sa.func.max(CorridorVersion.number)).where(CorridorVersion.corridor_id == Corridor.id)
    return (
        sa.select(column)
        .where(
            CorridorVersion.corridor_id == Corridor.id,
            CorridorVersion.number == newest.correlate(Corridor).scalar_subquery(),
        )
        .correlate(Corridor)
        .scalar_subquery()
    )


_PENDING = (
    sa.select(sa.func.min(CorridorDraft.status))  # « submitted » before « writing »
    .where(CorridorDraft.code == Corridor.code, CorridorDraft.status.in_(corridor_drafts.LIVING))
    .correlate(Corridor)
    .scalar_subquery()
)


class Corridors(Grid):
    capability = Capability.READ_CORRIDORS
    model = Corridor
    title = "Couloirs"
    page_template = "staff/corridors.html"
    default_sort = ("code", False)
    columns = (
        Column("code", Corridor.code),
        by_name("label", Corridor.label),
        Column("deposit", Corridor.deposit),
        Column("version", _latest(CorridorVersion.number), label="Version en vigueur", numeric=True, sortable=False),
        Column("published_at", _latest(CorridorVersion.published_at), label="Publiée le", sortable=False),
        Column(
            "open_now",
            _latest(CorridorVersion.document),
            label="Fenêtres ouvertes",
            sortable=False,
            shown=corridor_timetable.open_now,
        ),
        Column(
            "draft",
            _PENDING,
            label="Brouillon",
            sortable=False,
            shown=lambda status: DraftStatus(status).label if status else formats.NOTHING,
        ),
    )
    filters: ClassVar[Sequence[Filter]] = (
        AnyOfFilter("couloir", "Couloir (code ou libellé)", (Corridor.code, Corridor.label)),
        ChoiceFilter("depot", "Mode de dépôt", Corridor.deposit, choices_of(DepositMode)),
    )

    def row_url(self, row: Any) -> str:
        return f"{corridor_sections.HERE}/{row.code}"

    def page_context(self) -> dict[str, Any]:
        return {"edits": may(Capability.EDIT_CORRIDORS)}

    @expose("/<code>")
    def corridor(self, code: str) -> str:
        found = find(code)
        versions = db.session.execute(
            sa.select(CorridorVersion, User.full_name)
            .outerjoin(User, User.id == CorridorVersion.published_by_id)
            .where(CorridorVersion.corridor_id == found.id)
            .order_by(CorridorVersion.number.desc())
        ).all()
        return self.render(
            "staff/corridor.html",
            corridor=found,
            versions=versions,
            timetable=corridor_timetable.of(corridor_versions.spec_of(versions[0][0])),
            drafts=corridor_drafts.living(found.code),
            edits=may(Capability.EDIT_CORRIDORS),
            has_table=bool(ceiling_import.columns_of(corridor_versions.spec_of(versions[0][0]))),
        )

    @expose("/<code>/versions/<row:number>")
    def version(self, code: str, number: int) -> str:
        found = version_of(find(code), number)
        spec = corridor_versions.spec_of(found)
        rate = spec.instalments.avance_rate if isinstance(spec.instalments, RateInstalments) else None
        return self.render(
            "staff/corridor_version.html",
            version=found,
            spec=spec,
            rule=explanations.rule_in_words(spec.amount),
            avance_rate=formats.percent(rate) if rate is not None else "",
            kinds=corridor_words.KINDS,
            edits=may(Capability.EDIT_CORRIDORS),
        )

    @expose("/<code>/versions/<row:number>/document.<any(toml,json):form>")
    def document(self, code: str, number: int, form: str) -> Response:
        found = version_of(find(code), number)
        return as_file(found.document, f"{code}-v{number}.{form}", form)

    @expose("/<code>/comparer")
    def compare(self, code: str) -> str:
        """« Comparer » two versions, any two; by default what the last one changed."""
        corridor = find(code)
        last = corridor_versions.in_force(code) or abort(404)
        new = version_of(corridor, whole(request.args.get("a", str(last.number))))
        old = version_of(corridor, whole(request.args.get("de", str(max(1, last.number - 1)))))
        return self.render(
            "staff/corridor_compare.html",
            corridor=corridor,
            numbers=range(last.number, 0, -1),
            old=old,
            new=new,
            changes=corridor_changes.between(corridor_versions.spec_of(old), corridor_versions.spec_of(new)),
        )


def find(code: str) -> Corridor:
    """The corridor of this code, else 404."""
    return db.session.scalar(sa.select(Corridor).where(Corridor.code == key(code))) or abort(404)


def version_of(corridor: Corridor, number: int | None) -> CorridorVersion:
    """Its version of this number, else 404."""
    query = sa.select(CorridorVersion).where(
        CorridorVersion.corridor_id == corridor.id, CorridorVersion.number == number
    )
    return db.session.scalar(query) or abort(404)


def as_file(document: dict[str, Any], name: str, form: str) -> Response:
    """A document to keep, as TOML or as JSON."""
    answer = Response(texts.WRITERS[form](document), mimetype="text/plain")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
