"""The page of one request for the ASP: what was declared, its pieces beside it, its amounts explained, what one may do.

A mixin of the grid « Demandes », whose scope it shares: a request out of it is 404.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_login import current_user
from werkzeug.wrappers import Response

from admin_views import table_pages
from admin_views.staff.batches import envelope_of
from admin_views.staff.writing import actor, attempt, may, require
from app.domain import request_workflow
from app.domain.enums import STAFF_ROLES
from app.domain.errors import RuleBroken
from app.domain.permissions import Capability
from app.domain.request_workflow import Action
from app.models.documents import Document
from app.models.requests import Avenant
from app.services import (
    asked,
    audit,
    audit_words,
    budget,
    decisions,
    declared_versions,
    explanations,
    formats,
    mail_rehearsals,
    offers,
    payments,
    recoveries,
    recovery_facts,
    rejections,
    request_view,
    staff_scope,
)
from app.services import requests as request_service
from app.services.asked import Asked
from app.services.mail_rehearsals import Rehearsed
from app.services.offers import Offer
from forms.asking import AskAmendmentForm, AskDocumentForm
from forms.rejections import RejectForm
from forms.staff import CommentForm, DecideForm, PaymentForm, RecoveryForm, SeenForm

DONE = {
    Action.ASK_DOCUMENT: "La pièce est demandée au fournisseur.",
    Action.ASK_AMENDMENT: "La modification est demandée au fournisseur.",
    Action.VALIDATE: "La demande est validée.",
    Action.REJECT: "La demande est rejetée.",
    Action.DECIDE: "La demande est décidée.",
    Action.CANCEL: "La demande est annulée.",
    Action.CANCEL_DECIDED: "La demande est annulée, son montant est rendu à l'enveloppe.",
    offers.PAY: "La demande est mise en paiement.",
    offers.CONFIRM: "Le paiement est enregistré.",
    offers.RECOVERY: "L'ordre de recouvrement est proposé : un ordonnateur doit l'émettre.",
}
_ASKING = {Action.ASK_DOCUMENT: AskDocumentForm, Action.ASK_AMENDMENT: AskAmendmentForm}
_CAPABILITIES = {
    offers.PAY: Capability.ORDER_PAYMENT,
    offers.CONFIRM: Capability.CONFIRM_PAYMENT,
    offers.RECOVERY: Capability.PROPOSE_RECOVERY,
}
NEVER_SEEN = 0  # no version: rows count theirs from 1
FILL = "remplir"  # the button that writes the chosen reasons in the text, without rejecting yet
_FORMS = {offers.CONFIRM: PaymentForm, offers.RECOVERY: RecoveryForm}


class Instruction:
    """GET /gestion/demandes/<number>, POST …/actions/<action>."""

    render: Callable[..., str]

    @expose("/<number>")
    def instruction(self, number: str) -> str:
        return self._page(_find(number))

    @expose("/<number>/actions/<key>", methods=["POST"])
    def act(self, number: str, key: str) -> Response | tuple[str, int]:
        avenant = _find(number)
        _refuse_role(key)
        _refuse_another_avenant(avenant)
        form = _form(key, avenant)
        if FILL in request.form and isinstance(form, RejectForm):
            return self._page(avenant, {key: _filled(form, avenant)}), 200
        valid = form.validate()
        if form.seen.errors:
            abort(400)
        if "preview" in request.form and key in _ASKING and valid:
            return self._preview(avenant, key, form)
        if not valid or not attempt(form, lambda: _do(avenant, key, form)):
            return self._page(_find(number), {key: form}), 422
        flash(DONE[key], "success")
        return redirect(f"/gestion/demandes/{number}")

    @expose("/<number>/historique/<int(max=9999):rank>")
    def difference(self, number: str, rank: int) -> str:
        told = declared_versions.difference(declared_versions.of(_find(number)), rank) or abort(404)
        return self.render("request/compared.html", told=told, back=f"/gestion/demandes/{number}")

    def _preview(self, avenant: Avenant, key: str, form: Any) -> tuple[str, int]:
        """The mail this act would send; nothing is done."""
        mails: list[Rehearsed] = []
        done = attempt(form, lambda: mails.extend(mail_rehearsals.of(avenant, lambda: _do(avenant, key, form))))
        return self._page(_find(avenant.number), {key: form}, mails), 200 if done else 422

    def _page(
        self, avenant: Avenant, tried: dict[str, SeenForm] | None = None, rehearsed: Sequence[Rehearsed] = ()
    ) -> str:
        shown = _version_shown(avenant)
        offered = offers.of(avenant, actor(), payments.payment_of(avenant))
        view = request_view.present(
            shown, full_iban=may(Capability.READ_IBAN), for_staff=True, asked_pages=table_pages.asked()
        )
        return self.render(
            "staff/instruction.html",
            current=avenant,
            view=view,
            turn=table_pages.turning(f"/gestion/demandes/{avenant.number}"),
            shown=shown,
            payment=payments.payment_of(shown),
            piece=_piece(view.documents),
            reads_documents=may(Capability.READ_DOCUMENTS),
            reads_bank=may(Capability.READ_BANK),
            reads_payments=may(Capability.READ_PAYMENTS),
            explanation=explanations.explain(shown),
            offered=[(offer, (tried or {}).get(offer.key) or _fresh(offer, avenant)) for offer in offered],
            tried=tried or {},
            refused=_without_their_button(offered, tried or {}),
            rehearsed=rehearsed,
            said=asked.said_of(view.asked) if view.asked else asked.Said(),
            page_url=f"/gestion/demandes/{avenant.number}",
            trail=audit.entries_of("request", avenant.number),
            words=audit_words,
            siblings=staff_scope.siblings(avenant, current_user.role_set),
        )


def _find(number: str) -> Avenant:
    return staff_scope.find(number, current_user.role_set) or abort(404)


def _version_shown(avenant: Avenant) -> Avenant:
    """The current avenant, or an earlier one by `?version=`."""
    text = request.args.get("version")
    if text is None:
        return avenant
    found = next((one for one in avenant.request.avenants if str(one.ordinal) == text), None)
    return found or abort(404)


def _piece(documents: tuple[Document, ...]) -> Document | None:
    """The piece read beside the request: that of `?piece=`, else the first."""
    text = request.args.get("piece")
    if text is None:
        return documents[0] if documents else None
    return next((one for one in documents if str(one.id) == text), None) or abort(404)


def _refuse_role(key: str) -> None:
    """404 for what staff never do, 403 for what this person's roles do not open."""
    if key in _CAPABILITIES:
        return require(_CAPABILITIES[key])
    row = next((row for row in request_workflow.TRANSITIONS if row.action.value == key), None)
    if row is None or not row.roles & STAFF_ROLES:
        abort(404)
    if not row.roles & current_user.role_set:
        abort(403)


def _refuse_another_avenant(avenant: Avenant) -> None:
    """A page of the avenant before is stale, whatever the versions of the two rows. Raises `Conflict`."""
    if request.form.get("avenant", str(avenant.id)) != str(avenant.id):
        request_service.refuse_stale(avenant, NEVER_SEEN)


def _without_their_button(offered: Sequence[Offer], tried: dict[str, SeenForm]) -> list[SeenForm]:
    """The refused forms of acts that are no longer open: what is wrong is said above the others."""
    still = {offer.key for offer in offered if not offer.refusal}
    return [form for key, form in tried.items() if key not in still]


def _form(key: str, avenant: Avenant) -> Any:
    """The form of an action, its controls told apart from the others' of the page."""
    if key == Action.DECIDE:
        form = DecideForm()
        form.envelope.choices = [("", "Choisir une enveloppe"), *_envelopes(avenant)]
        return form.apart(key)
    if key == Action.REJECT:
        reject = RejectForm()
        reject.offer(rejections.reasons_for(avenant))
        return reject.apart(key)
    if key in _FORMS:
        return _FORMS[key]().apart(key)
    if key in _ASKING:
        fields = [(one.path, one.shown) for one in asked.fields_open(avenant)] if key == Action.ASK_AMENDMENT else []
        return _ASKING[Action(key)]().offer(asked.kinds_open(avenant), fields).apart(key)
    needs_comment = key in list(Action) and request_workflow.BY_ACTION[Action(key)].needs_comment
    return (CommentForm() if needs_comment else SeenForm()).apart(key)


def _fresh(offer: Offer, avenant: Avenant) -> Any:
    form = _form(offer.key, avenant)
    form.process(formdata=None, seen=avenant.version, **_proposed(offer, avenant))
    return form.apart(offer.key)


def _filled(form: RejectForm, avenant: Avenant) -> RejectForm:
    """The chosen reasons written under what is already typed, for the officer to read and edit."""
    try:
        chosen = rejections.text_of(avenant, form.wordings.data or ())
    except RuleBroken as gone:
        form.refuse(str(gone), gone.field)
        return form
    typed = form.comment.data or ""
    form.comment.data = "\n\n".join(part for part in (typed, chosen) if part and part not in typed) or typed
    return form


def _proposed(offer: Offer, avenant: Avenant) -> dict[str, str]:
    """What a fresh form already holds: what one most likely asks back."""
    payment = payments.payment_of(avenant) if offer.key == offers.RECOVERY else None
    return {"amount": formats.euros(recovery_facts.likely(avenant, payment))} if payment else {}


def _envelopes(avenant: Avenant) -> list[tuple[str, str]]:
    return [
        (str(one.id), f"{one.code} – {one.label} (reste {formats.money(one.available)})")
        for one in budget.with_money_left(avenant.dossier.corridor_code)
    ]


def _do(avenant: Avenant, key: str, form: Any) -> object:
    who, seen = actor(), form.seen.data
    if key == offers.PAY:
        return payments.order([(avenant.id, seen)], who)
    if key == offers.CONFIRM:
        payment = payments.payment_of(avenant) or abort(404)
        return payments.confirm(payment, form.paid_on.data, form.reference.data, who, seen=seen)
    if key == offers.RECOVERY:
        return recoveries.propose(avenant, form.amount.amount, form.reason.data, who, seen=seen)
    if key == Action.DECIDE:
        return decisions.decide(envelope_of(form.envelope.data), [(avenant.id, seen)], who)
    if isinstance(form, RejectForm):
        return rejections.reject(avenant, form.wordings.data or (), form.comment.data or "", who, seen=seen)
    comment = form.comment.data if isinstance(form, CommentForm) else ""
    if key == Action.CANCEL_DECIDED:
        return decisions.cancel_decided(avenant, who, comment=comment, seen=seen)
    wished = Asked(*map(tuple, form.ticked)) if key in _ASKING else asked.NOTHING
    return request_service.act(avenant, Action(key), who, comment=comment, seen=seen, asked=wished)
