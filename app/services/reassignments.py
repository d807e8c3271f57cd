"""The files kept of a ZIP: given to the piece that the supplier chooses, replaced by another file, or discarded.

Each is proved again before it becomes a piece, as any upload. Several at once, all or none: what cannot be done is said
file by file. A file that somebody sorted meanwhile is told, not refused: a form sent twice does its work once.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from app.domain import file_names, limits, piece_matching
from app.domain.enums import EntryOutcome, RequestStatus
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.documents import ExpectedDocument
from app.models.imports import JsonImport
from app.models.kept_files import KeptFile
from app.models.requests import Avenant
from app.models.users import User
from app.services import actors, audit, bundles, documents, formats, incomplete, kept_files, stored_files
from app.services.documents import Stored

DISCARD, REPLACE = "Écarter un fichier à classer", "Remplacer un fichier à classer"


@dataclass(frozen=True, slots=True)
class Choice:
    """What to do with a kept file. `expected_id` None: discard it. `instead_of`: the document it replaces, as the page
    showed it; None when the piece was still expected."""

    kept_id: int
    expected_id: int | None = None
    instead_of: int | None = None


@dataclass(slots=True)
class Sorted:
    """What was done: the names given their place, discarded, or sorted by somebody else before; requests completed."""

    given: list[str] = field(default_factory=list)
    discarded: list[str] = field(default_factory=list)
    gone: int = 0
    completed: list[str] = field(default_factory=list)


class Refused(RuleBroken):
    """Nothing was done: `faults` says why, by id of the kept file."""

    def __init__(self, faults: Mapping[int, str]) -> None:
        super().__init__("Aucun fichier n'a été classé : corrigez les choix signalés.")
        self.faults = dict(faults)


def sort(json_import: JsonImport, choices: Sequence[Choice], user: User) -> Sorted:
    """Do what was chosen for files of this import (the caller commits).

    Raises `NotAllowed` (not his), `Refused` (by file), `RuleBroken` (nothing chosen), `Conflict` (a request was deleted
    meanwhile), `Unavailable`.
    """
    bundles.refuse_foreign(json_import, user)
    if not choices:
        raise RuleBroken("Choisissez une pièce pour au moins un fichier, ou écartez-le.")
    expected = {one.id: one for one in bundles.expected_of(json_import)}
    _refuse_claims(choices, expected)
    stored = _stored(json_import, choices)
    requests = {expected[place].avenant_id: expected[place].avenant for _, place in _gifts(choices)}
    for _, avenant in sorted(requests.items()):
        documents.hold(avenant)
    held = kept_files.hold(json_import, [one.kept_id for one in choices])
    done = Sorted()
    faults: dict[int, str] = {}
    for choice in choices:
        kept = held.get(choice.kept_id)
        if kept is None:
            done.gone += 1
            _give_up(stored.get(choice.kept_id))
        elif choice.expected_id is None:
            _discard(kept, user, done)
        else:
            fault = _give(kept, expected[choice.expected_id], choice.instead_of, stored[choice.kept_id], user, done)
            faults |= {choice.kept_id: fault} if fault else {}
    if faults:
        raise Refused(faults)
    _complete(requests.values(), user, done)
    return done


def replace(json_import: JsonImport, kept_id: int, file_name: str, content: BinaryIO, user: User) -> Sorted:
    """Another file instead of a kept one: it takes the place that its name, or that of the former, tells; else it waits
    to be sorted in its turn.

    Raises `NotAllowed`, `RuleBroken` (no acceptable piece; the former was sorted meanwhile), `Conflict`, `Unavailable`.
    """
    bundles.refuse_foreign(json_import, user)
    former = kept_files.find(json_import, kept_id)
    if former is None:
        raise RuleBroken("Ce fichier a été classé entre-temps : rechargez la page.")
    expected = {one.id: one for one in bundles.expected_of(json_import)}
    slots = [bundles.slot_of(one) for one in expected.values()]
    stored = documents.store(file_name, content)
    matches = [piece_matching.match([name], slots)[0] for name in (stored.file.name, former.name)]
    match = next((one for one in matches if one.slot), matches[0])
    target = expected[match.slot.key] if match.slot else None
    if target:
        documents.hold(target.avenant)
    kept = kept_files.hold(json_import, [kept_id]).get(kept_id)
    if kept is None:
        raise RuleBroken("Ce fichier a été classé entre-temps : rechargez la page.")
    before = kept.name
    audit.record(
        REPLACE,
        "json_import",
        str(json_import.id),
        actors.of(user),
        before={"file_name": before},
        after={"file_name": stored.file.name},
    )
    done = Sorted()
    if target is None:
        _wait_again(json_import, kept, stored, match.outcome, match.reason, user)
        return done
    fault = _give(kept, target, None, stored, user, done)
    if fault:
        raise Refused({kept_id: fault})
    _complete([target.avenant], user, done)
    return done


def _gifts(choices: Sequence[Choice]) -> list[tuple[int, int]]:
    """(kept file, piece chosen) of those to be given a place."""
    return [(one.kept_id, one.expected_id) for one in choices if one.expected_id is not None]


def _refuse_claims(choices: Sequence[Choice], expected: Mapping[int, ExpectedDocument]) -> None:
    """A piece that is not of this import, or that two files are chosen for."""
    faults: dict[int, str] = {}
    taken: dict[int, int] = {}
    for kept_id, place in _gifts(choices):
        if place not in expected:
            faults[kept_id] = "Cette pièce n'est pas attendue par cet import."
        elif place in taken:
            faults[kept_id] = faults[taken[place]] = "Deux fichiers sont choisis pour la même pièce."
        taken.setdefault(place, kept_id)
    if faults:
        raise Refused(faults)


def _stored(json_import: JsonImport, choices: Sequence[Choice]) -> dict[int, Stored]:
    """The bytes of each file to give, out of quarantine: proved, scanned again and stored, before any lock."""
    made: dict[int, Stored] = {}
    faults: dict[int, str] = {}
    for kept_id, _ in _gifts(choices):
        kept = kept_files.find(json_import, kept_id)
        if kept is None:
            continue
        try:
            made[kept_id] = _proved(kept)
        except RuleBroken as fault:
            faults[kept_id] = str(fault)
    if faults:
        raise Refused(faults)
    return made


def _proved(kept: KeptFile) -> Stored:
    if not kept.usable:
        raise RuleBroken("Ce fichier ne peut pas devenir une pièce : remplacez-le.")
    with kept_files.open_content(kept) as content:
        data = io.BytesIO(content.read(limits.PIECE_BYTES + 1))
    return documents.store(file_names.base(kept.name), data)


def _give(
    kept: KeptFile, expected: ExpectedDocument, instead_of: int | None, stored: Stored, user: User, done: Sorted
) -> str:
    """Make it the piece, its request held. Returns why not; what somebody else gave meanwhile stands."""
    avenant = expected.avenant
    db.session.refresh(expected)
    if expected.document and expected.document.digest == stored.file.digest:
        _give_up(stored)
    elif avenant.status is not RequestStatus.INCOMPLETE:
        return f"La demande {avenant.number} est complète : ses pièces ne peuvent plus être changées."
    elif incomplete.is_locked(avenant.expires_on):
        return f"La demande {avenant.number} a expiré le {formats.day(avenant.expires_on)}."
    elif expected.document_id != instead_of:
        return f"La demande {avenant.number} a reçu entre-temps un autre fichier pour « {expected.file_name} »."
    else:
        documents.place(expected, stored, user)
    done.given.append(kept.name)
    kept_files.drop(kept)
    return ""


def _discard(kept: KeptFile, user: User, done: Sorted) -> None:
    audit.record(
        DISCARD,
        "json_import",
        str(kept.json_import_id),
        actors.of(user),
        before={"file_name": kept.name, "digest": kept.digest},
    )
    done.discarded.append(kept.name)
    kept_files.drop(kept)


def _wait_again(
    json_import: JsonImport, kept: KeptFile, stored: Stored, outcome: EntryOutcome, reason: str, user: User
) -> None:
    """The new bytes wait in the place of the former."""
    kept_files.drop(kept)
    waiting = kept_files.Leftover(
        stored.file.name,
        outcome,
        reason,
        None,
        stored.file.media_type,
        stored.file.size,
        stored.file.digest,
        stored.key,
        stored.scan,
    )
    if not kept_files.keep(json_import, [waiting], user):
        raise RuleBroken(kept_files.FULL.strip())


def _complete(avenants: Iterable[Avenant], user: User, done: Sorted) -> None:
    for avenant in avenants:
        if documents.complete_if_ready(avenant, actors.of(user)):
            done.completed.append(avenant.number)


def _give_up(stored: Stored | None) -> None:
    if stored:
        stored_files.delete_after_commit(stored.key)
