"""Does the house keep its own rules: who writes a status, what the rules load, where corridors and dates are named?"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.corridors import documents
from app.domain import enums, request_workflow, separation, vat
from app.domain.labelled import Labelled

ROOT = Path(__file__).resolve().parents[1]
CODE = sorted(
    path for folder in ("app", "admin_views", "forms", "jobs") for path in (ROOT / folder).rglob("*.py")
) + [ROOT / "config.py", ROOT / "wsgi.py"]  # fmt: skip
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
HTML = [path for path in TEMPLATES if path.suffix == ".html"]
LINES, TEMPLATE_LINES = 400, 120


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def texts(path: Path) -> list[str]:
    """String constants of a module, docstrings left out."""
    parsed = tree(path)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {id(node.body[0].value) for node in ast.walk(parsed) if isinstance(node, documented) and _has_doc(node)}
    constants = [node for node in ast.walk(parsed) if isinstance(node, ast.Constant) and id(node) not in docs]
    return [node.value for node in constants if isinstance(node.value, str)]


def _has_doc(node) -> bool:
    return ast.get_docstring(node, clean=False) is not None


def assigned_attributes(path: Path) -> list[str]:
    """`x.y` on the left of an assignment, as written."""
    found = []
    for node in ast.walk(tree(path)):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            found += [ast.unparse(part) for part in parts if isinstance(part, ast.Attribute)]
    return found


def test_one_module_writes_a_requests_status():
    writers = [name(path) for path in CODE if {"avenant.status", "current.status"} & set(assigned_attributes(path))]
    assert writers == ["app/services/requests.py"]


@pytest.mark.parametrize("module", [f"app.domain.{path.stem}" for path in (ROOT / "app/domain").glob("[a-z]*.py")])
def test_rules_load_neither_flask_nor_sqlalchemy(module):
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = {entry.partition(".")[0] for entry in done.stdout.split()}
    assert loaded & {"flask", "sqlalchemy", "wtforms", "apscheduler"} == set()


def test_no_corridor_is_named_in_code():
    codes = "|".join([*(spec.code for spec in documents.shipped()), "RAD", "PHA", "BIO", "MS1"])
    named = re.compile(rf"(FIN)?({codes})(\d+M?\d?)?")
    product = [path for path in CODE if not name(path).startswith("app/demo")]
    assert [(name(path), text) for path in product for text in texts(path) if named.fullmatch(text)] == []


def test_one_module_reads_the_clock():
    reading = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)\(")
    excused = {"app/services/clock.py", "app/adapters/storage.py"}  # the store tells the age of its own files
    readers = {name(path) for path in CODE if reading.search(path.read_text(encoding="utf-8"))}
    assert readers <= excused


@pytest.mark.parametrize("path", CODE, ids=name)
def test_a_module_is_short_and_says_what_it_answers(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LINES
    assert not text or ast.get_docstring(ast.parse(text))
    assert not re.search(r"#\s*(TODO|FIXME|XXX)", text)


def test_templates_are_short():
    assert {name(path) for path in HTML if path.read_text(encoding="utf-8").count("\n") > TEMPLATE_LINES} == set()


def test_every_template_is_used():
    words = [text for path in CODE for text in texts(path)]
    said = "\n".join(words) + "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    named = {f"mails/{event}.txt" for event in _events()} | {f"letters/{kind}.typ" for kind in enums.LetterKind}
    relative = [str(path.relative_to(ROOT / "templates")) for path in TEMPLATES]
    unused = [one for one in relative if one not in said and one not in named and Path(one).name not in said]
    assert unused == []


def _events() -> set[str]:
    from app.services.messages import Event

    return {event.value for event in Event}


def test_pages_hold_no_inline_handler_nor_style():
    inline = re.compile(r"<[^>]*\s(on[a-z]+|style)\s*=|javascript:", re.IGNORECASE)
    assert [name(path) for path in HTML if inline.search(path.read_text(encoding="utf-8"))] == []


def test_scripts_of_pages_carry_the_nonce():
    bare = re.compile(r"<script(?![^>]*nonce=)[^>]*>", re.IGNORECASE)
    assert [name(path) for path in HTML if bare.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.txt")), ids=name)
def test_requirements_are_pinned_with_hashes_and_name_no_address(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)
    pins = re.findall(r"^[a-z0-9].*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert pins
    assert [pin.split()[0] for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []


def test_what_is_tested_and_measured_is_what_is_served():
    """uv pins each list by itself: a tool of the tests may hold a library back there alone."""
    pins = re.compile(r"^([^\s=]+)==(\S+)", re.MULTILINE)
    served = dict(pins.findall((ROOT / "requirements.txt").read_text(encoding="utf-8")))
    for more in ("requirements-dev.txt", "requirements-bench.txt"):
        there = dict(pins.findall((ROOT / more).read_text(encoding="utf-8")))
        assert {one: there.get(one) for one in served} == served, more


LISTS = sorted(
    {
        member
        for module in (enums, request_workflow, separation, vat)
        for member in vars(module).values()
        if isinstance(member, type) and issubclass(member, Labelled) and member is not Labelled
    },
    key=lambda one: one.__name__,
)


@pytest.mark.parametrize("members", LISTS, ids=lambda one: one.__name__)
def test_every_member_of_a_list_has_its_label(members):
    labels = [member.label for member in members]
    assert all(label.strip() for label in labels)
    assert len(set(labels)) == len(labels)
