"""What docs/ repeats from the code is the same as the code."""

import datetime as dt
import inspect
import re
import tomllib
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

import config
from app.corridors import documents, spec
from app.domain.enums import STAFF_ROLES, Role
from app.domain.labelled import Labelled
from app.domain.permissions import ALLOWED, INCOMPATIBLE
from app.services import corridor_words
from tests import workflow_page

ROLES = [role for role in Role if role in STAFF_ROLES]


def roles_page() -> str:
    """docs/roles.md as the tables make it: `python -m tests.test_docs` writes it."""
    lines = [
        "# Who may do what",
        "",
        "Made from `app/domain/permissions.py` and `separation.py`; a test keeps it the same.",
        "",
        "| staff screen or act | " + " | ".join(role.label for role in ROLES) + " |",
        "|---|" + "---|" * len(ROLES),
    ]
    for capability, roles in ALLOWED.items():
        lines.append(f"| {capability.label} | " + " | ".join("✔" if role in roles else "" for role in ROLES) + " |")
    lines += [
        "",
        "Who changes the status of a request, of its payment or of an enrolment: `docs/workflow.md`.",
        "",
        "## Never together",
        "",
        "On one account: "
        + "; ".join(" and ".join(sorted(role.label for role in pair)) for pair in INCOMPATIBLE)
        + ".",
        "",
        "On one dossier, four different people: validation, decision, order, confirmation of the payment.",
        "",
    ]
    return "\n".join(lines)


KEYS = "## Every key\n"
PART_NAMES = {
    spec.CorridorSpec: "The document",
    spec.SoftwareSpec: "`[[software]]`",
    spec.Window: "`[[windows]]`",
    spec.FieldSpec: "`[[fields]]`",
    spec.ListSpec: "`[[lists]]`",
    spec.Exclusive: "`[[exclusive]]`",
    spec.Pairing: "`[[pairings]]`",
    spec.BeneficiarySource: "`[[beneficiaries]]`",
    spec.ScenarioQuestion: "`[[scenario]]`",
    spec.DocumentSpec: "`[[documents]]`",
    spec.EnrolmentPieceSpec: "`[[enrolment_pieces]]`",
    spec.ModelSpec: "`[[models]]`",
    spec.Condition: "A condition (`required_if`, `when`)",
    spec.RateInstalments: '`[instalments]`, `kind = "rate"`',
    spec.FixedInstalments: '`[instalments]`, `kind = "fixed"`',
    spec.Delays: "`[delays]`",
    spec.RecapLabels: "`[recap]`",
}


def corridor_keys() -> str:
    """The end of docs/corridors.md as the model and its words make it."""
    lines = [
        KEYS,
        "Made from the model and from `app/services/corridor_words.py`, whose French is the editor's; a test keeps it"
        " the same (`python -m tests.test_docs` writes it).",
        "",
    ]
    for part, words in corridor_words.WORDS.items():
        title = PART_NAMES.get(part) or f"`[amount]`, {part.__name__}"
        lines += [f"### {title}", "", " ".join(inspect.cleandoc(part.__doc__ or "").split()), ""]
        lines += ["| key | type | default | on screen | meaning |", "|---|---|---|---|---|"]
        for key, field in part.model_fields.items():
            word = words[key]
            lines.append(f"| `{key}` | {kind_of(field)} | {default_of(field)} | {word.label} | {word.meaning} |")
        lines.append("")
    return "\n".join(lines)


def kind_of(field: FieldInfo) -> str:
    return in_words(field.annotation)


def in_words(kind: Any) -> str:
    """An annotation as one writes the value in TOML."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return in_words(arguments[0])
    if origin is tuple:
        return f"list of {in_words(arguments[0])}"
    if origin is dict:
        return f"table of {in_words(arguments[1])}"
    if origin is Literal:
        return " or ".join(f"`{one}`" for one in arguments)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(in_words(one) for one in arguments if one is not type(None)))
    if issubclass(kind, Labelled):
        return " or ".join(f"`{one.value}`" for one in kind)
    return PLAIN.get(kind) or PART_NAMES.get(kind, "amount rule")


PLAIN = {
    spec.Condition: "condition",
    str: "text",
    bool: "true or false",
    int: "whole number",
    Decimal: "decimal",
    dt.datetime: "instant",
}


def default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    match field.default:
        case None | () | "":
            return ""
        case bool():
            return str(field.default).lower()
        case tuple():
            return ", ".join(getattr(one, "value", str(one)) for one in field.default)
        case BaseModel():
            return "the defaults below"
    return str(field.default)


def test_every_key_of_a_corridor_is_explained_as_the_model_has_it():
    text = (config.ROOT / "docs" / "corridors.md").read_text(encoding="utf-8")
    assert KEYS + text.split(KEYS)[1] == corridor_keys(), "run python -m tests.test_docs"


def test_the_small_corridor_of_the_page_is_a_sound_document():
    text = (config.ROOT / "docs" / "corridors.md").read_text(encoding="utf-8")
    written = text.split("```toml\n")[1].split("```")[0]
    spec_read = documents.parse(tomllib.loads(written, parse_float=Decimal), "docs/corridors.md")
    assert spec_read.code == "TST"


def test_the_roles_page_is_what_the_code_does():
    assert (config.ROOT / "docs" / "roles.md").read_text(encoding="utf-8") == roles_page()


def test_the_workflow_page_is_what_the_code_does():
    assert (config.ROOT / "docs" / "workflow.md").read_text(encoding="utf-8") == workflow_page.page()


def test_the_architecture_leads_to_every_rule_and_every_service_and_to_nothing_else():
    text = (config.ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.split("## Where is the rule?")[1].split("## What happens to a request")[0]
    named = set(re.findall(r"[`/]([a-z_]+\.py)`", table))
    services = {path.name for path in (config.ROOT / "app" / "services").glob("[a-z]*.py")}
    assert services - named == set(), "say in docs/architecture.md which question these answer"
    floors = ("app/domain", "app/corridors", "app/services", "app/web", "admin_views", "forms", "jobs")
    known = {path.name for floor in floors for path in (config.ROOT / floor).rglob("*.py")}
    assert named - known == set(), "docs/architecture.md names files that are gone"


if __name__ == "__main__":
    (config.ROOT / "docs" / "roles.md").write_text(roles_page(), encoding="utf-8")
    (config.ROOT / "docs" / "workflow.md").write_text(workflow_page.page(), encoding="utf-8")
    corridors = config.ROOT / "docs" / "corridors.md"
    corridors.write_text(corridors.read_text(encoding="utf-8").split(KEYS)[0] + corridor_keys(), encoding="utf-8")
