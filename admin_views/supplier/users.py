"""« Gérer les utilisateurs »: who of the company may log in; its administrator invites and closes."""

import sqlalchemy as sa
from flask import abort, flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.supplier import proof
from admin_views.supplier.pages import Pages, attempt, company, person
from app.extensions import db
from app.models.users import User
from app.services import supplier_users, unfinished_forms
from app.services.step_up import Purpose
from forms.own_account import InviteForm

HERE = "/segurnums/compte/utilisateurs"


class SupplierUsers(Pages):
    landing = "page"

    @expose("/utilisateurs")
    def page(self) -> ResponseReturnValue:
        return self._page(InviteForm(formdata=None, data=proof.kept(HERE)))

    @expose("/utilisateurs", methods=("POST",))
    def invite(self) -> ResponseReturnValue:
        form = InviteForm()
        if not proof.is_given():
            return _prove_first(form)
        if not form.validate_on_submit():
            return self._page(form), 422
        made = attempt(form, lambda: _invited(form))
        if made is None:
            return self._page(form), 422
        flash(
            f"Le compte {made.username} est ouvert : son identifiant et son lien partent par deux courriels.", "success"
        )
        return redirect(HERE, 303)

    @expose("/utilisateurs/<row:user_id>/fermer", methods=("POST",))
    def close(self, user_id: int) -> ResponseReturnValue:
        user = _colleague(user_id)
        if not proof.is_given():
            return proof.ask(Purpose.USERS)
        supplier_users.close(user, person())
        db.session.commit()
        flash(f"Le compte {user.username} est fermé.", "success")
        return redirect(HERE, 303)

    def _page(self, form: InviteForm) -> str:
        return self.render(
            "supplier/users.html",
            company=company(),
            users=supplier_users.of(company()),
            me=person(),
            proved=proof.is_given(),
            form=form,
        )


def _prove_first(form: InviteForm) -> ResponseReturnValue:
    typed = [("full_name", form.full_name.data or ""), ("email", form.email.data or "")]
    administers = [("administers", "y")] if form.administers.data else []
    return proof.first(Purpose.USERS, HERE, typed + administers)


def _invited(form: InviteForm) -> User:
    made = supplier_users.invite(
        " ".join(str(form.full_name.data).split()),
        str(form.email.data),
        administers=bool(form.administers.data),
        by=person(),
    )
    unfinished_forms.forget(person())
    return made


def _colleague(user_id: int) -> User:
    """An account of the same supplier, else 404."""
    mine = User.supplier_id == company().id
    return db.session.scalar(sa.select(User).where(User.id == user_id, mine)) or abort(404)
