"""Does every answer carry its protections: CSP, no caching of private pages, no framing, safe cookies, known hosts?"""

import contextvars
from urllib.parse import urljoin

import pytest
from flask_security.utils import hash_password

from app.domain.enums import Role
from app.factory import create_app
from app.services import accounts, ports
from tests import factories
from tests.conftest import settings_for
from tests.protections import protected


@pytest.mark.parametrize("role", [None, Role.SUPPLIER, Role.DECIDER, Role.ADMINISTRATOR], ids=str)
def test_a_page_that_is_not_there_is_protected(session, client, login, role):
    """Those that are there: test_access, which asks each of them as everybody."""
    if role:
        login(factories.supplier_user() if role is Role.SUPPLIER else factories.user(role))
    answer = client.get("/absente")
    assert answer.status_code == 404
    assert protected("", role, answer.headers), dict(answer.headers)


def test_a_nonce_serves_once(app):
    def policy() -> str:
        """In a context of its own: the application context of the tests would keep the first nonce."""
        return contextvars.Context().run(lambda: app.test_client().get("/").headers["Content-Security-Policy"])

    assert policy() != policy()


def test_static_files_may_be_cached(client):
    with client.get("/static/portal.css") as answer:
        assert "no-store" not in answer.headers.get("Cache-Control", "")


def log_in(client, **more):
    accounts.create("martin", "martin@exemple.fr", factories.PASSWORD, [Role.OFFICER])
    query = {"next": more.pop("next")} if "next" in more else {}
    return client.post(
        "/segurnums/connexion",
        query_string=query,
        data={"username": "martin", "password": factories.PASSWORD} | query | more,
    )


def test_the_cookie_is_closed_to_scripts_and_to_other_sites(client, session):
    cookie = log_in(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.fixture
def safe(app, tmp_path):
    """The application as it is outside of tests, over https. Settings only: no page is served here."""
    before = ports.get()
    more = {"APP_ENV": "demo", "PUBLIC_BASE_URL": "https://portail.exemple.fr"}
    made = create_app(settings_for(f"sqlite:///{tmp_path}/x.db", tmp_path, **more))
    ports.configure(before)
    return made


def test_outside_of_tests_a_password_is_dear_to_guess(safe):
    with safe.app_context():
        assert hash_password("mot de passe").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_over_https_the_cookie_is_bound_to_the_host(safe):
    assert safe.config["SESSION_COOKIE_SECURE"] is True
    assert safe.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    with safe.test_client() as client:
        answer = client.get("/segurnum/", base_url="https://portail.exemple.fr")
        assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "portail.exemple.fr@evil.test"])
def test_an_unknown_host_is_refused(client, host):
    assert client.get("/segurnum/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.test/", "//evil.test", "/\\evil.test", "\\\\evil.test", "http:evil.test", "javascript:alert(1)"],
)
def test_login_never_leads_elsewhere(client, session, elsewhere):
    answer = log_in(client, next=elsewhere)
    where = urljoin("http://localhost/segurnums/connexion", answer.headers.get("Location", ""))
    assert where.startswith("http://localhost/")
