"""Login and logout (guide « Les écrans du portail », § 1), on Flask-Security: its forms, our steps, our sessions."""

import datetime as dt
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import LoginForm, SQLAlchemyUserDatastore
from flask_security.utils import validate_redirect_url
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, StringField, SubmitField
from wtforms.validators import InputRequired

from app.extensions import db, limiter, security
from app.models.users import RoleRow, User
from app.services import accounts
from app.web import entering, sessions

blueprint = Blueprint("auth", __name__)
# Where nothing is protected: the library's own cost is a fifth of a second for each password.
CHEAP_HASH = {"argon2__time_cost": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
WRONG = "Identifiant ou mot de passe incorrect, ou compte verrouillé."


class PortalLoginForm(LoginForm, FlaskForm):
    """« Accéder à mon espace personnel »."""

    email = HiddenField()  # the library's field, of which we make no use
    username = StringField("Votre identifiant", [InputRequired("Saisissez votre identifiant.")])
    password = PasswordField("Votre mot de passe", [InputRequired("Saisissez votre mot de passe.")])
    submit = SubmitField("Valider")

    def validate(self, **kwargs: Any) -> bool:
        """One answer for every failure: unknown, wrong, locked or closed."""
        if not FlaskForm.validate(self, **kwargs):
            return False
        self.user = accounts.authenticate(self.username.data, self.password.data)
        db.session.commit()
        if self.user is None:
            self.form_errors.append(WRONG)
            return False
        return True


@blueprint.get("/segurnums/espace")
def my_space() -> Response:
    """Where a person lands: suppliers in their space, staff in theirs."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login"))
    return redirect("/gestion/" if current_user.is_staff else "/segurnums/")


def login() -> ResponseReturnValue:
    """« Accéder à mon espace personnel »; the form shown again is a 422, as everywhere in the portal."""
    form = PortalLoginForm()
    if form.validate_on_submit():
        assert form.user is not None, "the form is valid"
        return entering.begin(form.user, _leads_to())
    page = render_template("security/login.html", login_user_form=form)
    return page, 422 if form.is_submitted() else 200


def _leads_to() -> str:
    """Where this person was going, when it is one of our own paths."""
    wanted = request.args.get("next", "")
    return wanted if wanted.startswith("/") and validate_redirect_url(wanted) else entering.HOME


def init_app(app: Flask) -> None:
    app.config |= {
        "SECURITY_LOGIN_URL": "/segurnums/connexion",
        "SECURITY_LOGOUT_URL": "/segurnums/deconnexion",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "/segurnums/espace",
        "SECURITY_POST_LOGOUT_VIEW": "/segurnums/connexion",
        "SECURITY_UNAUTHORIZED_VIEW": None,
        "SECURITY_LOGIN_USER_TEMPLATE": "security/login.html",
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP_HASH if app.config["TESTING"] else {},
        "SECURITY_PASSWORD_SALT": app.config["SECRET_KEY"],
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_AUTO_LOGIN_AFTER_CONFIRM": False,
        "SECURITY_FLASH_MESSAGES": False,
        "SECURITY_FRESHNESS": dt.timedelta(minutes=-1),  # its « verify » page is not ours: no such address
        "SECURITY_I18N_DIRNAME": ["builtin"],
    }
    datastore = SQLAlchemyUserDatastore(db, User, RoleRow)
    security.init_app(app, datastore, login_form=PortalLoginForm)
    app.login_manager.user_loader(sessions.load_user)  # type: ignore[attr-defined]
    sessions.init_app(app)
    app.register_blueprint(blueprint)
    views: dict[str, Any] = app.view_functions
    views["security.login"] = limiter.limit("30 per 10 seconds", methods=["POST"])(login)
