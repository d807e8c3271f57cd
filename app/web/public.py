"""Public pages, without account."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
def root() -> Response:
    return redirect("/segurnum/")


@blueprint.get("/segurnum/")
def home() -> str:
    return render_template("public/home.html")
