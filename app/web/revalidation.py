"""How does a public page cost little when nothing changed? A stranger's browser keeps it and asks again each time.

The answer to « has it changed? » is 304, told from the facts the page is made of, without making the page. A new
version is thus seen at once. Someone logged in gets his own page (his menu, his tokens), never kept.
"""

import hashlib
from collections.abc import Callable, Hashable

from flask import Response, make_response, request
from flask_login import current_user

from app.web.headers import REVALIDATED, csp_nonce

_KEPT = 256


def answer(facts: Hashable, make: Callable[[], str | bytes | Response]) -> Response:
    """The page that `make` gives, or 304. `facts`: all that it depends on in this process, its address aside."""
    if current_user.is_authenticated:
        return make_response(make())
    request.environ[REVALIDATED] = True
    key = (request.full_path, request.host_url, facts)
    etag = _ETAGS.get(key)
    if etag and etag in request.if_none_match:
        return _tagged(Response(status=304), etag)
    made = make_response(make())
    if made.status_code != 200:
        return made
    # The nonce changes with each answer: it is no part of what the page says.
    etag = hashlib.sha256(made.get_data().replace(csp_nonce().encode(), b"")).hexdigest()[:32]
    if len(_ETAGS) >= _KEPT:
        _ETAGS.clear()
    _ETAGS[key] = etag
    return _tagged(Response(status=304) if etag in request.if_none_match else made, etag)


def _tagged(response: Response, etag: str) -> Response:
    response.set_etag(etag)
    response.headers["Vary"] = "Cookie"
    return response


_ETAGS: dict[Hashable, str] = {}
