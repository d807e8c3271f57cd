"""How an instant of a corridor's document is typed and shown again."""

import datetime as dt

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from forms.corridor_controls import Instant


class Moment(Form):
    at = Instant("Instant")


def typed(text):
    form = Moment(MultiDict({"at": text}))
    form.validate()
    return form.at


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "demain", "2027-02-30T00:00"])
def test_what_is_no_instant_of_paris_is_refused_at_its_field(text):
    at = typed(text)
    assert at.errors == ["Saisissez une date et une heure : jj/mm/aaaa hh:mm."]
    assert at._value() == text


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "demain"])
def test_whatever_a_document_says_is_shown(text):
    assert Moment(data={"at": text}).at._value() == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2027-01-31T23:59:59+01:00", "2027-01-31T23:59:59"),
        ("2027-07-01T00:00:00+02:00", "2027-07-01T00:00"),
        ("2027-06-30T22:00:00+00:00", "2027-07-01T00:00"),
    ],
)
def test_an_instant_shown_and_sent_back_is_the_same(text, shown):
    field = Moment(data={"at": text}).at
    assert field._value() == shown
    assert dt.datetime.fromisoformat(typed(shown).data) == dt.datetime.fromisoformat(text)
