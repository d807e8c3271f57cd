"""Which line and which column is an offset of a text?"""

import re
from bisect import bisect_left

from app.exchange.faults import Mark

LONE_RETURN = re.compile(r"\r(?!\n)")
_BLOCK = 512  # characters


class Rows:
    """Lines and columns of a text. Newlines are counted by blocks, up to where somebody asks.

    A carriage return alone ends a line too, as every editor shows it.
    """

    def __init__(self, text: str) -> None:
        self._text = LONE_RETURN.sub("\n", text) if "\r" in text else text
        self._before = [0]  # newlines before each block

    def mark(self, offset: int) -> Mark:
        """Line and column of an offset."""
        block = offset // _BLOCK
        while len(self._before) <= block:
            end = len(self._before) * _BLOCK
            self._before.append(self._before[-1] + self._text.count("\n", end - _BLOCK, end))
        here = self._text.count("\n", block * _BLOCK, offset)
        above = self._before[block]
        if here:
            start = self._text.rfind("\n", block * _BLOCK, offset) + 1
        elif above:
            last = bisect_left(self._before, above) - 1
            start = self._text.rfind("\n", last * _BLOCK, (last + 1) * _BLOCK) + 1
        else:
            start = 0
        return Mark(above + here + 1, offset - start + 1)
