"""A few of the points at which a deposit may die; `make killpoints` runs them all."""

import shutil

import pytest

from tests import kill_forms, kill_points
from tests.conftest import SERVER

pytestmark = [
    pytest.mark.committed,
    pytest.mark.skipif(not shutil.which("strace"), reason="the Debian package strace is missing"),
    pytest.mark.skipif(bool(SERVER), reason="the calls counted here are those of SQLite"),
]
# Before the first file is whole, the row of an import, that of a piece, and two acknowledgements.
POINTS = (("fsync", 1), ("rename", 2), ("pwrite64", 60), ("fdatasync", 3), ("sendto", 1), ("sendto", 2))
# Between two files, before the commit of their rows and mail, before what is committed is acknowledged.
FORM_POINTS = (("rename", 2), ("fdatasync", 1), ("sendto", 1))


def test_a_server_killed_in_the_middle_of_a_deposit_loses_nothing_it_acknowledged(tmp_path):
    with kill_points.run(tmp_path, kill_points.Run) as run:
        for point in POINTS:
            assert run.kill_at(point), f"{point}: it did not die"
            assert run.faults() == [], point
        assert not run.kill_at(("fsync", 999)), "nothing was damaged: a whole deposit passes"
        assert run.faults() == []
        assert run.ledger.pieces


def test_a_form_killed_with_its_files_is_whole_with_its_mail_or_not_there_and_may_be_sent_again(tmp_path):
    with kill_points.run(tmp_path, kill_forms.FormRun) as run:
        for point in FORM_POINTS:
            assert run.kill_at(point), f"{point}: it did not die"
            assert run.faults() == [], point
        assert len(run.ledger.forms) == len(FORM_POINTS)


def test_points_are_every_call_or_evenly_among_them():
    assert kill_points.points_of({"fsync": 3}) == [("fsync", 1), ("fsync", 2), ("fsync", 3)]
    assert kill_points.points_of({"write": 9}, most=3) == [("write", 1), ("write", 5), ("write", 9)]
