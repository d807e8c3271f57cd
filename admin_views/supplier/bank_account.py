"""« + Ajouter une coordonnée bancaire »: the account, its RIB, and what the register of banks proposes.

Guide « Les écrans du portail », § 7.1. Asked of who has just proved again who he is; what he typed is kept meanwhile.
"""

from collections.abc import Mapping
from typing import Any

from flask import flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.supplier import proof
from admin_views.supplier.pages import ROOM_FOR_A_REFUSAL, Pages, attempt, company, person
from admin_views.supplier.piece_upload import HINTS, PIECE_MB
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.bank_accounts import BankChange
from app.services import bank_changes, bank_details, unfinished_forms
from app.services.step_up import Purpose
from forms import uploads
from forms.own_account import BankForm

LIST = "/segurnums/compte/coordonnees-bancaires/"
HERE = f"{LIST}nouvelle"
_KEPT = ("iban", "bic", "holder", "bank_name")


class BankAccountPages(Pages):
    landing = "new"
    rooms = {"add": ROOM_FOR_A_REFUSAL}

    @expose("/nouvelle")
    def new(self) -> ResponseReturnValue:
        if bank_changes.pending_of(company()):
            flash("Un changement est déjà en attente de validation : il doit d'abord être conclu.", "info")
            return redirect(LIST)
        if not proof.is_given():
            return proof.ask(Purpose.BANK)
        return self._page(BankForm(formdata=None, data=self._kept()))

    @expose("/nouvelle", methods=("POST",))
    def add(self) -> ResponseReturnValue:
        form = BankForm()
        if not proof.is_given():
            return self._prove_first(form)
        if form.validate_on_submit() and attempt(form, lambda: _asked(form)):
            flash("Votre demande est enregistrée : deux gestionnaires de l'ASP doivent la valider.", "success")
            return redirect(LIST, 303)
        return self._page(form), 422

    @expose("/retirer", methods=("POST",))
    def withdraw(self) -> ResponseReturnValue:
        """The change that waits is asked no more."""
        bank_changes.withdraw(company(), person())
        db.session.commit()
        flash("Votre demande est retirée : vous restez payé sur le compte actif.", "success")
        return redirect(LIST, 303)

    @expose("/banque", methods=("POST",))
    def bank(self) -> ResponseReturnValue:
        """What the register of banks proposes for an IBAN being typed (static/bank.js)."""
        proposed = bank_details.proposal(request.form.get("iban", "")[:60])
        return jsonify({"bic": proposed.bic, "bank_name": proposed.bank_name} if proposed else {})

    def oversized(self, arguments: Mapping[str, Any]) -> ResponseReturnValue:
        form = BankForm(formdata=None)
        form.refuse(RuleBroken(f"Le fichier dépasse {PIECE_MB} Mo : rien n'a été reçu.", field="file"))
        return self._page(form), 422

    def _prove_first(self, form: BankForm) -> ResponseReturnValue:
        """The proof is over: what was typed waits, sealed; the file is to be chosen again."""
        fields = [(name, form[name].data or "") for name in _KEPT]
        flash("Confirmez que c'est bien vous : votre saisie est conservée, le RIB sera à choisir de nouveau.", "info")
        return proof.first(Purpose.BANK, HERE, fields, with_files=bool(uploads.picked(form.file.data)))

    def _kept(self) -> dict[str, str]:
        """What was typed before the proof, else the name the account is most likely under."""
        return proof.kept(HERE) or {"holder": company().name}

    def _page(self, form: BankForm) -> str:
        return self.render(
            "supplier/bank_account_new.html",
            form=form,
            company=company(),
            hint=HINTS["piece"],
            bank_url=f"{LIST}banque",
        )


def _asked(form: BankForm) -> BankChange:
    details = bank_details.checked(
        str(form.iban.data), str(form.bic.data), str(form.holder.data), form.bank_name.data or ""
    )
    change = bank_changes.ask(company(), details, uploads.stream(form.file.data), person())
    unfinished_forms.forget(person())
    return change
