"""« Ma demande de financement »: the two tabs of a supplier who deposits by form, their forms and what became of them.

Guides « Dépôt d'une demande d'avance SAS », « Modification d'une demande de solde SAS » and « Opérateur MSS », whose
address is kept. Both forms are drawn from the corridor's document.
"""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views import table_pages
from admin_views.supplier.pages import Pages, attempt, person, without_lock
from app.domain import limits
from app.domain.enums import AWAITING_SUPPLIER, Phase, RequestStatus
from app.domain.errors import Conflict
from app.extensions import db
from app.models.requests import Avenant
from app.services import form_deposits, form_pieces, form_spaces, request_view
from app.services.form_spaces import Space
from forms import form_requests
from forms.form_requests import RequestForm

TOO_BIG = f"Les fichiers dépassent ensemble {limits.FORM_PIECES_BYTES // limits.MEGABYTE} Mo : ils n'ont pas été reçus."


class FormRequests(Pages):
    """`?enrolement=` one of his enrolments, `?dossier=` one of its dossiers, `?nouveau=1` the next deposit."""

    landing = "avance"
    rooms = {"deposit_avance": limits.FORM_PIECES_BYTES, "deposit_solde": limits.FORM_PIECES_BYTES}

    @expose("/demande_avance_operateur")
    def avance(self) -> ResponseReturnValue:
        return self._show(Phase.AVANCE)

    @expose("/demande_avance_operateur", methods=("POST",))
    def deposit_avance(self) -> ResponseReturnValue:
        return self._deposit(Phase.AVANCE)

    @expose("/demande_solde_operateur")
    def solde(self) -> ResponseReturnValue:
        return self._show(Phase.SOLDE)

    @expose("/demande_solde_operateur", methods=("POST",))
    def deposit_solde(self) -> ResponseReturnValue:
        return self._deposit(Phase.SOLDE)

    def oversized(self, arguments: Mapping[str, Any]) -> ResponseReturnValue:
        phase = Phase.SOLDE if str(request.endpoint).endswith("solde") else Phase.AVANCE
        return self._show(phase, TOO_BIG), 413

    def _show(self, phase: Phase, refusal: str = "") -> str:
        space = _space()
        if space is None:
            return self.render("supplier/form/nowhere.html", phase=phase)
        return self._page(space, phase, refusal=refusal)

    def _deposit(self, phase: Phase) -> ResponseReturnValue:
        space = _space() or abort(404)
        form = form_requests.of(space.spec(phase), phase, sent=True)
        try:
            avenant = attempt(form, lambda: _deposited(space, phase, form))
        except Conflict as refusal:
            db.session.rollback()
            return self._page(_space(look=True) or abort(404), phase, refusal=str(refusal)), 409
        if avenant is None:
            form_pieces.keep(form.page_key, person(), form.sound)
            db.session.commit()
            return self._page(_space() or abort(404), phase, form), 422
        flash(_receipt(avenant), "success")
        kept = _kept(avenant.dossier.enrolment.number, avenant.dossier.number)
        return redirect(url_for(f".{phase.value}", **kept), 303)

    def _page(self, space: Space, phase: Phase, form: RequestForm | None = None, *, refusal: str = "") -> str:
        """The form, as it was sent or empty; else what became of the request, or why there is none yet."""
        closed, current = form_spaces.closed(space, phase), space.current(phase)
        if form is None and closed is None and (current is None or _asks_another()):
            form = form_requests.of(space.spec(phase), phase)
        number = space.dossier.number if space.dossier else ""
        kept = _kept(space.enrolment.number, number)
        return self.render(
            "supplier/form/page.html",
            space=space,
            phase=phase,
            form=form,
            refusal=refusal,
            closed=closed,
            until=form_spaces.until(space, phase),
            held={code: stored.file.name for code, stored in form.sound.items()} if form else {},
            figures=form_spaces.figures(space, phase),
            recap=form_spaces.recap(space, current),
            view=None if form or current is None else request_view.present(current, asked_pages=table_pages.asked()),
            turn=table_pages.turning(request.path),
            tab="history" if request.args.get("onglet") == "historique" else "current",
            addable=current is not None and current.status in AWAITING_SUPPLIER,
            waits=current is not None and _waits_for_money(space, current),
            choices=form_spaces.enrolments_of(space.enrolment.supplier_id),
            urls={one: url_for(f".{one.value}", **kept) for one in Phase},
            here=url_for(f".{phase.value}", **kept | ({"nouveau": 1} if _asks_another() else {})),
            another=form_spaces.next_deposit(space, phase),
            pieces_url="/segurnums/pieces",
        )


def _deposited(space: Space, phase: Phase, form: RequestForm) -> Avenant:
    """Files are proved first, in a transaction that only reads; then everything is written, or nothing."""
    key = form.page_key
    kept = form_pieces.held(key, person())
    filled = without_lock(lambda: form_deposits.examine(space, phase, form.typed(), form.sent(), key, kept))
    form.sound = filled.files
    return form_deposits.deposit(space, phase, filled, person())


def _space(*, look: bool = False) -> Space | None:
    """What the address names, of this supplier: 404 for what is not his, None when nothing of his is deposited by form.
    `look`: at the request that is there, whatever deposit was asked."""
    enrolments = form_spaces.enrolments_of(person().supplier_id or 0)
    if not enrolments:
        return None
    asked, number = request.args.get("enrolement", ""), request.args.get("dossier", "")
    chosen = next((one for one in enrolments if one.number == asked), None) if asked else enrolments[0]
    next_one = _asks_another() and not number and not look
    return (chosen and form_spaces.of(chosen, number, another=next_one)) or abort(404)


def _asks_another() -> bool:
    return request.args.get("nouveau") == "1"


def _kept(enrolment_number: str, dossier_number: str) -> dict[str, Any]:
    return {"enrolement": enrolment_number} | ({"dossier": dossier_number} if dossier_number else {})


def _waits_for_money(space: Space, avenant: Avenant) -> bool:
    automatic = space.in_force.automatic_decision and avenant.phase is Phase.AVANCE
    return automatic and avenant.status is RequestStatus.VALIDATED


def _receipt(avenant: Avenant) -> str:
    return (
        f"Votre demande {avenant.phase.of} est déposée sous le numéro {avenant.number}. Elle est au statut"
        f" « {avenant.status.label} ». Un courriel de confirmation vous est envoyé."
    )
