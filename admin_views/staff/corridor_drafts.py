"""Drafts of corridors: what waits, one of them with its faults and what publishing it would do, each act on it."""

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.guard import Screen
from admin_views.staff import corridor_sections, corridors
from admin_views.staff.corridor_sections import DRAFTS, HERE, SECTIONS
from admin_views.staff.writing import actor, attempt, one_commit
from admin_views.whole_numbers import whole
from app.corridors import documents, texts
from app.domain import limits
from app.domain.enums import DraftStatus
from app.domain.errors import RuleBroken
from app.domain.permissions import Capability
from app.extensions import db
from app.models.corridors import Corridor, CorridorDraft
from app.services import (
    audit,
    audit_words,
    corridor_changes,
    corridor_consequences,
    corridor_drafts,
    corridor_versions,
)
from forms import uploads
from forms.corridors import DocumentForm, NewCorridorForm, SendBackForm
from forms.staff import SeenForm

_SECTION = re.compile(r"[a-z]+(/\d{1,4})?", re.ASCII)
Act = Callable[[CorridorDraft, SeenForm], Any]


class DraftScreen(Screen):
    """What every page of a draft shows around its own: the sections with their faults, where the draft stands."""

    capability = Capability.EDIT_CORRIDORS

    def page(self, template: str, draft: CorridorDraft, *, document: dict[str, Any] | None = None, **more: Any) -> str:
        """`document`: the one before one's eyes, when it is not what is saved."""
        shown = draft.document if document is None else document
        faults = corridor_sections.shown(draft, documents.faults(shown), shown)
        return self.render(
            template,
            draft=draft,
            here=f"{DRAFTS}/{draft.id}",
            sections=SECTIONS,
            faults=faults,
            writable=draft.status is DraftStatus.WRITING,
            living=draft.status in corridor_drafts.LIVING,
            stale=draft.status in corridor_drafts.LIVING and corridor_drafts.is_stale(draft),
            mine=corridor_drafts.wrote_in(draft, current_user.id),
            **more,
        )


def find(draft_id: int) -> CorridorDraft:
    return corridor_drafts.find(draft_id) or abort(404)


class CorridorDrafts(DraftScreen):
    """`/gestion/couloirs/brouillons` and below."""

    landing = "waiting"

    @expose("/")
    def waiting(self) -> str:
        """« Brouillons de couloirs »: those that may still become a version."""
        query = sa.select(CorridorDraft).where(CorridorDraft.status.in_(corridor_drafts.LIVING))
        found = db.session.scalars(query.order_by(CorridorDraft.saved_at.desc(), CorridorDraft.id.desc())).all()
        mine = {draft.id for draft in found if corridor_drafts.wrote_in(draft, current_user.id)}
        return self.render("staff/corridor_drafts.html", drafts=found, mine=mine)

    @expose("/nouveau", methods=["GET", "POST"])
    def new(self) -> ResponseReturnValue:
        """« Créer un couloir »."""
        form = NewCorridorForm(_corridors())
        opened: list[CorridorDraft] = []
        if not form.is_submitted():
            return self.render("staff/corridor_new.html", form=form)
        if not form.validate() or not attempt(form, lambda: opened.append(_create(form))):
            return self.render("staff/corridor_new.html", form=form), 422
        return redirect(f"{DRAFTS}/{opened[0].id}/contenu/general", 303)

    @expose("/ouvrir/<code>", methods=["POST"])
    def open(self, code: str) -> ResponseReturnValue:
        """« Modifier »: a draft from the version in force, or from the version named in the form."""
        corridor, number = corridors.find(code), request.form.get("version")
        start = corridors.version_of(corridor, whole(number)) if number else None
        with one_commit():
            draft = corridor_drafts.open(code, actor(), copy_of=start)
        flash("Le brouillon est ouvert. Rien ne change pour les fournisseurs tant qu'il n'est pas publié.", "success")
        section = request.form.get("vers", "")  # where « Changer un plafond » leads
        return redirect(f"{DRAFTS}/{draft.id}" + (f"/contenu/{section}" if _SECTION.fullmatch(section) else ""), 303)

    @expose("/<row:draft_id>")
    def draft(self, draft_id: int) -> str:
        return self._overview(find(draft_id), SendBackForm(formdata=None))

    @expose("/<row:draft_id>/actes/<key>", methods=["POST"])
    def act(self, draft_id: int, key: str) -> ResponseReturnValue:
        draft, form = find(draft_id), SendBackForm() if key == "renvoyer" else SeenForm()
        act, done = _ACTS.get(key) or abort(404)
        if not form.validate() or not attempt(form, lambda: act(draft, form)):
            db.session.refresh(draft)
            return self._overview(draft, form), 422
        flash(done, "success")
        return redirect(f"{HERE}/{draft.code}" if key in ("publier", "abandonner") else f"{DRAFTS}/{draft.id}", 303)

    @expose("/<row:draft_id>/document.<any(toml,json):form>")
    def document(self, draft_id: int, form: str) -> Response:
        draft = find(draft_id)
        return corridors.as_file(draft.document, f"{draft.name}.{form}", form)

    @expose("/<row:draft_id>/document", methods=["GET", "POST"])
    @uploads.accepts(limits.JSON_FILE_BYTES)
    def text(self, draft_id: int) -> ResponseReturnValue:
        """« Document »: the whole of it as text, to keep or to send back."""
        draft, form = find(draft_id), DocumentForm()
        if not form.is_submitted():
            return self.page("staff/corridor_document.html", draft, form=form, text=texts.as_toml(draft.document))
        if not form.validate() or not attempt(form, lambda: _replace(draft, form)):
            db.session.refresh(draft)
            page = self.page("staff/corridor_document.html", draft, form=form, text=texts.as_toml(draft.document))
            return page, 422
        flash("Le brouillon est remplacé par le document envoyé.", "success")
        return redirect(f"{DRAFTS}/{draft.id}", 303)

    def _overview(self, draft: CorridorDraft, form: SeenForm) -> str:
        spec = None if documents.faults(draft.document) else documents.parse(draft.document)
        base = draft.base_version
        return self.page(
            "staff/corridor_draft.html",
            draft,
            form=form if isinstance(form, SendBackForm) else SendBackForm(formdata=None),
            refusals=[]
            if isinstance(form, SendBackForm)
            else [text for texts in form.errors.values() for text in texts],
            changes=corridor_changes.between(corridor_versions.spec_of(base), spec) if spec and base else (),
            changed=spec is not None and corridor_drafts.changes_something(draft),
            consequences=corridor_consequences.of(draft.code, spec) if spec else None,
            current=corridor_versions.in_force(draft.code),
            history=[(one, audit_words.action(one.action), audit_words.comment(one)) for one in _history(draft)],
        )


def _history(draft: CorridorDraft) -> list[Any]:
    return list(audit.entries_of("corridor_draft", draft.name))


def _corridors() -> list[tuple[str, str]]:
    query = sa.select(Corridor.code, Corridor.label).order_by(Corridor.code)
    return [(code, f"{code} – {label}") for code, label in db.session.execute(query)]


def _create(form: NewCorridorForm) -> CorridorDraft:
    code = str(form.code.data)
    if corridor_versions.in_force(code):
        raise RuleBroken(f"Le couloir {code} existe déjà : modifiez-le depuis sa page.", field="code")
    copied = corridor_versions.in_force(form.copied.data) if form.copied.data else None
    return corridor_drafts.open(code, actor(), copy_of=copied)


def _replace(draft: CorridorDraft, form: DocumentForm) -> None:
    content = uploads.read(form.file.data, limits.JSON_FILE_BYTES)
    document = texts.read(content, form.file.data.filename or "")
    corridor_drafts.save(draft, document, actor(), seen=form.seen.data)


def _rebase(draft: CorridorDraft, form: SeenForm) -> None:
    clashes = corridor_drafts.rebase(draft, actor(), seen=form.seen.data)
    if clashes:
        named = ", ".join(corridor_sections.title_of(draft.document, place) for place in clashes)
        flash(f"Modifié des deux côtés, à relire (le brouillon l'emporte) : {named}.", "warning")


def _seen(deed: Callable[..., Any]) -> Act:
    return lambda draft, form: deed(draft, actor(), seen=form.seen.data)


_ACTS: dict[str, tuple[Act, str]] = {
    "soumettre": (_seen(corridor_drafts.submit), "Le brouillon est soumis : un autre administrateur doit le publier."),
    "publier": (_seen(corridor_drafts.publish), "La nouvelle version est en vigueur, dès maintenant."),
    "renvoyer": (
        lambda draft, form: corridor_drafts.send_back(draft, actor(), form["comment"].data, seen=form.seen.data),
        "Le brouillon est renvoyé à ses auteurs.",
    ),
    "reprendre": (_seen(corridor_drafts.withdraw), "Le brouillon est de nouveau en rédaction."),
    "actualiser": (_rebase, "Le brouillon part désormais de la version en vigueur."),
    "abandonner": (_seen(corridor_drafts.abandon), "Le brouillon est abandonné."),
}
