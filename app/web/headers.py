"""What every answer carries: a strict CSP with a nonce, no caching of private pages, no framing. No NUL comes in.

A 304 carries no CSP: the page that is kept keeps the nonce it came with.
"""

import secrets

from flask import Flask, Response, abort, g, request

from app.extensions import set_hurried, set_reading
from app.services import audit

# Set in the environment of a request whose answer a browser may keep, if it asks each time whether it changed.
REVALIDATED = "segurnum.revalidated"


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_protect)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def csp_nonce() -> str:
    """The nonce of this answer's own scripts and styles."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def _begin() -> None:
    set_hurried(True)
    set_reading(request.method in ("GET", "HEAD", "OPTIONS"))
    audit.ADDRESS.set(request.remote_addr or "")
    if any("\0" in value for _, value in request.args.items(multi=True)):
        abort(400)  # PostgreSQL holds no NUL character: nothing it is asked may carry one


def _protect(response: Response) -> Response:
    if response.status_code != 304:
        nonce = csp_nonce()
        response.headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}';"
            " img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'; form-action 'self'",
        )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint is None or not request.endpoint.endswith("static"):
        response.headers["Cache-Control"] = "no-cache" if REVALIDATED in request.environ else "no-store"
    return response
