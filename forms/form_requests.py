"""The form of a request, drawn from its corridor's document: one control per field, one file per piece.

Labels are the document's. The services judge what is typed; a refusal comes back to its control.
"""

import secrets
from collections.abc import Mapping
from typing import Any, BinaryIO

from flask import request
from wtforms import Field, FileField, HiddenField, RadioField, SelectField, StringField, TextAreaField

from app.corridors.spec import CorridorSpec, DocumentSpec, FieldSpec
from app.domain import limits
from app.domain.enums import Phase
from app.domain.errors import RuleBroken
from app.exchange.form_answers import FALSE, TRUE, Refused
from forms import uploads
from forms.refusing import RefusingForm

CHOOSE = ("", "Choisir une option")
FILES_HINT = (
    f"Fichier de type {', '.join(f'.{one}' for one in limits.PIECE_EXTENSIONS)}."
    f" Taille maximum : {limits.PIECE_BYTES // limits.MEGABYTE} Mo."
)
_LONG = 300  # characters: beyond, several lines are offered
_KEY_LENGTH = 32
_HEXADECIMAL = frozenset("0123456789abcdef")


class RequestForm(RefusingForm):
    """`paths` and `codes`: the name of the control of each field and of each piece; `sound`: by code, what was proved
    of the files, when the form is refused."""

    key = HiddenField()
    paths: Mapping[str, str] = {}
    codes: Mapping[str, str] = {}
    sound: Mapping[str, Any] = {}

    def typed(self) -> dict[str, str]:
        """What was typed, by path of the field."""
        return {path: str(self[name].data or "") for path, name in self.paths.items()}

    def sent(self) -> dict[str, tuple[str, BinaryIO]]:
        """The files chosen, by code of the piece."""
        chosen = {code: uploads.picked(request.files.get(name)) for code, name in self.codes.items()}
        return {code: uploads.stream(one) for code, one in chosen.items() if one}

    @property
    def page_key(self) -> str:
        """The key of the page."""
        return str(self.key.data)

    def refuse(self, refusal: RuleBroken) -> None:
        """Each refusal of a form at its control, any other above the form."""
        if not isinstance(refusal, Refused):
            super().refuse(refusal)
            return
        self.sound = refusal.files
        for names, faults in ((self.paths, refusal.answers), (self.codes, refusal.pieces)):
            for place, fault in faults.items():
                self[names[place]].errors = [*self[names[place]].errors, fault]


def new_key() -> str:
    """Of a page that is shown: what it sends is deposited once."""
    return secrets.token_hex(_KEY_LENGTH // 2)


def _is_key(text: str) -> bool:
    return len(text) == _KEY_LENGTH and _HEXADECIMAL.issuperset(text)


def of(spec: CorridorSpec, phase: Phase, *, sent: bool = False) -> RequestForm:
    """The form of a phase: empty, or as it was `sent`."""
    fields, pieces = spec.fields_of(phase), spec.documents_of(phase)
    paths = {one.path: f"champ_{one.path.replace('.', '__')}" for one in fields}
    codes = {one.code: f"piece_{one.code}" for one in pieces}
    controls = {paths[one.path]: _control(one) for one in fields} | {codes[one.code]: _file(one) for one in pieces}
    made = type("DrawnForm", (RequestForm,), {**controls, "paths": paths, "codes": codes})
    form: RequestForm = made() if sent else made(formdata=None)
    if not _is_key(str(form.key.data or "")):
        form.key.data = new_key()
    for one in fields:
        form[paths[one.path]].flags.required = one.required
    for piece in pieces:
        form[codes[piece.code]].flags.required = piece.required and piece.required_if is None
    return form


def _control(one: FieldSpec) -> Field:
    if one.kind == "boolean":
        choices = [(TRUE, "Oui"), (FALSE, "Non")]
        return RadioField(one.label, choices=choices, description=one.hint, validate_choice=False)
    if one.values:
        listed = [CHOOSE, *((value, value) for value in one.values)]
        return SelectField(one.label, choices=listed, description=one.hint, validate_choice=False)
    if one.kind == "text" and one.max_length > _LONG:
        return TextAreaField(one.label, description=one.hint, render_kw={"rows": 4})
    return StringField(one.label, description=one.hint, render_kw=_ways(one))


def _ways(one: FieldSpec) -> dict[str, Any]:
    """How a browser helps to type it."""
    modes = {"integer": "numeric", "amount": "decimal", "email": "email", "phone": "tel"}
    mode = {"inputmode": modes[one.kind]} if one.kind in modes else {}
    example = f"{one.example}" if one.example is not None else {"date": "jj/mm/aaaa"}.get(one.kind, "")
    return {"autocomplete": "off"} | mode | ({"placeholder": example} if example else {})


def _file(one: DocumentSpec) -> Field:
    accept = ",".join(f".{extension}" for extension in limits.PIECE_EXTENSIONS)
    hint = " ".join((one.hint, FILES_HINT)).strip()
    return FileField(one.label, description=hint, render_kw={"accept": accept})
