"""Texts that staff write in Markdown, as HTML: links and emphasis, never HTML of their own, never a script.

Links lead to our own paths or to https; anything else stays as it was typed.
"""

import re

from markdown_it import MarkdownIt
from markupsafe import Markup

_LINK = re.compile(r"(/(?!/)|https://|mailto:|#)")


class _Safe(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        return _LINK.match(url) is not None


_MARKDOWN = _Safe("commonmark", {"html": False, "linkify": False, "breaks": True}).disable("image")


def as_html(text: str) -> Markup:
    """Safe to put in a page as it is."""
    return Markup(_MARKDOWN.render(text))


def plain(text: str) -> str:
    """The words alone, for a search or an excerpt."""
    return " ".join(Markup(_MARKDOWN.render(text)).striptags().split())
