"""Passwords and secret questions: chosen, changed, asked. What a password must be is in `app.domain.passwords`.

Guides « Opérateur MSS », « Changement du mot de passe » and « Positionnement de la question secrète ». Settled: the
question is only a second step after a mailed link; its answer is hashed, and five wrong ones end the link.
A password changed ends every session of the person, on every device, and the links mailed to him before.
"""

import datetime as dt
import unicodedata

from flask_security.utils import hash_password, verify_password

from app.domain import limits, passwords
from app.domain.enums import LinkPurpose
from app.domain.errors import Conflict, RuleBroken
from app.extensions import db
from app.models.credentials import AccessLink
from app.models.users import User
from app.services import access_links, actors, audit, clock, messages, web_sessions

QUESTION_LENGTH, ANSWER_LENGTH = (5, 200), (3, 200)


def choose_by_link(link: AccessLink, password: str) -> None:
    """A password without the former one, by a link, which is spent.

    Raises `RuleBroken` (the password) or `Conflict` (the link served meanwhile).
    """
    user = link.user
    _refuse_weak(user, password)
    if not access_links.spend(link):
        raise Conflict("Ce lien a déjà servi : demandez-en un autre.")
    if link.purpose is LinkPurpose.OPENING:
        user.settled = user.secret_question is not None
    _set(user, password, told=link.purpose is LinkPurpose.RESET)


def change(user: User, old: str, new: str) -> None:
    """The three-field screen. Raises `RuleBroken` naming the field (`old`, `new`)."""
    if not verify_password(old, user.password or ""):
        raise RuleBroken("L'ancien mot de passe n'est pas celui-là.", field="old")
    if old == new:
        raise RuleBroken("Le nouveau mot de passe est l'ancien : choisissez-en un autre.", field="new")
    _refuse_weak(user, new)
    _set(user, new, told=True)


def set_question(user: User, question: str, answer: str) -> None:
    """What will be asked after a mailed link. Raises `RuleBroken` naming the field (`question`, `answer`)."""
    question, answer = " ".join(question.split()), _folded(answer)
    for text, (least, most), name in ((question, QUESTION_LENGTH, "question"), (answer, ANSWER_LENGTH, "answer")):
        if not least <= len(text) <= most:
            raise RuleBroken(f"Saisissez de {least} à {most} caractères.", field=name)
    if answer in _folded(question):
        raise RuleBroken("La réponse ne doit pas figurer dans la question.", field="answer")
    user.secret_question, user.secret_answer, user.wrong_answers = question, hash_password(answer), 0
    user.settled = True
    audit.record("set_question", "user", user.username, actors.of(user))
    db.session.flush()


def answered(link: AccessLink, answer: str) -> bool:
    """Is this the answer to the secret question? The fifth wrong one spends the link; the caller commits either way."""
    user = link.user
    db.session.refresh(user, with_for_update={"of": User})
    if user.wrong_answers >= limits.ANSWER_TRIES:
        access_links.spend(link)
        return False
    if verify_password(_folded(answer), user.secret_answer or ""):
        user.wrong_answers = 0
        return True
    user.wrong_answers += 1
    if user.wrong_answers >= limits.ANSWER_TRIES:
        access_links.spend(link)
        audit.record("answers_spent", "user", user.username, actors.of(user))
    return False


def _refuse_weak(user: User, password: str) -> None:
    fault = passwords.fault(password, user.username, staff=user.is_staff)
    if fault:
        raise RuleBroken(fault, field="new")


def _set(user: User, password: str, *, told: bool) -> None:
    user.password = hash_password(password)
    user.password_changed_at = clock.now()
    user.failed_logins, user.locked_until = 0, None
    access_links.end_all(user)
    web_sessions.end_all(user)
    audit.record("change_password", "user", user.username, actors.of(user))
    if told:
        messages.tell_user(messages.Event.PASSWORD_CHANGED, user, _instant(user.password_changed_at))
    db.session.flush()


def _instant(moment: dt.datetime) -> str:
    return f"{moment.timestamp():.6f}"


def _folded(answer: str) -> str:
    """What two answers share when a person would call them the same."""
    plain = unicodedata.normalize("NFKD", answer).encode("ascii", "ignore").decode()
    return " ".join(plain.casefold().split())
