"""A real portal for the journeys: its own database with the demo world, a server and a scheduler as processes, the
peers it writes mails to and looks companies up in, and Debian's Chromium, with axe-core at each page."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import config
from app.demo.people import PASSWORD, STAFF
from tests import smtp_peer
from tests.adapters import sirene_peer
from tests.conftest import migrated_database
from tests.journeys.accessibility import Eyes, new_context

# Headless by birth: a page costs it half of what it costs the whole browser.
CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
START_SECONDS = 120
MAIL_SECONDS = 30
CAPTCHA = "bw72x"
CODES = {one.username: one.totp_secret for one in STAFF}


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal that runs: its address, its folder, the environment of its processes; what it sends by mail, and the
    register it asks."""

    url: str
    folder: Path
    env: dict[str, str]
    post: smtp_peer.Peer
    register: sirene_peer.Peer
    eyes: Eyes = field(default_factory=Eyes)

    def flask(self, *command: str) -> str:
        """A command of the operator, on this portal. Fails the test when the command fails."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=config.ROOT, env=self.env, capture_output=True, text=True, timeout=400, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def mail(self, recipient: str, subject: str) -> str:
        """The text of the last mail to this address whose subject begins so; the scheduler sends it within seconds."""
        deadline = time.monotonic() + MAIL_SECONDS
        while True:
            for one in reversed(self.post.mails):
                if one["To"] == recipient and str(one["Subject"]).startswith(subject):
                    text = one.get_body(("plain",))
                    assert text is not None
                    return str(text.get_content())
            told = [(one["To"], str(one["Subject"])) for one in self.post.mails]
            assert time.monotonic() < deadline, f"no « {subject} » for {recipient} in {told}"
            self.post.wait_for(len(told) + 1, seconds=1)


@pytest.fixture(scope="session")
def post() -> Iterator[smtp_peer.Peer]:
    with smtp_peer.peer() as made:
        yield made


@pytest.fixture(scope="session")
def register() -> Iterator[sirene_peer.Peer]:
    with sirene_peer.running() as made:
        yield made


@pytest.fixture(scope="session")
def portal(
    tmp_path_factory: pytest.TempPathFactory, post: smtp_peer.Peer, register: sirene_peer.Peer
) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("portal")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    env = os.environ | {
        "APP_ENV": "demo",
        "CAPTCHA_FIXED": CAPTCHA,
        "DATABASE_URL": migrated_database(f"segurnum_journeys_{WORKER}", folder),
        "INSTANCE_DIR": str(folder),
        "PORT": str(port),
        "PUBLIC_BASE_URL": url,
        "PYTHONPATH": str(config.ROOT),
        "SIRENE_URL": register.url,
        "SMTP_URL": post.url,
    }
    made = Portal(url, folder, env, post, register)
    made.flask("demo")
    with (folder / "server.log").open("w") as log:
        processes = [
            subprocess.Popen([sys.executable, "-m", *module], cwd=config.ROOT, env=env, stdout=log, stderr=log)
            for module in (["waitress", "--threads=8", f"--listen=127.0.0.1:{port}", "wsgi:app"], ["jobs"])
        ]
        try:
            _wait_for(f"{url}/sante")
            yield made
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=20)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


class Visitor:
    """Someone in front of the portal. Each page he reaches is checked by axe-core and for errors of its scripts; by the
    latter only when he `knows_the_screens`, that another journey went through already."""

    def __init__(self, page: Page, portal: Portal) -> None:
        self.page, self.portal = page, portal
        self.faults: list[str] = []
        self.knows_the_screens = False
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        page.on("console", lambda said: said.type == "error" and self.faults.append(said.text))

    def log_in(self, username: str) -> None:
        self.go("/segurnums/connexion")
        self.page.get_by_label("Votre identifiant").fill(username)
        self.page.get_by_label("Votre mot de passe").fill(PASSWORD)
        self.click("Valider")
        if username in CODES:
            self.page.get_by_label("Code").fill(pyotp.TOTP(CODES[username]).now())
            self.click("Valider")

    def go(self, path: str) -> None:
        self.page.goto(self.portal.url + path)
        self.check()

    def click(self, name: str) -> None:
        """Click the button or the link of this name, and look at where it leads."""
        button = self.page.get_by_role("button", name=name, exact=True)
        (button if button.count() else self.page.get_by_role("link", name=name, exact=True)).first.click()
        self.check()

    def check(self) -> None:
        """Once this page has loaded: no script error on it, nothing refused by the CSP, and no accessibility violation.
        axe-core looks again at a screen when something is in sight on it that was not before at this width."""
        self.page.wait_for_load_state()
        assert self.faults == [], f"{self.page.url}\n{self.faults}"
        screen = re.sub(r"\d+", "0", urlsplit(self.page.url).path), str(self.page.viewport_size)
        if not self.knows_the_screens and self.portal.eyes.sees_something_new(self.page, screen):
            self.look()

    def look(self) -> None:
        """No accessibility violation, whether or not another journey looked at this screen."""
        self.portal.eyes.look(self.page)

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> dict[str, BrowserContext]:
    """The browser of each person who logged in: his session, and what it keeps of the portal's files."""
    return {}


@pytest.fixture
def visit(browser: Browser, portal: Portal, windows: dict[str, BrowserContext]) -> Iterator[Callable[..., Visitor]]:
    """`visit(username)` opens a window for this person, logged in: by the form the first time of all, then by the
    session it left, since a code serves once. In one test he has one window; nobody in particular has one per visit."""
    pages: dict[str, Page] = {}
    strangers: list[BrowserContext] = []

    def open_for(username: str | None = None, width: int = 1360) -> Visitor:
        context = windows.get(username or "") or new_context(browser, locale="fr-FR", accept_downloads=True)
        page = pages.get(username or "") or context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        visitor = Visitor(page, portal)
        if username is None:
            strangers.append(context)
            return visitor
        pages[username] = page
        if username not in windows:
            visitor.log_in(username)
            windows[username] = context
        return visitor

    yield open_for
    for page in pages.values():
        page.close()
    for context in strangers:
        context.close()
