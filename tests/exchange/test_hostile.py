"""What may a hostile file of five megabytes cost? Bounded memory, a bounded report, and each line judged."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import limits
from app.exchange import codes, examination, line_shape
from tests import shipped
from tests.exchange import hostile_files
from tests.exchange.test_any_bytes import VALUES, examine
from tests.json_files import SAMPLE

ROOT = Path(__file__).parents[2]
ROOM = 150 * limits.MEGABYTE  # above what the process holds before it reads


def test_no_file_of_five_megabytes_takes_more_than_its_room():
    """In a process of its own, that the system refuses more memory."""
    command = [sys.executable, "-m", "tests.exchange.test_hostile"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": "."})
    assert told.returncode == 0, told.stdout[-300:] + told.stderr[-2000:]
    assert told.stdout.count("\n") == len(hostile_files._FAMILIES)


def report(content):
    of_file, of_lines = examination.findings(examine(content))
    assert len(of_file) <= limits.JSON_FINDINGS + 5
    assert len(of_lines) <= limits.JSON_FINDINGS + 1
    for one in of_file + of_lines:
        assert one.row > 0
        assert one.column > 0
        assert one.message
        assert one.expected
    return of_file + of_lines


def test_a_line_beyond_the_report_is_still_rejected(monkeypatch):
    monkeypatch.setattr(limits, "JSON_FINDINGS", 30)
    data = json.loads(SAMPLE.read_bytes())
    for line in data["lignesImport"]:
        line["numeroEditeur"], line["beneficiaires"] = None, {f"x{rank}": 1 for rank in range(20)}
    found = examine(json.dumps(data).encode())
    assert all(line.rejected for line in found.lines)
    assert all(any(fault.blocks for fault in line.faults) for line in found.lines)
    of_file, of_lines = examination.findings(found)
    more = [one for one in of_lines if one.code == codes.MORE_FINDINGS.code]
    assert len(of_lines) == 31
    assert len(more) == 1
    assert more[0].message.startswith("… et ")


def test_remarks_beyond_the_report_reject_nothing(monkeypatch):
    monkeypatch.setattr(limits, "JSON_FINDINGS", 30)
    data = json.loads(SAMPLE.read_bytes())
    for line in data["lignesImport"]:
        line |= {f"x{rank}": 1 for rank in range(20)}
    found = examine(json.dumps(data).encode())
    assert not any(line.rejected for line in found.lines)
    assert all(line.content for line in found.lines)
    assert sum(len(line.faults) for line in found.lines) == 30
    assert found.room.untold == 20 * len(found.lines) - 30


SAID = ("reason", "expected", "min_length", "max_length")  # what `wording` takes of an error


def told(errors):
    return [
        (one["type"], tuple(one["loc"]), one["input"], [one.get("ctx", {}).get(name) for name in SAID])
        for one in errors
    ]


@given(st.sampled_from(list(shipped.FILES)), st.data())
@settings(max_examples=300, deadline=None, database=None, derandomize=True)
def test_the_shape_told_one_by_one_is_the_shape_told_at_once(file, data):
    model = shipped.model(file)
    line = data.draw(lines_of(model.tree) | VALUES)
    at_once = [one | {"loc": one["loc"][1:]} for one in model.errors([line])]
    assert told(line_shape.errors(model.tree, line)) == told(at_once)


def lines_of(node):
    """Lines that look like those of a model, wrong here and there."""
    if node.item is not None:
        return st.lists(lines_of(node.item), max_size=3) | st.none() | VALUES
    if node.tags:
        known = {name: lines_of(below) for name, below in node.tags.items()}
        least = {name: known[name] for rank, name in enumerate(known) if rank % 5 == 0}
        others = {name: known[name] for name in known if name not in least}
        return st.fixed_dictionaries(least, optional=others | {"inconnue": VALUES}) | st.none()
    return st.sampled_from([None, "", "1", "HT", "01/10/2021", "10005173140", 1, 0, 12.5, True, [], {}])


def main():
    """Each file read and reported under the limit; the name of each that stood it."""
    report(SAMPLE.read_bytes())
    for name, content in hostile_files.every():
        made = content.encode() if isinstance(content, str) else content
        del content
        held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + ROOM, -1))
        report(made)
        resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
