"""Files that belong to no request: kept once proved, dropped with their bytes."""

import io

import pytest

from app.domain.errors import RuleBroken
from app.extensions import db
from app.services import attachments, ports, stored_files
from tests import files


def test_a_sound_file_is_kept_whole(session):
    content = files.pdf()
    kept = attachments.keep("Kbis société.pdf", io.BytesIO(content))
    assert (kept.file_name, kept.media_type, kept.size) == ("Kbis société.pdf", "application/pdf", len(content))
    with attachments.open_content(kept) as stored:
        assert stored.read() == content


def test_what_is_no_piece_is_refused_by_name(session):
    with pytest.raises(RuleBroken, match="kbis.exe"):
        attachments.keep("kbis.exe", io.BytesIO(b"MZ"))


def test_a_dropped_file_leaves_the_store_at_the_commit(session):
    kept = attachments.keep("rib.pdf", io.BytesIO(files.pdf()))
    db.session.commit()
    key = kept.storage_key
    attachments.drop(kept)
    ports.get().store.open(key).close()
    db.session.commit()
    with pytest.raises(KeyError):
        ports.get().store.open(key)


def test_the_sweeper_spares_what_a_row_holds(session, monkeypatch):
    kept = attachments.keep("rib.pdf", io.BytesIO(files.pdf()))
    orphan = stored_files.put_attachment(io.BytesIO(b"perdu"))
    store = ports.get().store
    monkeypatch.setattr(
        store,
        "keys",
        lambda prefix="": [(key, 10 * 3600.0) for key in (kept.storage_key, orphan) if key.startswith(prefix)],
    )
    assert stored_files.sweep_orphans(1) == 1
    store.open(kept.storage_key).close()
    with pytest.raises(KeyError):
        store.open(orphan)
