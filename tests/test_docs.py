"""What docs/ repeats from the code is the same as the code."""

import re

import config
from app.domain.enums import STAFF_ROLES, Role
from app.domain.permissions import ALLOWED, INCOMPATIBLE
from app.domain.request_workflow import TRANSITIONS

ROLES = [role for role in Role if role in STAFF_ROLES]


def roles_page() -> str:
    """docs/roles.md as the tables make it: `python -m tests.test_docs` writes it."""
    lines = [
        "# Who may do what",
        "",
        "Made from `app/domain/permissions.py`, `request_workflow.py` and `separation.py`; a test keeps it the same.",
        "",
        "| staff screen or act | " + " | ".join(role.label for role in ROLES) + " |",
        "|---|" + "---|" * len(ROLES),
    ]
    for capability, roles in ALLOWED.items():
        lines.append(f"| {capability.label} | " + " | ".join("✔" if role in roles else "" for role in ROLES) + " |")
    lines += [
        "",
        "## Status changes of a request",
        "",
        "| action | from | to | who | comment |",
        "|---|---|---|---|---|",
    ]
    for row in TRANSITIONS:
        sources = ", ".join(sorted(source.label for source in row.sources))
        who = ", ".join(sorted(role.label for role in row.roles))
        comment = "compulsory" if row.needs_comment else ""
        lines.append(f"| {row.action.label} | {sources} | {row.target.label} | {who} | {comment} |")
    lines += [
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


def test_the_roles_page_is_what_the_code_does():
    assert (config.ROOT / "docs" / "roles.md").read_text(encoding="utf-8") == roles_page()


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
