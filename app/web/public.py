"""Public pages, without account: home, help, legal pages.

Guides « Les écrans du portail », § 1 and § 8, and « Présentation du portail ». The enrolment form is not open yet: its
page says so.
"""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from app.services import deposit_calendar

blueprint = Blueprint("public", __name__)

# Address, template; their text is in the template.
PAGES = (
    ("foires-aux-questions", "public/faq.html"),
    ("enrolement", "public/enrolment.html"),
    ("plan-du-site", "public/site_map.html"),
    ("accessibilite", "public/accessibility.html"),
    ("mentions-legales", "public/legal_notice.html"),
    ("cgu", "public/terms.html"),
    ("donnees-personnelles", "public/personal_data.html"),
)


@blueprint.get("/")
def root() -> ResponseReturnValue:
    return redirect("/segurnum/")


@blueprint.get("/segurnum/")
def home() -> str:
    return render_template("public/home.html", periods=deposit_calendar.of_now())


def _page(template: str) -> Callable[[], str]:
    return lambda: render_template(template)


for _address, _template in PAGES:
    blueprint.add_url_rule(
        f"/segurnum/{_address}", endpoint=_address.replace("-", "_"), view_func=_page(_template), methods=["GET"]
    )
