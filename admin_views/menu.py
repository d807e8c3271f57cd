"""What the menu shows to the person logged in: groups of links, each site declaring its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str

    @property
    def current(self) -> bool:
        return request.path == self.url


@dataclass(frozen=True, slots=True)
class Group:
    """A tab: a link of its own, or a list that unfolds."""

    label: str
    links: Sequence[Link] = ()
    url: str | None = None

    @property
    def current(self) -> bool:
        return request.path == self.url or any(link.current for link in self.links)
