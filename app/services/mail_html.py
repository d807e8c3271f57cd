"""How the text of a mail becomes HTML: one layout for all, without an image nor anything fetched from elsewhere.

Nothing of the text is read as HTML. A blank line ends a paragraph, « - » begins an item of a list, an indented line is
set apart, « -- » begins the signature. Only addresses of the portal become links: what a stranger typed leads nowhere.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from app.services import ports

ROOT = Path(__file__).resolve().parents[2]
SIGNATURE = "\n-- \nAgence de services et de paiement – Portail Ségur Numérique\nCe message est automatique.\n"
_MARK = "\n-- \n"
_ITEM, _APART = "- ", "    "
_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(ROOT / "templates" / "mails"),
    undefined=jinja2.StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.globals["br"] = Markup("<br>\n")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one nature: « paragraph », « list » or « apart »."""

    nature: str
    lines: tuple[Markup, ...]


def document(subject: str, body: str) -> str:
    """The whole HTML of a mail."""
    return _ENVIRONMENT.get_template("layout.html").render(
        subject=subject, style=_style(), article=article(subject, body, level=1)
    )


def article(subject: str, body: str, *, level: int) -> Markup:
    """What is read of it, its heading being of this level: for a screen that shows a mail."""
    text, mark, signature = body.rpartition(_MARK)
    template = _ENVIRONMENT.get_template("article.html")
    said = template.render(
        subject=subject,
        blocks=_blocks(text if mark else body),
        signature=_lines(signature) if mark else (),
        level=level,
    )
    return Markup(said)


@cache
def _style() -> Markup:
    return Markup((ROOT / "static" / "mail.css").read_text(encoding="utf-8"))


def _blocks(text: str) -> list[Block]:
    blocks = []
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        nature, lines = "", list[str]()
        for line in paragraph.split("\n"):
            if nature and _nature(line) != nature:
                blocks.append(Block(nature, _lines("\n".join(lines))))
                lines = []
            nature = _nature(line)
            lines.append(line.strip().removeprefix(_ITEM) if nature == "list" else line.strip())
        if any(lines):
            blocks.append(Block(nature, _lines("\n".join(lines))))
    return blocks


def _nature(line: str) -> str:
    if line.lstrip().startswith(_ITEM):
        return "list"
    return "apart" if line.startswith(_APART) else "paragraph"


def _lines(text: str) -> tuple[Markup, ...]:
    return tuple(_linked(line.strip()) for line in text.strip().split("\n"))


def _linked(line: str) -> Markup:
    """Escaped, the addresses of the portal being links; a stop that ends the sentence is not of the address."""
    # Neither « https://portail.fr.ailleurs.fr » nor « https://portail.fr@ailleurs.fr » is of the portal.
    portal = re.compile(re.escape(ports.get().public_base_url) + r"(?:/[^\s<>\"]*|(?![\w.:@-]))")
    out, at = [], 0
    for match in portal.finditer(line):
        address = match[0].rstrip(".,;:)")
        out += [escape(line[at : match.start()]), Markup('<a href="{0}">{0}</a>').format(address)]
        at = match.start() + len(address)
    return Markup("").join([*out, escape(line[at:])])
