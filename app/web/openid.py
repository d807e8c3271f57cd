"""Login by a provider of identities (OpenID Connect, as ProConnect is), on Authlib. Off unless `OIDC_ISSUER` is set.

Authorization code with PKCE, state and nonce. The portal's own steps follow: second factor, secret question.
"""

import logging

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from requests import RequestException

import config
from app.domain.errors import Unavailable
from app.extensions import db
from app.services import accounts, outside_identities, ports
from app.web import entering

logger = logging.getLogger(__name__)
blueprint = Blueprint("openid", __name__, url_prefix="/segurnums/connexion/identite")
_CLIENT = "identity"
DOWN = "Le fournisseur d'identité ne répond pas. Connectez-vous par votre mot de passe."
REFUSED = "La connexion par le fournisseur d'identité n'a pas abouti. Recommencez, ou utilisez votre mot de passe."
UNKNOWN = "Aucun compte ouvert du portail ne correspond à cette identité."


def init_app(app: Flask, settings: config.Settings) -> None:
    """Mount the two addresses when a provider is configured; the login page then offers it."""
    app.jinja_env.globals["openid_login"] = settings.oidc_issuer is not None
    if settings.oidc_issuer is None:
        return
    oauth = OAuth(app)
    oauth.register(
        _CLIENT,
        server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": 5},
    )
    app.extensions[blueprint.name] = oauth
    app.register_blueprint(blueprint)


@blueprint.get("/")
def begin() -> ResponseReturnValue:
    """Off to the provider, and back to an address of ours that no Host header changes."""
    back = ports.get().public_base_url + url_for(".back")
    try:
        leave: ResponseReturnValue = current_app.extensions[blueprint.name].identity.authorize_redirect(back)
        return leave
    except (RequestException, OAuthError) as fault:
        logger.warning("identity provider: %s", type(fault).__name__)
        raise Unavailable(DOWN) from fault


@blueprint.get("/retour")
def back() -> ResponseReturnValue:
    """The provider sent somebody back: its word is checked (state, nonce, signature, audience, expiry)."""
    try:
        told = current_app.extensions[blueprint.name].identity.authorize_access_token()
    except RequestException as fault:
        raise Unavailable(DOWN) from fault
    except Exception as fault:  # Authlib lets what its checks of a token meet through, each with its own class
        logger.warning("identity refused: %s", type(fault).__name__)
        return _again(REFUSED)
    claims = told.get("userinfo") or {}
    user = outside_identities.user_of(
        str(claims.get("iss", "")),
        str(claims.get("sub", "")),
        str(claims.get("email", "")),
        email_verified=claims.get("email_verified") is True,
    )
    db.session.commit()
    if user is None or accounts.is_locked(user):
        return _again(UNKNOWN)
    return entering.begin(user)


def _again(said: str) -> ResponseReturnValue:
    flash(said, "error")
    return redirect(url_for("security.login"), 303)
