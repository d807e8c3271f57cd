"""What every answer must carry: CSP, no caching of private pages, no framing."""

from werkzeug.datastructures import Headers

from app.domain.enums import Role

ORDERS = ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'", "form-action 'self'")


def kept(endpoint: str, role: Role | None) -> str:
    """No answer is kept, but the public documentation and calendar by a stranger, who asks again each time."""
    public = endpoint.split(".")[0] in ("documentation", "calendar") and endpoint != "calendar.own_feed"
    return "no-cache" if public and role is None else "no-store"


def protected(endpoint: str, role: Role | None, headers: Headers) -> bool:
    """Whether an answer of this endpoint to this role carries its protections."""
    policy = headers.get("Content-Security-Policy", "")
    scripts = next((part for part in policy.split(";") if part.strip().startswith("script-src")), "")
    previewed = endpoint == "files.staff_preview"
    return (
        (previewed or all(order in policy for order in ORDERS))
        and "unsafe" not in scripts
        and headers.get("X-Content-Type-Options") == "nosniff"
        and headers.get("X-Frame-Options") == "SAMEORIGIN"
        and headers.get("Referrer-Policy") == "same-origin"
        and (endpoint.endswith("static") or headers.get("Cache-Control") == kept(endpoint, role))
    )
