"""What staff write for the public: questions and rubrics, news, pages of text, each with its preview."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.columns import Column, by_name
from admin_views.criteria import ChoiceFilter, Filter, choices_of
from admin_views.grid import Grid
from admin_views.guard import Screen
from admin_views.rows import Join
from admin_views.staff.criteria import AnyOfFilter, corridors
from admin_views.staff.writing import actor, attempt, one_commit
from app.domain.enums import Audience
from app.domain.permissions import Capability
from app.models.contents import FaqEntry, FaqRubric
from app.models.news import NewsItem
from app.services import clock, faq, news, text_pages
from app.services.news import Draft
from forms import uploads
from forms.contents import EntryForm, NewsForm, PageForm, RubricForm

PREVIEW = "apercu"  # the button that shows without keeping


def _keeps() -> bool:
    return PREVIEW not in request.form


class Questions(Grid):
    """« Questions fréquentes », question by question."""

    capability = Capability.WRITE_CONTENTS
    model = FaqEntry
    title = "Questions fréquentes"
    joins = (Join(FaqRubric, FaqRubric.id == FaqEntry.rubric_id),)
    default_sort = ("rubric", False)
    columns = (
        by_name("rubric", FaqRubric.title, label="Rubrique"),
        Column("position", FaqEntry.position, numeric=True),
        by_name("question", FaqEntry.question),
        Column("updated_at", FaqEntry.updated_at),
    )
    filters: ClassVar[Sequence[Filter]] = (AnyOfFilter("mots", "Mots", (FaqEntry.question, FaqEntry.answer)),)

    def row_url(self, row: Any) -> str:
        return f"/gestion/questions/{row.id}"

    @expose("/<row:entry_id>", methods=("GET", "POST"))
    def entry(self, entry_id: int) -> ResponseReturnValue:
        return self._edit(faq.find_entry(entry_id) or abort(404))

    @expose("/nouvelle", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        return self._edit(None)

    @expose("/<row:entry_id>/supprimer", methods=("POST",))
    def remove(self, entry_id: int) -> ResponseReturnValue:
        entry = faq.find_entry(entry_id) or abort(404)
        with one_commit():
            faq.remove_entry(entry, actor())
        flash("La question est supprimée.", "success")
        return redirect(url_for(".index_view"), 303)

    def _edit(self, entry: FaqEntry | None) -> ResponseReturnValue:
        form = EntryForm(obj=entry, data={"rubric": entry.rubric_id} if entry else None)
        form.rubric.choices = [(one.id, one.title) for one in faq.rubrics()]
        if form.validate_on_submit() and _keeps() and attempt(form, lambda: _save_entry(form, entry)):
            flash("La question est enregistrée.", "success")
            return redirect(url_for(".index_view"), 303)
        page = self.render("staff/content_question.html", form=form, entry=entry, preview=not _keeps())
        return page, 422 if form.errors else 200


def _save_entry(form: EntryForm, entry: FaqEntry | None) -> None:
    rubric = faq.find_rubric(form.rubric.data)
    assert rubric is not None, "chosen in the list"
    faq.save_entry(entry, rubric, form.question.data, form.answer.data, form.position.data, actor())


class Rubrics(Grid):
    """The rubrics, in the order of the public page."""

    capability = Capability.WRITE_CONTENTS
    model = FaqRubric
    title = "Rubriques des questions"
    default_sort = ("position", False)
    columns = (Column("position", FaqRubric.position, numeric=True), by_name("title", FaqRubric.title))

    def row_url(self, row: Any) -> str:
        return f"/gestion/rubriques/{row.id}"

    @expose("/<row:rubric_id>", methods=("GET", "POST"))
    def rubric(self, rubric_id: int) -> ResponseReturnValue:
        return self._edit(faq.find_rubric(rubric_id) or abort(404))

    @expose("/nouvelle", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        return self._edit(None)

    @expose("/<row:rubric_id>/supprimer", methods=("POST",))
    def remove(self, rubric_id: int) -> ResponseReturnValue:
        rubric = faq.find_rubric(rubric_id) or abort(404)
        with one_commit():
            faq.remove_rubric(rubric, actor())
        flash("La rubrique est supprimée.", "success")
        return redirect(url_for(".index_view"), 303)

    def _edit(self, rubric: FaqRubric | None) -> ResponseReturnValue:
        form = RubricForm(obj=rubric)
        if form.validate_on_submit() and attempt(
            form, lambda: faq.save_rubric(rubric, form.title.data, form.position.data, actor())
        ):
            flash("La rubrique est enregistrée.", "success")
            return redirect(url_for(".index_view"), 303)
        return self.render("staff/content_rubric.html", form=form, rubric=rubric), 422 if form.errors else 200


class News(Grid):
    """« Actualités », those to come and those withdrawn included."""

    capability = Capability.WRITE_CONTENTS
    model = NewsItem
    title = "Actualités"
    default_sort = ("published_at", True)
    columns = (
        by_name("title", NewsItem.title),
        Column("audience", NewsItem.audience),
        Column("corridor_code", NewsItem.corridor_code),
        Column("published_at", NewsItem.published_at),
        Column("ends_at", NewsItem.ends_at),
    )
    filters: ClassVar[Sequence[Filter]] = (
        Filter("titre", "Titre", NewsItem.title),
        ChoiceFilter("public", "Public visé", NewsItem.audience, choices_of(Audience)),
        ChoiceFilter("couloir", "Couloir", NewsItem.corridor_code, corridors),
    )

    def row_url(self, row: Any) -> str:
        return f"/gestion/actualites/{row.id}"

    @expose("/<row:item_id>", methods=("GET", "POST"))
    def item(self, item_id: int) -> ResponseReturnValue:
        return self._edit(news.find(item_id) or abort(404))

    @expose("/nouvelle", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        return self._edit(None)

    @expose("/<row:item_id>/supprimer", methods=("POST",))
    def remove(self, item_id: int) -> ResponseReturnValue:
        item = news.find(item_id) or abort(404)
        with one_commit():
            news.remove(item, actor())
        flash("L'actualité est supprimée.", "success")
        return redirect(url_for(".index_view"), 303)

    def _edit(self, item: NewsItem | None) -> ResponseReturnValue:
        form = NewsForm(data=_typed(item) if item else None)
        form.corridor_code.choices = [("", "Tous"), *corridors()]
        if form.validate_on_submit() and _keeps() and attempt(form, lambda: _save_item(form, item)):
            flash("L'actualité est enregistrée.", "success")
            return redirect(url_for(".index_view"), 303)
        page = self.render("staff/content_news.html", form=form, item=item, preview=not _keeps())
        return page, 422 if form.errors else 200


def _typed(item: NewsItem) -> dict[str, Any]:
    """An item as its form shows it: hours of Paris."""
    return {
        "title": item.title,
        "body": item.body,
        "audience": item.audience.value,
        "corridor_code": item.corridor_code or "",
        "published_at": item.published_at.astimezone(clock.PARIS).replace(tzinfo=None),
        "ends_at": item.ends_at.astimezone(clock.PARIS).replace(tzinfo=None) if item.ends_at else None,
    }


def _save_item(form: NewsForm, item: NewsItem | None) -> None:
    file = uploads.stream(form.file.data) if uploads.picked(form.file.data) else None
    draft = Draft(
        form.title.data,
        form.body.data,
        Audience(form.audience.data),
        form.corridor_code.data or None,
        _in_paris(form.published_at.data),
        _in_paris(form.ends_at.data),
    )
    news.save(item, draft, actor(), file)


def _in_paris(typed: dt.datetime | None) -> dt.datetime | None:
    return typed.replace(tzinfo=clock.PARIS) if typed else None


class TextPages(Screen):
    """Legal pages: the text in force, its versions, another one written after a preview."""

    capability = Capability.WRITE_CONTENTS

    @expose("/")
    def index(self) -> ResponseReturnValue:
        pages = [(slug, title, text_pages.current(slug)) for slug, title in text_pages.TITLES.items()]
        return self.render("staff/content_pages.html", pages=pages)

    @expose("/<slug>", methods=("GET", "POST"))
    def edit(self, slug: str) -> ResponseReturnValue:
        if slug not in text_pages.TITLES:
            abort(404)
        last = text_pages.current(slug)
        form = PageForm(data={"body": text_pages.body_of(slug), "seen": last.number if last else 0})
        if (
            form.validate_on_submit()
            and _keeps()
            and attempt(form, lambda: text_pages.write(slug, form.body.data, form.seen.data, actor()))
        ):
            flash("La page est publiée.", "success")
            return redirect(url_for(".index"), 303)
        page = self.render(
            "staff/content_page.html",
            form=form,
            slug=slug,
            title=text_pages.TITLES[slug],
            versions=text_pages.versions(slug),
            preview=not _keeps(),
        )
        return page, 422 if form.errors else 200
