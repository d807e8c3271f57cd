"""How a refusal becomes an answer: rules, conflicts, missing things and outages, in French, one page."""

import logging

import sqlalchemy as sa
from flask import Flask, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError

from app.domain.errors import Conflict, NotAllowed, RuleBroken, Unavailable
from app.extensions import Strike, db, set_reading, strike

logger = logging.getLogger(__name__)

TITLES = {
    400: ("Requête refusée", "L'adresse ou le formulaire envoyé n'est pas valable. Revenez à la page précédente."),
    403: ("Accès refusé", "Votre profil ne permet pas cette action."),
    404: ("Page introuvable", "Cette page n'existe pas, ou ne vous concerne pas."),
    405: ("Méthode refusée", "Cette adresse ne répond pas à cette demande."),
    409: ("Action impossible", "La situation a changé depuis l'ouverture de la page."),
    413: ("Fichier trop volumineux", "L'envoi dépasse la taille permise."),
    422: ("Saisie refusée", "Une des données saisies ne convient pas."),
    429: ("Trop de tentatives", "Patientez un instant avant de recommencer."),
    500: ("Erreur inattendue", "L'incident est enregistré. Réessayez ; s'il persiste, contactez l'assistance."),
    503: ("Service momentanément indisponible", "Réessayez dans quelques minutes."),
    505: ("Protocole trop ancien", "Ce fichier ne peut être envoyé qu'en HTTP/1.1 ou plus récent."),
}
# Title, message, seconds before trying again.
STRIKES = {
    Strike.TOO_LONG: (
        "Réponse trop longue",
        "La réponse prend trop de temps et a été interrompue ; rien n'a été enregistré. Précisez la recherche ou les"
        " filtres, puis réessayez.",
        30,
    ),
    Strike.LOCKED: ("Base occupée", "La base est occupée, réessayez. Rien n'a été enregistré.", 5),
    Strike.GONE: (
        "Base injoignable",
        "La base ne répond pas. Réessayez dans quelques instants, après avoir regardé si ce que vous envoyiez est"
        " enregistré.",
        10,
    ),
    Strike.FULL: (
        "Plus de place",
        "Il n'y a plus de place pour écrire. Rien n'a été enregistré ; réessayez dans quelques minutes.",
        60,
    ),
}
_OUTAGES = (Strike.GONE, Strike.FULL)
Answer = tuple[str, int] | tuple[str, int, dict[str, str]]


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Conflict, lambda refusal: _page(409, str(refusal)))
    app.register_error_handler(NotAllowed, lambda refusal: _page(403, str(refusal)))
    app.register_error_handler(RuleBroken, lambda refusal: _page(422, str(refusal)))
    app.register_error_handler(Unavailable, _down)
    app.register_error_handler(Exception, _bug)


def _http(error: HTTPException) -> tuple[str, int] | HTTPException:
    if isinstance(error, SecurityError):
        return TITLES[400][0], 400  # an unknown host: no address can be built, so no page
    if error.code is None or error.code < 400:
        return error
    page, code = _page(error.code, read_only=request.method in ("GET", "HEAD"))
    retry = getattr(error, "retry_after", None)
    return (page, code, {"Retry-After": str(retry)}) if retry else (page, code)  # type: ignore[return-value]


def _down(error: Unavailable) -> tuple[str, int]:
    logger.error("unavailable: %s", error)
    return _page(503, str(error))


def _bug(error: Exception) -> Answer:
    if isinstance(error, sa.exc.DataError) and "NUL" in str(error.orig):
        return _page(400)  # a form may hold the character that PostgreSQL does not
    struck = strike(error)
    if struck is None:
        logger.exception("unexpected error")
        return _page(500)
    if struck in _OUTAGES:
        logger.error("outage: %s", struck.name, exc_info=error)
    else:
        logger.warning("time limit: %s", struck.name, exc_info=error)
    return _struck(struck)


def _struck(struck: Strike) -> Answer:
    """The page itself must not wait for what it tells of: it only reads, and asks no more who the person is. Without a
    base, not even what was known of him is read again."""
    title, message, seconds = STRIKES[struck]
    set_reading(True)
    if struck is Strike.GONE or "_login_user" not in g:
        g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    return *_page(503, message, title), {"Retry-After": str(seconds)}


def _page(code: int, message: str = "", title: str = "", *, read_only: bool = False) -> tuple[str, int]:
    """`read_only`: nothing is to be undone, and what was read of the person may serve."""
    if not read_only:
        db.session.rollback()
    usual, text = TITLES.get(code, TITLES[500] if code >= 500 else TITLES[400])
    return render_template("errors/error.html", code=code, title=title or usual, message=message or text), code
