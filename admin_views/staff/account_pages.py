"""One account: opened, its roles, closed, unlocked, its credentials sent again. The rules are the service's."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy.orm import joinedload

from admin_views.guard import Screen
from admin_views.staff.writing import actor, attempt, may, one_commit, require
from app.domain.permissions import Capability
from app.extensions import db
from app.models.users import User
from app.services import second_factor, staff_accounts, web_sessions
from app.services.actors import Actor
from forms.staff_accounts import AccountForm, RolesForm

# Act → what it needs, what it does, what is said.
ACTS: dict[str, tuple[Capability, Callable[[User, Actor], None], str]] = {
    "deverrouiller": (Capability.UNLOCK_ACCOUNTS, staff_accounts.unlock, "Le compte est déverrouillé."),
    "renvoyer": (
        Capability.UNLOCK_ACCOUNTS,
        staff_accounts.send_again,
        "L'identifiant et un nouveau lien sont partis.",
    ),
    "retirer-second-facteur": (
        Capability.MANAGE_ACCOUNTS,
        staff_accounts.remove_second_factor,
        "Le second facteur est retiré, les sessions sont fermées.",
    ),
    "fermer": (Capability.MANAGE_ACCOUNTS, staff_accounts.close, "Le compte est fermé."),
    "rouvrir": (Capability.MANAGE_ACCOUNTS, staff_accounts.reopen, "Le compte est rouvert."),
}


class AccountPages(Screen):
    capability = Capability.READ_USERS

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return redirect("/gestion/comptes/")

    @expose("/nouveau", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        require(Capability.MANAGE_ACCOUNTS)
        form = AccountForm()
        if form.validate_on_submit() and attempt(form, lambda: self._open(form)):
            flash(f"Le compte {form.username.data} est ouvert : ses deux courriels partent.", "success")
            return redirect(url_for(".account", username=form.username.data), 303)
        return self.render("staff/account_new.html", form=form), 422 if form.errors else 200

    @expose("/<username>")
    def account(self, username: str) -> ResponseReturnValue:
        return self._page(_found(username))

    @expose("/<username>/roles", methods=("POST",))
    def roles(self, username: str) -> ResponseReturnValue:
        require(Capability.MANAGE_ACCOUNTS)
        user, form = _found(username), RolesForm()
        if form.validate_on_submit() and attempt(form, lambda: staff_accounts.change_roles(user, form.chosen, actor())):
            flash("Les rôles sont changés, les sessions sont fermées.", "success")
            return redirect(url_for(".account", username=user.username), 303)
        return self._page(user, form), 422

    @expose("/<username>/<act>", methods=("POST",))
    def act(self, username: str, act: str) -> ResponseReturnValue:
        if act not in ACTS:
            abort(404)
        capability, deed, said = ACTS[act]
        require(capability)
        user = _found(username)
        with one_commit():
            deed(user, actor())
        flash(said, "success")
        return redirect(url_for(".account", username=user.username), 303)

    def _open(self, form: AccountForm) -> None:
        staff_accounts.open_account(
            str(form.username.data), str(form.email.data), str(form.full_name.data), form.chosen, actor()
        )

    def _page(self, user: User, form: RolesForm | None = None) -> str:
        return self.render(
            "staff/account.html",
            user=user,
            form=form or RolesForm(formdata=None, data={"roles": [role.value for role in user.role_set]}),
            manages=may(Capability.MANAGE_ACCOUNTS),
            unlocks=may(Capability.UNLOCK_ACCOUNTS),
            myself=actor().id == user.id,
            sessions=len(web_sessions.open_ones(user)),
            recovery_left=second_factor.recovery_left(user),
        )


def _found(username: str) -> User:
    query = sa.select(User).where(User.username == username).options(joinedload(User.supplier))
    return db.session.scalar(query) or abort(404)
