"""Who may send more than the common limit: a signed-in person, to a view marked by `forms.uploads.accepts`; anybody,
to one that says so (the public enrolment, whose pieces are 4 Mo each).

Set before anything reads the form, hence before the CSRF check, but after `headers`, which limits the time of its
statements: the factory calls each `init_app` in that order.
"""

from flask import Flask, current_app, request
from flask_login import current_user

from app.extensions import db, writing
from forms import uploads


def init_app(app: Flask) -> None:
    app.before_request(_raise_limit)


def _raise_limit() -> None:
    if request.method != "POST" or request.endpoint is None:
        return
    view = current_app.view_functions.get(request.endpoint)
    most = uploads.limit_of(view)
    if most is None:
        return
    if uploads.takes_strangers(view):
        request.max_content_length = most
        return
    with writing():
        if current_user.is_authenticated:
            request.max_content_length = most
        db.session.commit()  # nothing is held while a long form is read
