"""Public pages, without account: home, help, legal pages.

Guides « Les écrans du portail », § 1 and § 8, and « Présentation du portail ».
"""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.domain import limits
from app.services import attachments, deposit_calendar, faq, news, supplier_home, text_pages, written_texts
from app.web import files

blueprint = Blueprint("public", __name__)

# Address, template; their text is in the template.
PAGES = (("plan-du-site", "public/site_map.html"),)


@blueprint.get("/")
def root() -> ResponseReturnValue:
    return redirect("/segurnum/")


@blueprint.get("/segurnum/")
def home() -> str:
    return render_template("public/home.html", periods=deposit_calendar.of_now(), news=news.for_everybody())


@blueprint.get("/segurnum/actualites/<row:item_id>/piece")
def news_file(item_id: int) -> ResponseReturnValue:
    """What is attached to an item: the public's for anybody, a supplier's for those it is shown to."""
    item = news.shown_to(item_id, _my_corridors())
    if item is None or item.attachment is None:
        abort(404)
    return files.streamed(attachments.open_content(item.attachment), item.attachment)


def _my_corridors() -> set[str] | None:
    """None: not a supplier, who sees what the public sees."""
    if not current_user.is_authenticated or current_user.supplier_id is None:
        return None
    return {corridor.code for corridor in supplier_home.corridors_of(current_user.supplier_id)}


@blueprint.get("/segurnum/foires-aux-questions")
def questions() -> str:
    sought = request.args.get("q", "").strip()[: limits.CRITERION_LENGTH]
    return render_template("public/faq.html", found=faq.search(sought), sought=sought)


def _text(slug: str) -> Callable[[], str]:
    def page() -> str:
        body = written_texts.as_html(text_pages.body_of(slug))
        return render_template("public/text.html", title=text_pages.TITLES[slug], body=body)

    return page


def _page(template: str) -> Callable[[], str]:
    return lambda: render_template(template)


for _address, _template in PAGES:
    blueprint.add_url_rule(
        f"/segurnum/{_address}", endpoint=_address.replace("-", "_"), view_func=_page(_template), methods=["GET"]
    )

for _slug in text_pages.TITLES:
    blueprint.add_url_rule(
        f"/segurnum/{_slug}", endpoint=_slug.replace("-", "_"), view_func=_text(_slug), methods=["GET"]
    )
