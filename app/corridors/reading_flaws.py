"""Can lines be read as a document says: beneficiaries, scenario, exclusive answers, lists that answer each other?

Each contradiction, with its place.
"""

from collections.abc import Iterator, Sequence

from app.corridors.field_flaws import can_be, condition_flaws, written
from app.corridors.flaws import Flaw, Spans, said, spans_of, twice, unknown_waves
from app.corridors.parts import BeneficiarySource, DocumentSpec, FieldSpec, ListSpec, Pairing
from app.corridors.spec import CorridorSpec
from app.domain.enums import DepositMode


def find(spec: CorridorSpec) -> Iterator[Flaw]:
    yield from _needed_everywhere(spec)
    for rank, source in enumerate(spec.beneficiaries):
        yield from _source(spec, f"beneficiaries[{rank}]", source)
        for earlier, other in enumerate(spec.beneficiaries[:rank]):
            if _read_twice(source, other):
                message = f"« {source.identifier_path} » est déjà lu par beneficiaries[{earlier}]"
                yield Flaw(f"beneficiaries[{rank}].list", message)
    yield from _questions(spec)
    yield from _exclusions(spec)
    yield from _pairings(spec)


def _read_twice(one: BeneficiarySource, other: BeneficiarySource) -> bool:
    """Whether a line may name the same people by both."""
    together = one.when is None or other.when is None or one.when == other.when
    return together and one.identifier_path == other.identifier_path


def _needed_everywhere(spec: CorridorSpec) -> Iterator[Flaw]:
    """A line of a file announces a piece and names its beneficiaries, wherever it may be deposited."""
    if spec.deposit is not DepositMode.JSON:
        return
    offered = frozenset((window.phase, window.wave) for window in spec.windows if window.wave in spec.waves)
    if missing := offered - _spans(spec, spec.documents):
        yield Flaw("documents", f"aucune pièce n'est demandée : {said(missing)}")
    named = {source.list for source in spec.beneficiaries}
    if missing := offered - _spans(spec, [one for one in spec.lists if one.path in named]):
        yield Flaw("beneficiaries", f"aucun bénéficiaire n'est demandé : {said(missing)}")


def _spans(spec: CorridorSpec, parts: Sequence[ListSpec | DocumentSpec]) -> Spans:
    return frozenset(span for part in parts for span in spans_of(spec, part))


def _questions(spec: CorridorSpec) -> Iterator[Flaw]:
    yield from _questions_twice(spec)
    for rank, question in enumerate(spec.scenario):
        place, field = f"scenario[{rank}]", spec.field(question.path)
        yield from unknown_waves(spec, place, question)
        if field is None:
            yield Flaw(f"{place}.path", f"question de scénario inconnue : {question.path}")
        elif question.equals is True and field.kind != "boolean":
            yield Flaw(f"{place}.path", f"« {question.path} » ne se répond pas par true ou false")
        elif not can_be(field, question.equals):
            yield Flaw(f"{place}.equals", f"« {question.path} » ne vaut jamais {written(question.equals)}")
        elif missing := set(question.waves) - set(field.waves or question.waves):
            waves = ", ".join(map(str, sorted(missing)))
            yield Flaw(f"{place}.waves", f"« {question.path} » n'est pas demandé en vague {waves}")


def _questions_twice(spec: CorridorSpec) -> Iterator[Flaw]:
    """A question is known by its path and the answer it is about."""
    asked = [one.path if one.equals is True else (one.path, written(one.equals)) for one in spec.scenario]
    yield from twice("scenario[{}].path", asked, "le chemin")


def _exclusions(spec: CorridorSpec) -> Iterator[Flaw]:
    for rank, group in enumerate(spec.exclusive):
        for index, path in enumerate(group.paths):
            place, field = f"exclusive[{rank}].paths[{index}]", spec.field(path)
            if field is None:
                yield Flaw(place, f"exclusion d'un champ inconnu : {path}")
            elif field.kind != "boolean" or "[]" in path:
                yield Flaw(place, f"« {path} » n'est pas une réponse true ou false de la demande")
        yield from twice(f"exclusive[{rank}].paths[{{}}]", group.paths, "le chemin")
        yield from _asked_together(spec, f"exclusive[{rank}]", [one for one in map(spec.field, group.paths) if one])


def _asked_together(spec: CorridorSpec, place: str, fields: list[FieldSpec]) -> Iterator[Flaw]:
    """Exclusive answers are asked in the same phases and waves, and their examples do not contradict each other."""
    for field in fields[1:]:
        if apart := spans_of(spec, field) ^ spans_of(spec, fields[0]):
            yield Flaw(place, f"« {fields[0].path} » et « {field.path} » ne sont pas demandés ensemble : {said(apart)}")
    examples = [field.example for field in fields]
    if examples.count(True) > 1 or (None not in examples and True not in examples):
        yield Flaw(place, "un seul des exemples de ces réponses vaut true")


def _pairings(spec: CorridorSpec) -> Iterator[Flaw]:
    lists = {one.path for one in spec.lists}
    for rank, pairing in enumerate(spec.pairings):
        place = f"pairings[{rank}]"
        for tag, path in (("list", pairing.list), ("per", pairing.per)):
            if path not in lists:
                yield Flaw(f"{place}.{tag}", f"« {path} » n'est pas une liste déclarée")
            elif path.count("[]"):
                yield Flaw(f"{place}.{tag}", f"« {path} » est une liste dans une liste")
        for tag, path in (("key", pairing.path), ("per_key", pairing.per_path)):
            if spec.field(path) is None:
                yield Flaw(f"{place}.{tag}", f"« {path} » n'est pas un champ")
            elif not _is_asked(spec, path):
                yield Flaw(f"{place}.{tag}", f"« {path} », qui identifie, n'est pas obligatoire")
        yield from _same_kind(spec, place, pairing)


def _is_asked(spec: CorridorSpec, path: str) -> bool:
    field = spec.field(path)
    return field is not None and (field.required or field.required_if is not None)


def _same_kind(spec: CorridorSpec, place: str, pairing: Pairing) -> Iterator[Flaw]:
    kinds = [field.kind for field in map(spec.field, (pairing.path, pairing.per_path)) if field]
    if len(set(kinds)) > 1:
        yield Flaw(place, f"les deux identifiants ne sont pas du même type ({kinds[0]}, {kinds[1]})")
    if pairing.list == pairing.per:
        yield Flaw(place, "une liste ne se répond pas à elle-même")


def _source(spec: CorridorSpec, place: str, source: BeneficiarySource) -> Iterator[Flaw]:
    listed = next((one for one in spec.lists if one.path == source.list), None)
    if listed is None:
        yield Flaw(f"{place}.list", f"« {source.list} » n'est pas une liste déclarée")
        return
    field = spec.field(source.identifier_path)
    if field is None:
        yield Flaw(f"{place}.identifier", f"« {source.identifier_path} » n'est pas un champ")
    elif field.kind != source.identifier_kind:
        kinds = f"« {field.kind} », non « {source.identifier_kind} »"
        yield Flaw(f"{place}.identifier_kind", f"le champ « {field.path} » est de type {kinds}")
    elif not _is_asked(spec, field.path):
        yield Flaw(f"{place}.identifier", f"« {field.path} », qui identifie, n'est pas obligatoire")
    for tag in ("name", "email", "phone"):
        key = getattr(source, tag)
        if key and spec.field(source.path_of(key)) is None:
            yield Flaw(f"{place}.{tag}", f"« {source.path_of(key)} » n'est pas un champ")
    if source.when:
        yield from condition_flaws(spec, f"{place}.when", source.when, spans_of(spec, listed))
