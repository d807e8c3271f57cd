"""How a closed list is written: the code is what is stored, the label is what is shown."""

from enum import StrEnum


class Labelled(StrEnum):
    """A stored code with its French label. The label is written here and nowhere else."""

    label: str

    def __new__(cls, code: str, label: str = "") -> "Labelled":
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member
