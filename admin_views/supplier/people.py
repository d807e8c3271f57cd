"""« Gérer mes coordonnées personne physique »: who speaks for the company, the history, and a change with its pieces.

Guide « Les écrans du portail », § 7.2. What is typed is a draft on the server as soon as a button is pressed, so that
neither a piece nor the proof of who one is costs a keystroke.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.supplier import proof
from admin_views.supplier.pages import ROOM_FOR_A_REFUSAL, Pages, attempt, company, person
from admin_views.supplier.piece_upload import HINTS, PIECE_MB
from admin_views.whole_numbers import whole
from app.domain import person_changes as rules
from app.domain.enums import ChangeStatus
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.person_changes import PersonChange
from app.services import person_changes
from app.services.step_up import Purpose
from forms import uploads
from forms.own_account import PeopleForm

HERE = "/segurnums/compte/personnes"


class People(Pages):
    landing = "page"
    rooms = {"change": ROOM_FOR_A_REFUSAL}

    @expose("/personnes")
    def page(self) -> ResponseReturnValue:
        return self._page(self._form(person_changes.open_of(company())))

    @expose("/personnes", methods=("POST",))
    def change(self) -> ResponseReturnValue:
        """One form, four buttons: keep, join a piece, take one out, send."""
        form, act = PeopleForm(), request.form.get("act", "keep")
        deed = self._deed(act)
        change = person_changes.save(company(), form.speakers, person())
        db.session.commit()
        return attempt(form, lambda: deed(form, change)) or (self._page(form), 422)

    @expose("/personnes/effacer", methods=("POST",))
    def discard(self) -> ResponseReturnValue:
        person_changes.discard(company())
        db.session.commit()
        flash("Votre brouillon est effacé : rien n'est modifié.", "success")
        return redirect(HERE, 303)

    def oversized(self, arguments: Mapping[str, Any]) -> ResponseReturnValue:
        form = self._form(person_changes.open_of(company()))
        form.refuse(RuleBroken(f"Le fichier dépasse {PIECE_MB} Mo : rien n'a été reçu.", field="file"))
        return self._page(form), 422

    def _deed(self, act: str) -> Callable[[PeopleForm, PersonChange], ResponseReturnValue]:
        """What a button does; 400 for one that does not exist."""
        if act.startswith("remove-"):
            piece_id = whole(act.removeprefix("remove-"))
            return lambda form, change: self._remove(change, abort(404) if piece_id is None else piece_id)
        deeds = {"keep": self._keep, "import": self._import, "send": self._send}
        return deeds.get(act) or abort(400)

    def _keep(self, form: PeopleForm, change: PersonChange) -> ResponseReturnValue:
        flash("Votre saisie est conservée ; elle n'est pas encore transmise.", "success")
        return redirect(HERE, 303)

    def _import(self, form: PeopleForm, change: PersonChange) -> ResponseReturnValue:
        name, content = uploads.stream(form.file.data)
        person_changes.add_piece(change, form.kind.data or "", name, content, person())
        flash(f"La pièce « {name} » est ajoutée.", "success")
        return redirect(f"{HERE}#pieces", 303)

    def _remove(self, change: PersonChange, piece_id: int) -> ResponseReturnValue:
        if not person_changes.remove_piece(change, piece_id):
            abort(404)
        flash("La pièce est retirée.", "success")
        return redirect(f"{HERE}#pieces", 303)

    def _send(self, form: PeopleForm, change: PersonChange) -> ResponseReturnValue:
        if form.refuse_faults():
            raise RuleBroken("Corrigez les champs signalés.")
        if not proof.is_given():
            flash("Confirmez que c'est bien vous, puis validez : votre saisie et vos pièces sont conservées.", "info")
            return proof.ask(Purpose.PEOPLE)
        person_changes.send(change, person())
        flash("Votre demande de modification est transmise : elle sera instruite par l'ASP.", "success")
        return redirect(HERE, 303)

    def _form(self, change: PersonChange | None) -> PeopleForm:
        """The draft, else what is held."""
        drafted = change is not None and change.status is ChangeStatus.DRAFT
        speakers = rules.of_json(change.proposed) if change and drafted else person_changes.held(company())
        return PeopleForm(formdata=None).fill(speakers)

    def _page(self, form: PeopleForm) -> str:
        change = person_changes.open_of(company())
        drafted = change if change and change.status is ChangeStatus.DRAFT else None
        return self.render(
            "supplier/people.html",
            company=company(),
            held=person_changes.held(company()),
            history=[(one, person_changes.words(one)) for one in person_changes.history(company())],
            pending=change if change and not drafted else None,
            draft=drafted,
            missing=person_changes.missing_pieces(drafted) if drafted else (),
            form=form,
            hint=HINTS["piece"],
        )
