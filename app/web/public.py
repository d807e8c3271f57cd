"""Public pages, without account: home, help, documentation of the JSON format, legal pages.

Guides « Les écrans du portail », § 1 and § 8, and « Présentation du portail ». The enrolment form, the simulator and
the contact form are not open yet: their pages say so.
"""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template
from flask.typing import ResponseReturnValue

from app.services import format_documentation

blueprint = Blueprint("public", __name__)

# Address, template; their text is in the template.
PAGES = (
    ("foires-aux-questions", "public/faq.html"),
    ("contacter-assistance", "public/contact.html"),
    ("enrolement", "public/enrolment.html"),
    ("simulateur-json", "public/simulator.html"),
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
    return render_template("public/home.html", windows=format_documentation.windows())


@blueprint.get("/segurnum/documentation-json")
def documentation() -> str:
    return render_template("public/documentation.html", corridors=format_documentation.published())


@blueprint.get("/segurnum/documentation-json/<code>/<phase>/schema.json")
def schema(code: str, phase: str) -> ResponseReturnValue:
    return _json(format_documentation.schema(code, phase), f"schema-{code}-{phase}.json")


@blueprint.get("/segurnum/documentation-json/<code>/<phase>/exemple.json")
def example(code: str, phase: str) -> ResponseReturnValue:
    return _json(format_documentation.example(code, phase), f"exemple-{code}-{phase}.json")


@blueprint.get("/segurnum/documentation-json/<code>/<phase>/vierge.json")
def blank(code: str, phase: str) -> ResponseReturnValue:
    return _json(format_documentation.example(code, phase, blank=True), f"vierge-{code}-{phase}.json")


def _json(content: dict[str, Any] | None, file_name: str) -> Response:
    if content is None:
        abort(404)
    answer = Response(json.dumps(content, ensure_ascii=False, indent=2), mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=file_name)
    return answer


def _page(template: str) -> Callable[[], str]:
    return lambda: render_template(template)


for _address, _template in PAGES:
    blueprint.add_url_rule(
        f"/segurnum/{_address}", endpoint=_address.replace("-", "_"), view_func=_page(_template), methods=["GET"]
    )
