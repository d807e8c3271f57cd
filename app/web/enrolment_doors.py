"""By which door an enrolment is filled: the public portal, whose visitor holds a token, or a supplier's space.

The steps are the same; a door says who holds the draft, how one begins, and what is asked of whoever comes by it.
"""

from dataclasses import dataclass
from typing import Protocol

from flask import request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.models.enrolment_drafts import EnrolmentDraft
from app.models.referencings import Referencing
from app.models.suppliers import Supplier
from app.models.users import User
from app.services import (
    complementary_enrolments,
    declared_companies,
    enrolment_cases,
    enrolment_drafts,
)
from app.web import enrolment_steps, supplier_pages

PUBLIC, IN_SPACE = "enrolment", "complementary_enrolment"  # the two names under which the blueprint is mounted
ADDRESSES = {PUBLIC: "/segurnum/enrolement", IN_SPACE: "/segurnums/enrolements/complementaire"}
TOKEN = "enrolment_draft"


class Door(Protocol):
    """`home`: where leaving leads. `asks_captcha`: of a person nobody knows."""

    home: str
    asks_captcha: bool

    def draft(self) -> EnrolmentDraft | None:
        """The last one he began and may go on with, filed or not."""

    def begin(self, ans_number: str) -> None:
        """Another one. Raises `RuleBroken` on `ans_number`."""

    def find(self, ans_number: str) -> Referencing:
        """The software of another number, for the one being filled. Raises likewise."""

    def forget(self) -> None:
        """It is erased, or filed and another is to begin."""

    def tell_address(self, draft: EnrolmentDraft, *, passed: bool) -> None:
        """The applicant's step is kept, and `passed` or not: mail the link to go on, if there is one."""

    def company(self) -> Supplier | None:
        """« Récapitulatif »: the supplier who enrols a further software."""


def opened() -> Door:
    """The one this request came by."""
    return Space(current_user._get_current_object()) if request.blueprint == IN_SPACE else Portal()


def guard() -> ResponseReturnValue | None:
    """The space is its suppliers'."""
    return None if request.blueprint == PUBLIC else supplier_pages.refuse_others()


class Portal:
    """Whoever: the session of the browser holds the token, or the link mailed to the declarant does."""

    home, asks_captcha = "/segurnum/", True

    def draft(self) -> EnrolmentDraft | None:
        token = session.get(TOKEN)
        return enrolment_drafts.of_token(token) if isinstance(token, str) else None

    def begin(self, ans_number: str) -> None:
        _, session[TOKEN] = enrolment_drafts.begin({"ans_number": self.find(ans_number).ans_number})

    def find(self, ans_number: str) -> Referencing:
        return enrolment_cases.find_referencing(ans_number)

    def forget(self) -> None:
        session.pop(TOKEN, None)

    def tell_address(self, draft: EnrolmentDraft, *, passed: bool) -> None:
        """As soon as the address of who declares is sure: typed twice alike. While the page saves by itself the token
        stays as it is: the step may be sent meanwhile."""
        email = declared_companies.email_of(draft.answers)
        if (passed or not draft.email) and enrolment_steps.is_sure(draft, email):
            session[TOKEN] = enrolment_drafts.send_link(draft, email, session[TOKEN])

    def company(self) -> Supplier | None:
        return None


@dataclass(frozen=True, slots=True)
class Space:
    """A person logged in: what he began waits for him, whatever the browser; he has proved enough."""

    user: User
    home = "/segurnums/enrolements/"
    asks_captcha = False

    def draft(self) -> EnrolmentDraft | None:
        return enrolment_drafts.of_user(self.user)

    def begin(self, ans_number: str) -> None:
        complementary_enrolments.begin(self.user, ans_number)

    def find(self, ans_number: str) -> Referencing:
        return complementary_enrolments.find(self.user, ans_number)

    def forget(self) -> None:
        """His account remembers; a filed one gives way to the next."""

    def tell_address(self, draft: EnrolmentDraft, *, passed: bool) -> None:
        """He finds it in his space."""

    def company(self) -> Supplier | None:
        return self.user.supplier
