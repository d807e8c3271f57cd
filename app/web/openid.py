"""Login by a provider of identities (OpenID Connect, as ProConnect is), on Authlib. Off unless `OIDC_ISSUER` is set.

Authorization code with PKCE, state and nonce. The portal's own steps follow: second factor, secret question.
"""

import logging
from collections.abc import Mapping
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.oauth2.claims import JWTClaims
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
        client = current_app.extensions[blueprint.name].identity
        claims = _claims(client, client.authorize_access_token())
    except RequestException as fault:
        raise Unavailable(DOWN) from fault
    except Exception as fault:  # Authlib lets what its checks of a token meet through, each with its own class
        logger.warning("identity refused: %s", type(fault).__name__)
        return _again(REFUSED)
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


def _claims(client: Any, token: Mapping[str, Any]) -> dict[str, Any]:
    """What the checked ID token says; its address, when it gives none, is asked of the provider.

    That answer is JSON, or a signed JWT as ProConnect's is (OpenID Connect Core, § 5.3.2), held against the keys of the
    provider, its name and ours. Raises whatever Authlib does of a wrong one, `ValueError` when it is of somebody else.
    """
    said = dict(token.get("userinfo") or {})
    metadata = client.load_server_metadata()
    if said.get("email") or not metadata.get("userinfo_endpoint"):
        return said
    answer = client.get(metadata["userinfo_endpoint"], token=token)
    answer.raise_for_status()
    if answer.headers.get("Content-Type", "").partition(";")[0].strip() == "application/jwt":
        parties = {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": client.client_id},
        }
        more = client.parse_id_token({"id_token": answer.text}, None, parties, JWTClaims)
    else:
        more = answer.json()
    if more.get("sub") != said.get("sub"):
        raise ValueError("the provider answers for somebody else")
    return said | {name: more[name] for name in ("email", "email_verified") if name in more}


def _again(said: str) -> ResponseReturnValue:
    flash(said, "error")
    return redirect(url_for("security.login"), 303)
