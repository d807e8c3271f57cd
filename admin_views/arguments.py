"""Which arguments may the address of a page have? Those it reads: another one is a mistake, told and not ignored."""

from collections.abc import Iterable

from flask import abort, request


def refuse_unknown(known: Iterable[str]) -> None:
    """400 when the address has an argument that is not known."""
    if not set(known).issuperset(request.args):
        abort(400)
