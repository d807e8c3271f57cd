"""Login by a provider of identities, against a real one on loopback."""

import re
import threading
import time
from dataclasses import dataclass, field

import flask
import oidc_provider_mock
import pyotp
import pytest
import requests
from joserfc import jwt
from joserfc.jwk import RSAKey
from oidc_provider_mock import User as Identity
from werkzeug.serving import make_server

from app.domain.enums import Role
from app.extensions import db
from app.factory import create_app
from app.models.credentials import OutsideIdentity
from app.models.mails import Mail
from app.services import accounts, ports, second_factor
from tests import factories
from tests.committed import ground
from tests.conftest import settings_for

BEGIN = "/segurnums/connexion/identite/"
SECRETIVE = Identity(sub="s-pro", claims={})  # whose ID token says nothing: the address is to be asked
KNOWN = Identity(sub="s-alice", claims={"email": "alice@exemple.fr", "email_verified": True})
UNPROVED = Identity(sub="s-bob", claims={"email": "alice@exemple.fr", "email_verified": False})
STRANGER = Identity(sub="s-eve", claims={"email": "eve@exemple.fr", "email_verified": True})


@dataclass
class Answer:
    """What the provider says when it is asked of somebody: `signed` by `key`, or as JSON."""

    signed: bool = True
    over: dict = field(default_factory=dict)
    key: RSAKey | None = None

    def instead_of(self, answer, issuer):
        said = answer.json | {"email": "alice@exemple.fr", "email_verified": True} | self.over
        if not self.signed:
            return flask.jsonify(said)
        said = {"iss": issuer, "aud": "segurnum", "exp": int(time.time()) + 60} | said
        return flask.Response(jwt.encode({"alg": "RS256"}, said, self.key or own_key()), mimetype="application/jwt")


def own_key():
    return RSAKey.import_key(flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True))


@pytest.fixture
def asked(provider):
    vars(provider.answer).update(vars(Answer()))
    return provider.answer


@dataclass
class Provider:
    """Where it listens, and what it says when it is asked of somebody."""

    url: str
    answer: Answer


@pytest.fixture(scope="module")
def provider():
    said = Answer()
    app = oidc_provider_mock.app(user_claims=[KNOWN, UNPROVED, STRANGER, SECRETIVE])

    @app.after_request
    def sign(answer):
        spoken_of = flask.request.path.endswith("/userinfo") and answer.json["sub"] == SECRETIVE.sub
        return said.instead_of(answer, flask.request.host_url.rstrip("/")) if spoken_of else answer

    server = make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield Provider(f"http://localhost:{server.server_port}", said)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def portal(provider, asked, tmp_path):
    """A portal of its own that offers this provider, with one officer and one supplier."""
    oidc = {"OIDC_ISSUER": provider.url, "OIDC_CLIENT_ID": "segurnum", "OIDC_CLIENT_SECRET": "secret"}
    with ground(tmp_path, **oidc) as on:
        accounts.create("alice", "alice@exemple.fr", factories.PASSWORD, [Role.SUPPLIER], supplier=factories.supplier())
        db.session.commit()
        yield on.app


def come_back(client, sub):
    """Leave for the provider as this identity, and come back."""
    leaving = client.get(BEGIN)
    assert leaving.status_code == 302, leaving.text
    answer = requests.post(leaving.location, data={"sub": sub}, allow_redirects=False, timeout=10)
    returning = answer.headers["Location"]
    assert returning.startswith("http://localhost/segurnums/connexion/identite/retour?")
    return client.get(returning.removeprefix("http://localhost"))


def test_a_proved_address_opens_its_account_and_links_it(portal):
    client = portal.test_client()
    assert come_back(client, "s-alice").location == "/segurnums/espace"
    assert client.get("/segurnums/").status_code == 200
    linked = db.session.query(OutsideIdentity).one()
    assert (linked.subject, linked.user.username) == ("s-alice", "alice")


def test_an_address_the_id_token_keeps_silent_is_asked_of_the_provider(portal, asked):
    for asked.signed in (True, False):
        assert come_back(portal.test_client(), "s-pro").location == "/segurnums/espace"
        assert db.session.query(OutsideIdentity).delete() == 1
        db.session.query(Mail).delete()  # that tells of the link
        db.session.commit()


def test_an_answer_that_is_not_its_own_for_us_opens_nothing(portal, asked):
    wrong = {
        "of somebody else": Answer(over={"sub": "s-eve"}),
        "of somebody else, as JSON": Answer(signed=False, over={"sub": "s-eve"}),
        "for another portal": Answer(over={"aud": "un-autre"}),
        "for nobody": Answer(over={"aud": None}),
        "from another provider": Answer(over={"iss": "http://localhost:1"}),
        "from long ago": Answer(over={"exp": 1}),
        "signed by another key": Answer(key=RSAKey.generate_key(2048)),
        "of an address nobody proved": Answer(over={"email_verified": False}),
    }
    for name, answer in wrong.items():
        vars(asked).update(vars(answer))
        assert come_back(portal.test_client(), "s-pro").location == "/segurnums/connexion", name
    assert db.session.query(OutsideIdentity).count() == 0


def test_the_login_page_offers_it_only_where_it_is_configured(portal, client):
    assert BEGIN in portal.test_client().get("/segurnums/connexion").text
    assert BEGIN not in client.get("/segurnums/connexion").text
    assert client.get(BEGIN).status_code == 404


@pytest.mark.parametrize("sub", ["s-bob", "s-eve"])
def test_an_address_that_is_not_proved_or_known_opens_nothing(portal, sub):
    client = portal.test_client()
    assert come_back(client, sub).location == "/segurnums/connexion"
    assert "Aucun compte ouvert" in client.get("/segurnums/connexion").text
    assert db.session.query(OutsideIdentity).count() == 0


def test_staff_still_give_their_second_factor(portal):
    user = accounts.find("alice")
    user.role_rows, user.supplier = [accounts.role_row(Role.OFFICER)], None
    second_factor.adopt(user, pyotp.random_base32())
    db.session.commit()
    assert come_back(portal.test_client(), "s-alice").location == "/segurnums/connexion/code"


def test_a_closed_account_stays_closed(portal):
    accounts.find("alice").active = False
    db.session.commit()
    assert come_back(portal.test_client(), "s-alice").location == "/segurnums/connexion"


def test_an_answer_for_another_browser_is_refused(portal):
    client = portal.test_client()
    leaving = client.get(BEGIN)
    answer = requests.post(leaving.location, data={"sub": "s-alice"}, allow_redirects=False, timeout=10)
    stolen = answer.headers["Location"].removeprefix("http://localhost")
    thief = portal.test_client()
    assert thief.get(stolen).location == "/segurnums/connexion"
    forged = re.sub(r"state=[^&]+", "state=x", stolen)
    assert client.get(forged).location == "/segurnums/connexion"
    assert thief.get("/segurnums/").status_code == 302


@pytest.mark.parametrize("query", ["", "?error=access_denied", "?code=x&state=y", "?code=&state="])
def test_a_return_that_is_none_leads_to_the_login(portal, query):
    assert portal.test_client().get(f"{BEGIN}retour{query}").location == "/segurnums/connexion"


def test_a_provider_that_is_gone_is_told(tmp_path):
    before = ports.configured()
    settings = settings_for(
        f"sqlite:///{tmp_path}/x.db", tmp_path, OIDC_ISSUER="http://localhost:9", OIDC_CLIENT_ID="a",
        OIDC_CLIENT_SECRET="b",
    )  # fmt: skip
    answer = create_app(settings).test_client().get(BEGIN)
    ports.configure(before)
    assert answer.status_code == 503
