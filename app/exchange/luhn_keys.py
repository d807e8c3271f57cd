"""Do all these numbers carry a right Luhn key? Asked of hundreds at once, where one by one would cost the most.

A Luhn sum adds what each digit is worth at its place, so hundreds of sums are added at a time: the digits of one place
in every number make one long integer of bytes. What a digit is worth is asked of the library that judges one number.
"""

from collections.abc import Sequence

from stdnum import luhn

_DIGITS = b"0123456789"
_WORTH = tuple(
    bytes.maketrans(_DIGITS, bytes(luhn.checksum(f"{digit}{'0' * place}") for digit in range(10))) for place in (0, 1)
)
_LONGEST = 255 // 9  # digits: a sum has one byte


def wrong(numbers: Sequence[str], length: int) -> list[int]:
    """The indexes of the numbers whose key is wrong. All are of this length, in digits of ASCII."""
    if not 0 < length <= _LONGEST:
        raise ValueError(f"1 to {_LONGEST} digits")
    together = "".join(numbers).encode()
    sums = sum(
        int.from_bytes(together[place::length].translate(_WORTH[(length - 1 - place) % 2])) for place in range(length)
    )
    return [index for index, one in enumerate(sums.to_bytes(len(numbers))) if one % 10]
