"""What the menu shows to the person logged in: groups of links, each site declaring its own."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, request
from markupsafe import Markup

KEPT = 512  # menus as drawn: one for each page that it leads to, and each set of tabs


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """A tab: a link of its own, or a list that unfolds."""

    label: str
    links: Sequence[Link] = ()
    url: str | None = None

    def holds(self, path: str) -> bool:
        """Whether it leads to this page."""
        return path == self.url or any(link.url == path for link in self.links)


def drawn(tabs: tuple[Group, ...]) -> Markup:
    """The menu as HTML, the tab and the link of this page marked; drawn once, being the same for many."""
    here = request.path
    return _drawn(tabs, here if any(tab.holds(here) for tab in tabs) else "")


@functools.lru_cache(KEPT)
def _drawn(tabs: tuple[Group, ...], here: str) -> Markup:
    template = current_app.jinja_env.get_template("menu.html")
    return Markup(template.render(tabs=tabs, here=here))
