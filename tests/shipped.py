"""The corridors' documents as they are shipped, and what reads their files: each made once for all the tests."""

import functools

from app.corridors import documents
from app.domain.enums import DepositMode, Phase
from app.exchange import line_model
from app.exchange.line_model import LineModel

SPECS = {spec.code: spec for spec in documents.shipped()}
BY_FILE = {code: spec for code, spec in SPECS.items() if spec.deposit is DepositMode.JSON}
FILES = {
    f"{spec.code}-{wave}-{phase.value}": (spec.code, wave, phase)
    for spec in BY_FILE.values()
    for wave in spec.waves
    for phase in Phase
}


@functools.cache
def model(file: str) -> LineModel:
    """What reads the files of this name of `FILES`."""
    code, wave, phase = FILES[file]
    return line_model.build(BY_FILE[code].narrowed(wave), phase)


@functools.cache
def model_of_every_wave(code: str, phase: Phase) -> LineModel:
    return line_model.build(SPECS[code], phase)
