"""What a draft would give: its fields and its documentation, an example file, a file tried, an amount reckoned."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.staff.corridor_drafts import DraftScreen, find
from app.corridors import documents, texts
from app.corridors.spec import CorridorSpec, SoftwareSpec
from app.domain import limits
from app.domain.enums import DepositMode, Phase
from app.domain.errors import RuleBroken
from app.domain.vat import VatRegime
from app.models.corridors import CorridorDraft
from app.services import corridor_trials, corridor_words, format_documentation
from app.services.corridor_trials import Reckoning, Trial
from forms import uploads
from forms.corridor_trials import ReckonForm, TrialForm


class CorridorPreviews(DraftScreen):
    """`/gestion/couloirs/brouillons/<id>/apercu`, `/documentation`, `/exemple`, `/essai`, `/calcul`."""

    landing = "preview"

    @expose("/<row:draft_id>/apercu")
    def preview(self, draft_id: int) -> str:
        """The fields asked and the documentation page, as publishing would make them."""
        draft = find(draft_id)
        spec = _spec(draft)
        return self.page(
            "staff/corridor_preview.html", draft, spec=spec, kinds=corridor_words.KINDS, phases=list(Phase)
        )

    @expose("/<row:draft_id>/documentation")
    def documentation(self, draft_id: int) -> str:
        """The page suppliers would read, made by the same code."""
        draft = find(draft_id)
        spec = _spec(draft)
        described = format_documentation.of_draft(spec) if spec else None
        return self.page("staff/corridor_documentation.html", draft, spec=spec, described=described)

    @expose("/<row:draft_id>/exemple/<phase>.json")
    def example(self, draft_id: int, phase: str) -> Response:
        draft = find(draft_id)
        spec = _spec(draft) or abort(404)
        if phase not in list(Phase) or spec.deposit is not DepositMode.JSON:
            abort(404)
        content = corridor_trials.example(spec, Phase(phase))
        answer = Response(texts.as_json(content), mimetype="application/json")
        answer.headers.set("Content-Disposition", "attachment", filename=f"exemple-{draft.name}-{phase}.json")
        return answer

    @expose("/<row:draft_id>/essai", methods=["GET", "POST"])
    @uploads.accepts(limits.JSON_FILE_BYTES)
    def try_file(self, draft_id: int) -> ResponseReturnValue:
        """« Essayer un fichier »: what the simulator would say of it under this draft."""
        draft = find(draft_id)
        spec = _spec(draft)
        form = TrialForm(_software(spec))
        trial: Trial | None = None
        if form.is_submitted() and spec:
            try:
                trial = _tried(spec, form) if form.validate() else None
            except RuleBroken as refusal:
                form.refuse(str(refusal), refusal.field)
        page = self.page("staff/corridor_trial.html", draft, spec=spec, form=form, trial=trial)
        return (page, 422) if form.is_submitted() and trial is None else page

    @expose("/<row:draft_id>/calcul")
    def reckon(self, draft_id: int) -> ResponseReturnValue:
        """« Calculer un montant »: step by step, avance then solde."""
        draft = find(draft_id)
        spec = _spec(draft)
        counts = corridor_trials.counted(spec) if spec else {}
        form = ReckonForm(_software(spec), formdata=request.args or None)
        found: Reckoning | None = None
        if request.args and spec and form.validate():
            try:
                found = corridor_trials.reckon(spec, _sample(spec, form, counts))
            except RuleBroken as refusal:
                form.refuse(str(refusal), refusal.field)
        page = self.page("staff/corridor_reckon.html", draft, spec=spec, form=form, found=found, counts=counts)
        return (page, 422) if request.args and found is None else page


def _spec(draft: CorridorDraft) -> CorridorSpec | None:
    """What the draft says, None while it has faults."""
    return None if documents.faults(draft.document) else documents.parse(draft.document)


def _software(spec: CorridorSpec | None) -> list[tuple[str, str]]:
    found = spec.software if spec else ()
    return [(str(rank), f"{one.type} – {one.label}, vague {one.wave}") for rank, one in enumerate(found)]


def _chosen(spec: CorridorSpec, form: Any) -> SoftwareSpec:
    return spec.software[int(form.software.data)]


def _tried(spec: CorridorSpec, form: TrialForm) -> Trial:
    if spec.deposit is not DepositMode.JSON:
        raise RuleBroken("Ce couloir se dépose par formulaire : il n'a pas de fichier.")
    content = uploads.read(form.file.data, limits.JSON_FILE_BYTES)
    return corridor_trials.try_file(
        spec, _chosen(spec, form), Phase(form.phase.data), VatRegime(form.vat.data), content
    )


def _sample(spec: CorridorSpec, form: ReckonForm, counts: dict[str, str]) -> corridor_trials.Sample:
    return corridor_trials.Sample(
        software=_chosen(spec, form),
        vat=VatRegime(form.vat.data),
        declared_ht=Decimal(form.declared.data),
        identifiers=tuple(form.identifiers.data),
        counts={name: _count(name, label) for name, label in counts.items()},
    )


def _count(name: str, label: str) -> int:
    text = request.args.get(f"nombre-{name}", "").strip() or "0"
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal(-1)
    if not (number == number.to_integral_value() and 0 <= number <= 1_000_000):
        raise RuleBroken(f"{label} : saisissez un nombre entier.")
    return int(number)
