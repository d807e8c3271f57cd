"""The form of any part of a corridor's document, made from its model: a key added to the model is asked for here.

`form_of(model, …)` makes the class; an instance shows a part (`show`) or reads one (`read`), and places each fault at
its field. `Offers` is what the document itself gives to choose from, and the words it is asked in.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel
from wtforms import FieldList, Form, FormField

from app.corridors import anatomy
from app.corridors.anatomy import Shape
from forms import corridor_controls as controls
from forms import corridor_offers
from forms.corridor_offers import Offers
from forms.staff import SeenForm

BLANK_ROWS = 2
_YES, _NO = {"oui", "true", "vrai"}, {"non", "false", "faux"}


class PartForm(Form):
    """A part within a part."""


class PartField(FormField):
    """A part that may be absent (`optional`): empty in all its fields, it is none."""

    kind = "part"

    def __init__(self, form_class: type[Form], label: str, *, optional: bool, **kwargs: Any) -> None:
        super().__init__(form_class, label, **kwargs)
        self.optional = optional

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        super().process(formdata, data if isinstance(data, dict) else {})

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        if self.optional and self.is_empty:
            for inner in self.form:
                inner.process_errors = []
            return True
        return bool(super().validate(form, extra_validators))

    @property
    def is_empty(self) -> bool:
        return not any(_typed(inner) for inner in self.form)


class RowsField(FieldList):
    """Parts one under the other, with empty rows to add some; an empty row is none."""

    kind = "rows"

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        rows = [{"name": name, "amount": amount} for name, amount in data.items()] if isinstance(data, dict) else data
        super().process(formdata, [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else [])
        for _ in range(BLANK_ROWS if not formdata else 0):
            self.append_entry({})

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        self.errors = []
        for row in self.filled:
            if not row.form.validate():
                self.errors.append(row.errors)
        return not self.errors

    @property
    def filled(self) -> list[Any]:
        return [row for row in self.entries if any(_typed(inner) for inner in row.form)]


def _typed(control: Any) -> bool:
    """Whether something was typed or is shown in it."""
    if control.raw_data:
        return any(str(one).strip() for one in control.raw_data)
    return control.data not in (None, "", [], False)


def form_of(
    model: type[BaseModel], offers: Offers, *, keys: Collection[str] = (), without: Collection[str] = ()
) -> type[SeenForm]:
    """The form that asks for this model, or for some of its keys; a key of one value only is not asked."""
    return type("Part", (EditForm,), {"model": model, "offers": offers} | _controls(model, offers, keys, without))


def _controls(
    model: type[BaseModel], offers: Offers, keys: Collection[str] = (), without: Collection[str] = ()
) -> dict[str, Any]:
    made = {}
    own = [key for key in model.model_fields if key in model.__annotations__]
    for key in [*own, *(key for key in model.model_fields if key not in own)]:  # what all parts share comes last
        info = model.model_fields[key]
        shape = anatomy.shape(info)
        if key in without or (keys and key not in keys) or not is_asked(shape):
            continue
        made[key] = _control(model, key, shape, offers, info)
    return made


def is_asked(shape: Shape) -> bool:
    """Neither what has one value only, nor what has screens of its own (a rule among several, a table of ceilings)."""
    return shape.kind not in ("one_of", "tables") and not (shape.kind == "choice" and len(shape.options) == 1)


_PLAIN: Mapping[str, type[controls.Typed]] = {
    "text": controls.Typed,
    "whole": controls.Whole,
    "euros": controls.Euros,
    "share": controls.Share,
    "instant": controls.Instant,
    "scalar": controls.Scalar,
    "texts": controls.Texts,
    "wholes": controls.Wholes,
}


def _control(model: type[BaseModel], key: str, shape: Shape, offers: Offers, info: Any) -> Any:
    label, meaning = offers.words(model, key)
    said = {"description": meaning}
    chosen = corridor_offers.chosen(model, key, offers)
    if shape.kind in ("texts", "wholes", "choices") and (chosen is not None or shape.options):
        many = chosen if chosen is not None else _options(key, shape, offers)
        return controls.Choices(label, many, whole=shape.kind == "wholes", **said)
    if chosen is not None or shape.kind == "choice":
        one = chosen if chosen is not None else _options(key, shape, offers)
        return controls.Choice(label, one, empty=_empty(shape, info), **said)
    if shape.kind in _PLAIN:
        proposed = corridor_offers.proposed(model, key, offers)
        return _PLAIN[shape.kind](label, empty=_empty(shape, info), choices=proposed, **said)
    return _NESTED[shape.kind](label, shape, offers, said)


def _options(key: str, shape: Shape, offers: Offers) -> corridor_offers.Choices:
    return [(one, offers.said(key, one)) for one in shape.options]


def _yes_no(label: str, shape: Shape, offers: Offers, said: dict[str, str]) -> Any:
    return controls.YesNo(label, **said)


def _part(label: str, shape: Shape, offers: Offers, said: dict[str, str]) -> Any:
    return PartField(_inner(shape.part, offers), label, optional=shape.optional, **said)


def _rows(label: str, shape: Shape, offers: Offers, said: dict[str, str]) -> Any:
    return RowsField(FormField(_inner(shape.part, offers)), label, **said)


def _amounts(label: str, shape: Shape, offers: Offers, said: dict[str, str]) -> Any:
    asked = {
        "name": controls.Choice("Nombre déclaré", offers.counts()),
        "amount": controls.Euros("Montant unitaire HT (€)"),
    }
    return RowsField(FormField(type("Row", (PartForm,), asked)), label, **said)


def _inner(model: type[BaseModel], offers: Offers) -> type[Form]:
    return type("Inner", (PartForm,), {"model": model} | _controls(model, offers))


_NESTED = {"boolean": _yes_no, "part": _part, "parts": _rows, "amounts": _amounts}


def _empty(shape: Shape, info: Any) -> Any:
    """What an empty field means: none, the model's own empty value, or a fault."""
    if shape.kind in ("texts", "wholes"):
        return []
    if shape.optional:
        return None
    return "" if info.default == "" else ...


class EditForm(SeenForm):
    """The form of one part."""

    model: type[BaseModel]
    offers: Offers

    def value(self) -> dict[str, Any]:
        """What was typed, as the document writes it; call it once the form is valid."""
        return _value(self, self.model, self.offers)

    def refuse_at(self, place: str, message: str) -> None:
        """Show a fault at its field (`required_if.path`, `brackets[0].amount`), or above the form."""
        holder: Any = self
        for step in re.findall(r"[^.\[\]]+", place):
            below = _below(holder, step)
            if below is None:
                break
            holder = below
        if isinstance(holder, (PartForm, EditForm, PartField, FormField)):
            self.form_errors.append(message)
        else:
            holder.errors = [*holder.errors, message]


def _below(holder: Any, step: str) -> Any:
    if isinstance(holder, RowsField):
        return _row(holder.filled, step)
    inside = holder.form if isinstance(holder, FormField) else holder
    return inside[step] if isinstance(inside, Form) and step in inside else None


def _row(rows: list[Any], step: str) -> Any:
    """The row of this rank, or the amount of this name."""
    named = [row.form["amount"] for row in rows if "name" in row.form and row.form["name"].data == step]
    if named:
        return named[0]
    return rows[int(step)] if step.isdecimal() and int(step) < len(rows) else None


def _value(form: Any, model: type[BaseModel], offers: Offers) -> dict[str, Any]:
    shapes = {key: anatomy.shape(info) for key, info in model.model_fields.items() if key in form}
    found = {key: _read(form[key], offers, shape) for key, shape in shapes.items()}
    for key, shape in shapes.items():
        if shape.kind == "scalar":
            kind = found["kind"] if "kind" in found else offers.kinds.get(str(found.get("path")), "")
            found[key] = typed(found[key], str(kind))
    return found


def _read(control: Any, offers: Offers, shape: Shape) -> Any:
    match control:
        case PartField():
            return None if control.optional and control.is_empty else _value(control.form, shape.part, offers)
        case RowsField() if shape.kind == "amounts":
            return {row.form["name"].data: row.form["amount"].data for row in control.filled}
        case RowsField():
            return [_value(row.form, shape.part, offers) for row in control.filled]
        case controls.Choices():
            return control.read_data
    return control.data


def typed(text: Any, kind: str) -> Any:
    """What a scalar typed as text is, given the kind of the field it is a value of."""
    if not isinstance(text, str):
        return text
    if kind == "boolean" and text.lower() in _YES | _NO:
        return text.lower() in _YES
    if kind in ("integer", "amount") and text.isascii() and text.isdecimal():
        return int(text)
    return text
