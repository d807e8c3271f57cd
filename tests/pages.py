"""A page as a browser without scripts sees it: its forms, and what they would send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form: its address, what it sends as it stands, the names of its fields by the place they mend."""

    action: str = ""
    sent: dict[str, str] = field(default_factory=dict)
    places: dict[str, dict[str, str]] = field(default_factory=dict)  # place → kind of answer (v, n, r, a) → name

    def name(self, place: str, kind: str = "v") -> str:
        return self.places[place][kind]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Form] = {}
        self._form: Form | None = None
        self._place = ""
        self._select = self._option = ""
        self._area = ""

    def handle_starttag(self, tag, attributes):
        said = {name: value or "" for name, value in attributes}
        self._place = said.get("data-place", self._place)
        if tag == "form":
            self._form = self.found[said.get("id", str(len(self.found)))] = Form(said.get("action", ""))
        elif self._form is not None and tag == "option":
            self._choose(said)
        elif self._form is not None and "name" in said:
            self._note(said["name"])
            self._fill(tag, said, self._form.sent)

    def _choose(self, said):
        self._option = "selected" if "selected" in said else "option"
        if self._select and "selected" in said:
            self._form.sent[self._select] = said.get("value", "")

    def _fill(self, tag, said, sent):
        if tag == "input" and said.get("type") != "file" and (said.get("type") != "checkbox" or "checked" in said):
            sent[said["name"]] = said.get("value", "on")
        elif tag == "select":
            self._select, sent[said["name"]] = said["name"], ""
        elif tag == "textarea":
            self._area, sent[said["name"]] = said["name"], ""

    def _note(self, name):
        kind, dot, _ = name.partition(".")
        if dot:
            self._form.places.setdefault(self._place, {}).setdefault(kind, name)

    def handle_data(self, data):
        if self._form is None:
            return
        if self._area:
            self._form.sent[self._area] += data
        elif self._select and self._option == "selected" and not self._form.sent[self._select]:
            self._form.sent[self._select] = data.strip()

    def handle_endtag(self, tag):
        if tag == "textarea" and self._form is not None:
            # As browsers do: the first end of line is not part of the text, the others are sent as two characters.
            said = self._form.sent[self._area].removeprefix("\n")
            self._form.sent[self._area] = said.replace("\n", "\r\n")
            self._area = ""
        elif tag == "option":
            self._option = ""
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._form = None


def forms(page: str) -> dict[str, Form]:
    """The forms of a page, by their id."""
    reader = _Forms()
    reader.feed(page)
    return reader.found
