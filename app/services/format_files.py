"""The files one downloads from the documentation of the format: example, blank, JSON Schema, by phase and wave.

They are made of the corridor in force; an example is a file the simulator takes.
"""

import json
from typing import Any

from app.corridors.spec import CorridorSpec
from app.domain import numbers
from app.domain.enums import DepositMode, Phase
from app.exchange import codes, example_file, json_schema, line_model, result
from app.exchange.line_model import LineModel
from app.exchange.result import Answer
from app.models.corridors import CorridorVersion
from app.services import clock, corridor_versions, formats, ports

PAGE = "/segurnum/documentation-json"
# Neither is anybody's: they only show the shape.
ANS_NUMBER, SIRET = "abc123def4", "26010003700068"


def schema(code: str, phase: str, wave: int | None = None) -> dict[str, Any] | None:
    """The JSON Schema of a file; None for what is unknown or has no file. Without wave: the last."""
    found = _find(code, phase, wave)
    if found is None:
        return None
    version, model, of_wave = found
    address = f"{ports.get().public_base_url}{folder(code, model.phase, of_wave)}/schema.json"
    title = f"Fichier de demandes {model.phase.of} – {model.spec.label} ({code}), vague {of_wave}"
    comment = f"Version {version.number} du couloir, publiée le {formats.day(version.published_at)}."
    return json_schema.of_file(model, title, address, comment)


def example(code: str, phase: str, wave: int | None = None, *, blank: bool = False) -> dict[str, Any] | None:
    """A file of one line made of the corridor's examples, or the same with its values emptied; None as above."""
    found = _find(code, phase, wave)
    if found is None:
        return None
    content = example_of(found[1])
    return _emptied(content) if blank else content


def answered(code: str) -> str:
    """What the portal gives back of a file of this corridor, as text: the same, the tags it fills filled."""
    deposited = {
        "impId": None,
        "numeroAns": ANS_NUMBER,
        "siret": SIRET,
        "lignesImport": [
            {"numLigne": rank, "typeAction": "C", "numeroASP": None, "numeroEditeur": f"{rank:05d}"} for rank in (1, 2)
        ],
    }
    rejected = f"{codes.EMPTY_VALUE.name} : {codes.EMPTY_VALUE.cure}"
    answers = [
        Answer(numbers.request(numbers.dossier(code, 5046), Phase.AVANCE), codes.RETAINED_CODE, codes.RETAINED_LABEL),
        Answer(None, codes.EMPTY_VALUE.code, rejected),
    ]
    text = result.write(json.dumps(deposited).encode(), 6782, answers)
    return json.dumps(json.loads(text), ensure_ascii=False, indent=2)


def folder(code: str, phase: Phase, wave: int) -> str:
    """The address under which the files of a phase and wave are."""
    return f"{PAGE}/{code}/vague-{wave}/{phase.value}"


def may_be_a_code(code: str) -> bool:
    return len(code) <= 3 and code.isascii() and code.isalnum()


def model_of(version: CorridorVersion, phase: Phase, wave: int) -> LineModel:
    return line_model.model_of(version.digest, corridor_versions.spec_of(version), phase, wave)


def example_of(model: LineModel) -> dict[str, Any]:
    return example_file.example(model.spec, model.phase, ANS_NUMBER, SIRET, "HT", clock.today())


def _find(code: str, phase: str, wave: int | None) -> tuple[CorridorVersion, LineModel, int] | None:
    version = corridor_versions.in_force(code) if may_be_a_code(code) else None
    if version is None or phase not in list(Phase):
        return None
    spec = corridor_versions.spec_of(version)
    of_wave = spec.waves[-1] if wave is None else wave
    return (version, model_of(version, Phase(phase), of_wave), of_wave) if _has_file(spec, of_wave) else None


def _has_file(spec: CorridorSpec, wave: int) -> bool:
    return spec.deposit is DepositMode.JSON and wave in spec.waves


def _emptied(value: Any) -> Any:
    match value:
        case dict():
            return {key: _emptied(below) for key, below in value.items()}
        case list():
            return [_emptied(below) for below in value]
    return None
