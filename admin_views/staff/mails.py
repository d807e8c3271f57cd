"""The mails of the portal: those sent, a lost one sent again; the text of each, its trial and its versions."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.columns import Column
from admin_views.criteria import Filter, KnownValueFilter, MultiChoiceFilter, PeriodFilter, choices_of
from admin_views.grid import Grid
from admin_views.guard import Screen
from admin_views.rows import Join
from admin_views.staff.criteria import RequestNumberFilter
from admin_views.staff.writing import actor, attempt, may, require
from app.domain.enums import MailStatus
from app.domain.permissions import Capability
from app.models.mails import Mail
from app.models.requests import FundingRequest
from app.services import formats, mail_html, mail_resends, mail_templates, mail_trials
from app.services.mail_catalogue import CATALOGUE, GROUPS
from app.services.mail_templates import Text
from app.services.messages import Event
from forms.mails import SAVE, TRY, MailTextForm
from forms.staff import SeenForm, StaffForm


class Mails(Grid):
    capability = Capability.READ_MAILS
    model = Mail
    title = "Courriels"
    joins = (Join(FundingRequest, FundingRequest.id == Mail.request_id, outer=True),)
    default_sort = ("created_at", True)
    columns = (
        Column("created_at", Mail.created_at, shown=formats.moment, unaided=True),
        Column("event", Mail.event, sortable=False),
        Column("number", FundingRequest.number, label="Demande", sortable=False),
        Column("recipient", Mail.recipient, sortable=False),
        Column("subject", Mail.subject, sortable=False),
        Column("status", Mail.status, badge=True, sortable=False),
        Column("sent_at", Mail.sent_at, shown=formats.moment, sortable=False),
        Column("attempts", Mail.attempts, numeric=True, sortable=False),
    )
    filters: ClassVar[Sequence[Filter]] = (
        KnownValueFilter("destinataire", "Destinataire", Mail.recipient),
        RequestNumberFilter("demande", "Numéro de demande", Mail.request_id, FundingRequest.number),
        KnownValueFilter("evenement", "Événement", Mail.event),
        MultiChoiceFilter("statut", "Statut", Mail.status, choices_of(MailStatus)),
        PeriodFilter("cree", "Créé entre le", Mail.created_at, label_to="et le"),
    )

    def row_url(self, row: Any) -> str:
        return f"/gestion/courriels/{row.id}"

    @expose("/<key>")
    def mail(self, key: str) -> str:
        return self._page(self.one(key), StaffForm())

    @expose("/<key>/renvoyer", methods=("POST",))
    def resend(self, key: str) -> ResponseReturnValue:
        require(Capability.RESEND_MAILS)
        mail, form = self.one(key), StaffForm()
        if form.validate_on_submit() and attempt(form, lambda: mail_resends.resend(mail, actor())):
            flash("Le courriel repart dans les secondes qui viennent.", "success")
            return redirect(f"/gestion/courriels/{mail.id}", 303)
        return self._page(mail, form), 422

    def _page(self, mail: Mail, form: StaffForm) -> str:
        lost = may(Capability.RESEND_MAILS) and mail.status in mail_resends.LOST
        return self.render(
            "staff/mail.html",
            mail=mail,
            form=form,
            lost=lost,
            why_not=mail_resends.why_not(mail) if lost else "",
            article=mail_html.article(mail.subject, mail.body, level=2),
        )


class MailTemplates(Screen):
    """What each mail says: read, written after a preview and a trial, compared, given back its shipped text."""

    capability = Capability.WRITE_MAILS

    @expose("/")
    def index(self) -> str:
        return self.render(
            "staff/mail_templates.html",
            groups=GROUPS,
            labels={event.value: event.label for event in Event},
            written=mail_templates.all_current(),
        )

    @expose("/<event>", methods=("GET", "POST"))
    def edit(self, event: str) -> ResponseReturnValue:
        text, last = mail_templates.in_use(_known(event)), mail_templates.current(event)
        form = MailTextForm(data={"subject": text.subject, "body": text.body, "seen": last.number if last else 0})
        if form.validate_on_submit() and self._done(event, form):
            return redirect(url_for(".edit", event=event), 303)
        return self._page(event, form)

    @expose("/<event>/texte-d-origine", methods=("POST",))
    def revert(self, event: str) -> ResponseReturnValue:
        form, event = SeenForm(), _known(event)
        if form.validate_on_submit() and attempt(form, lambda: mail_templates.revert(event, form.seen.data, actor())):
            flash("Le texte d'origine est de nouveau celui qui est envoyé.", "success")
        for errors in form.errors.values():
            flash(" ".join(errors), "danger")
        return redirect(url_for(".edit", event=event), 303)

    @expose("/<event>/versions/<row:number>")
    def version(self, event: str, number: int) -> str:
        version = mail_templates.version_of(_known(event), number) or abort(404)
        return self.render(
            "staff/mail_version.html",
            label=Event(event).label,
            event=event,
            version=version,
            lines=mail_templates.differences(event, number),
            shown=_shown(mail_templates.tried(event, mail_templates.text_of(version))),
        )

    def _done(self, event: str, form: MailTextForm) -> bool:
        """Kept; a trial is sent and the page shown again, as a preview is."""
        subject, body = form.subject.data, form.body.data
        if form.wants == SAVE:
            if attempt(form, lambda: mail_templates.write(event, subject, body, form.seen.data, actor())):
                flash("Le texte est enregistré : les prochains courriels le porteront.", "success")
                return True
        elif form.wants == TRY:
            if attempt(form, lambda: mail_trials.send(event, subject, body, current_user)):
                flash(f"Un essai part à {current_user.email}. Rien n'est encore enregistré.", "success")
        else:
            attempt(form, lambda: mail_templates.refuse(event, subject, body))
        return False

    def _page(self, event: str, form: MailTextForm) -> ResponseReturnValue:
        valid = not form.errors
        used, versions = mail_templates.in_use(event), mail_templates.versions(event)
        text = Text(form.subject.data, form.body.data) if valid else used
        page = self.render(
            "staff/mail_template.html",
            event=event,
            label=Event(event).label,
            wording=CATALOGUE[event],
            form=form,
            typed=valid and form.is_submitted(),
            shown=_shown(mail_templates.tried(event, text)) if valid else None,
            otherwise=_otherwise(event, text) if valid else None,
            versions=versions,
            set_aside=bool(versions and versions[0].body is not None and used.version is None),
        )
        return page, 200 if valid else 422


def _known(event: str) -> str:
    return event if event in CATALOGUE else abort(404)


def _otherwise(event: str, text: Text) -> dict[str, Any] | None:
    """The same mail when no condition is met, if it has any."""
    return _shown(mail_templates.tried(event, text, flags=False)) if mail_templates.has_flags(event) else None


def _shown(text: Text) -> dict[str, Any]:
    """A mail in its two forms, for a screen."""
    return {
        "subject": text.subject,
        "body": text.body,
        "article": mail_html.article(text.subject, text.body, level=3),
    }
