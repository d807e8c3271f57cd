"""The eyes that look at every screen see what is wrong, on a page that resembles what they have seen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.accessibility import Eyes, new_context

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><html lang="fr"><title>Une page</title>
<style>body {{ background: #fff; color: #333 }} .grey {{ background: #666 }}
.pale {{ color: #999 }} .small {{ font-size: 12px; color: #888 }} .big {{ font-size: 40px; color: #888 }}</style>
<main><h1>Un titre</h1>{}</main>"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = new_context(browser)
    yield context.new_page()
    context.close()


@pytest.fixture
def eyes(page: Page) -> Eyes:
    """They have seen a table of readable texts, one of them big and of a colour that only big texts bear."""
    eyes = Eyes()
    rows = "".join(f"<tr><th scope=row>{row}</th><td>texte</td><td class=big>grand</td></tr>" for row in range(20))
    page.set_content(PAGE.format(f"<table>{rows}</table>"))
    eyes.look(page)
    return eyes


def test_of_twenty_rows_alike_each_appearance_is_kept_once(eyes):
    assert len(eyes.appearances) == 4  # the title, the headings of rows, their texts, the big ones


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("<p>bon</p><p class=pale>pâle</p>", id="another colour"),
        pytest.param("<div class=grey><div><p>le même sur gris</p></div></div>", id="another ground"),
        pytest.param("<div style='opacity: .4'><p>le même, voilé</p></div>", id="a veil"),
        pytest.param("<p class=small>la couleur du grand, en petit</p>", id="another size"),
        pytest.param(
            "<button disabled class=pale>inactif</button><button class=pale>pâle</button>", id="beside a disabled"
        ),
    ],
)
def test_a_text_that_looks_otherwise_is_judged(eyes, page, wrong):
    page.set_content(PAGE.format(wrong))
    with pytest.raises(AssertionError, match=r"color-contrast"):
        eyes.look(page)
    with pytest.raises(AssertionError, match=r"color-contrast"):
        eyes.look(page)  # and again: what is wrong teaches nothing


def test_what_hangs_on_the_whole_page_is_asked_of_each(eyes, page):
    page.set_content(PAGE.format("<table><tr><th scope=row>1</th><td><input></td></tr></table>"))
    with pytest.raises(AssertionError, match=r"Ensure every form element has a label"):
        eyes.look(page)


def test_something_new_is_seen_whatever_the_texts(eyes, page):
    def new(inside: str) -> bool:
        page.set_content(PAGE.format(inside))
        return eyes.sees_something_new(page, ("/", "390"))

    assert new("<p>un</p>")
    assert not new("<p>deux</p><p>trois</p>")
    assert new("<p class=pale>deux</p>")
    assert new("<p><b>deux</b></p>")
    assert not new("<p><b>deux</b><i hidden>trois</i></p>")
    assert new("<p><b>deux</b><i>trois</i></p>")
    assert new(f"<p><b>{'deux' * 500}</b></p>"), "it scrolls"
