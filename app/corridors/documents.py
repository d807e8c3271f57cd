"""Reading and writing corridor documents: TOML as shipped, canonical JSON as published.

A `[amount] rule = "table"` names its CSV (`csv = "…"`, columns: identifier, then one per software type, `;`), which
is read into the document: a published version is whole.
"""

import csv
import hashlib
import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.corridors.spec import CorridorSpec
from app.domain.errors import RuleBroken

SHIPPED = Path(__file__).parent


class BadDocument(RuleBroken):
    """A corridor document is refused; the message lists each fault with its place."""


def shipped() -> list[CorridorSpec]:
    """Every document of this folder. Two with one code raise `BadDocument`."""
    specs = [load(path) for path in sorted(SHIPPED.glob("*.toml"))]
    codes = [spec.code for spec in specs]
    if len(codes) != len(set(codes)):
        raise BadDocument(f"un code de couloir est déclaré deux fois : {', '.join(codes)}")
    return specs


def load(path: Path) -> CorridorSpec:
    """The spec of a TOML file. Raises `BadDocument`."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadDocument(f"{path.name} : {fault}") from fault
    table = raw.get("amount", {}).pop("csv", None)
    if table is not None:
        raw["amount"]["ceilings"] = _ceilings(path.parent / Path(table).name)
    return parse(raw, path.name)


def parse(raw: dict[str, Any], name: str = "document") -> CorridorSpec:
    """A spec from plain data. Raises `BadDocument` naming the place of each fault."""
    try:
        return CorridorSpec.model_validate(raw)
    except ValidationError as error:
        faults = [f"{'.'.join(str(part) for part in fault['loc'])} : {fault['msg']}" for fault in error.errors()]
        raise BadDocument(f"{name} :\n- " + "\n- ".join(faults)) from error


def _ceilings(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter=";") if row and not row[0].startswith("#")]
    header, *lines = rows
    return {
        software: {line[0]: line[column] for line in lines if line[column]}
        for column, software in enumerate(header[1:], start=1)
    }


def canonical(spec: CorridorSpec) -> dict[str, Any]:
    """Plain data that says the whole spec: decimals and instants as strings. `parse` reads it back."""
    return spec.model_dump(mode="json")


def digest(document: dict[str, Any]) -> str:
    """SHA-256 of the canonical text."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
