"""The corridors' documents as they are shipped, read once for all the tests."""

from app.corridors import documents
from app.domain.enums import DepositMode

SPECS = {spec.code: spec for spec in documents.shipped()}
BY_FILE = {code: spec for code, spec in SPECS.items() if spec.deposit is DepositMode.JSON}
