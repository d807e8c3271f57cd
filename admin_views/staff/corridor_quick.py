"""The changes most asked for, from a corridor's page: move a deadline, open a wave, change a ceiling.

Each ends in a draft, as any other change: it is read, submitted, and published by a second administrator.
"""

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.guard import Screen
from admin_views.staff import corridor_sections, corridors
from admin_views.staff.corridor_sections import AMOUNTS, DRAFTS
from admin_views.staff.writing import actor, attempt
from app.corridors.amount_rules import Table
from app.corridors.spec import CorridorSpec
from app.domain.errors import RuleBroken
from app.domain.permissions import Capability
from app.models.corridors import Corridor, CorridorDraft, CorridorVersion
from app.services import (
    corridor_changes_asked,
    corridor_drafts,
    corridor_timetable,
    corridor_versions,
    explanations,
    formats,
)
from app.services.corridor_drafts import FaultyDraft
from forms.corridors import DeadlineForm, WaveForm
from forms.staff import StaffForm

_SUBMIT = "soumettre"


class CorridorQuick(Screen):
    """`/gestion/couloirs/<code>/echeance`, `/vague`, `/plafond`."""

    capability = Capability.EDIT_CORRIDORS
    landing = "deadline"

    @expose("/<code>/echeance", methods=["GET", "POST"])
    def deadline(self, code: str) -> ResponseReturnValue:
        """« Déplacer une échéance »."""
        corridor = corridors.find(code)
        version = _version(corridor)
        windows = _windows(corridor_versions.spec_of(version))
        form = DeadlineForm(windows, version.number, data={"window": request.args.get("fenetre", "")})
        return self._answer(
            corridor,
            form,
            "Déplacer une échéance",
            "La nouvelle date vaut dès la publication. Les demandes déjà déposées gardent leur version.",
            lambda draft: corridor_changes_asked.deadline(
                draft.document, int(form.window.data), form.opens_at.data, form.closes_at.data
            ),
        )

    @expose("/<code>/vague", methods=["GET", "POST"])
    def wave(self, code: str) -> ResponseReturnValue:
        """« Ouvrir une vague »."""
        corridor = corridors.find(code)
        spec = _spec(corridor)
        form = WaveForm(spec.waves, data={"wave": max(spec.waves) + 1, "model": str(max(spec.waves))})
        return self._answer(
            corridor,
            form,
            "Ouvrir une vague",
            "Les logiciels de la vague choisie, et ce qui n'est demandé que dans cette vague, sont repris sous le"
            " nouveau numéro ; leur DSR porte ce numéro quand il portait l'ancien. Vous pourrez tout relire dans le"
            " brouillon.",
            lambda draft: corridor_changes_asked.wave(
                draft.document,
                form.wave.data,
                int(form.model.data),
                {
                    "avance": (form.avance_opens.data, form.avance_closes.data),
                    "solde": (form.solde_opens.data, form.solde_closes.data),
                },
            ),
        )

    @expose("/<code>/plafond")
    def ceiling(self, code: str) -> ResponseReturnValue:
        """« Changer un plafond »: what each software is paid by today, and a draft to change it."""
        corridor = corridors.find(code)
        spec = _spec(corridor)
        return self.render(
            "staff/corridor_ceiling.html",
            corridor=corridor,
            rules=[
                (rank, one, explanations.rule_in_words(spec.amount_of(one.type, one.wave)))
                for rank, one in enumerate(spec.software)
            ],
            section=AMOUNTS,
            has_table=any(isinstance(spec.amount_of(one.type, one.wave), Table) for one in spec.software),
        )

    def _answer(self, corridor: Corridor, form: StaffForm, title: str, help: str, change: Any) -> ResponseReturnValue:
        made: list[CorridorDraft] = []

        def deed() -> None:
            draft = corridor_drafts.open(corridor.code, actor())
            corridor_drafts.save(draft, change(draft), actor())
            if request.form.get("suite") == _SUBMIT:
                _submit(draft)
            made.append(draft)

        if not form.is_submitted() or not form.validate() or not attempt(form, deed):
            page = self.render(
                "staff/corridor_quick.html", corridor=corridor, form=form, title=title, help=help, submit=_SUBMIT
            )
            return (page, 422) if form.is_submitted() else page
        flash(f"Le changement est dans le brouillon {made[0].name}.", "success")
        return redirect(f"{DRAFTS}/{made[0].id}", 303)


def _submit(draft: CorridorDraft) -> None:
    """Two windows are moved one after the other: between, the document contradicts itself and waits in its draft."""
    try:
        corridor_drafts.submit(draft, actor())
    except FaultyDraft as refusal:
        raise RuleBroken(
            f"Ce changement ne peut pas être soumis seul ({corridor_sections.in_words(draft.document, refusal.flaws)})."
            " Choisissez « Enregistrer dans un brouillon » pour le compléter, ou corrigez votre saisie."
        ) from refusal


def _version(corridor: Corridor) -> CorridorVersion:
    version = corridor_versions.in_force(corridor.code)
    assert version is not None, "a corridor has a version"
    return version


def _spec(corridor: Corridor) -> CorridorSpec:
    return corridor_versions.spec_of(_version(corridor))


def _windows(spec: CorridorSpec) -> list[tuple[str, str]]:
    return [
        (
            str(row.rank),
            f"{row.window.phase.label}, vague {row.window.wave}"
            + (f" ({', '.join(row.window.software)})" if row.window.software else "")
            + f" : du {formats.minute(row.window.opens_at)} au {formats.minute(row.window.closes_at)}"
            + f" ({row.state.value.lower()})",
        )
        for row in corridor_timetable.of(spec)
    ]
