"""`/sante`: 200 when the portal can work, 503 with the failing part. Asked by the load balancer."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.extensions import limiter
from app.services import health

blueprint = Blueprint("health", __name__)


@blueprint.get("/sante")
@limiter.exempt
def check() -> ResponseReturnValue:
    parts = health.parts()
    healthy = all(part.ok for part in parts)
    body = {"statut": "ok" if healthy else "en panne", "parties": {part.name: part.detail for part in parts}}
    return jsonify(body), 200 if healthy else 503
