"""A captcha is answered once, in ten minutes, by what it shows."""

import datetime as dt
import io
import wave

import pytest
import sqlalchemy as sa
from PIL import Image

from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.captchas import CaptchaUse
from app.services import captchas, ports
from tests.conftest import TODAY


@pytest.fixture
def shown(session, monkeypatch):
    """What is drawn: the text handed to the library."""
    drawn = []
    real = captchas.captcha.image
    monkeypatch.setattr(captchas.captcha, "image", lambda text: drawn.append(text) or real(text))
    return lambda token: (captchas.image(token), drawn[-1])[1]


def test_what_is_shown_is_accepted_whatever_its_case_and_spaces(shown):
    token = captchas.issue()
    captchas.check(token, f" {shown(token).upper()} ")


def test_the_image_and_the_sound_are_what_they_say(session):
    token = captchas.issue()
    assert Image.open(io.BytesIO(captchas.image(token))).size == (240, 80)
    with wave.open(io.BytesIO(captchas.sound(token))) as heard:
        assert heard.getnframes() / heard.getframerate() > 5  # five characters, each told by name


def test_two_tokens_show_two_texts_of_five_known_characters(shown):
    texts = {shown(captchas.issue()) for _ in range(20)}
    assert len(texts) == 20
    assert all(len(text) == 5 and set(text) <= set(captchas.captcha.CHARACTERS) for text in texts)


def test_the_text_is_not_in_the_token(shown):
    token = captchas.issue()
    assert shown(token) not in token


def test_a_right_answer_serves_once(shown):
    token = captchas.issue()
    captchas.check(token, shown(token))
    with pytest.raises(RuleBroken, match="déjà servi") as again:
        captchas.check(token, shown(token))
    assert again.value.field == "captcha"


def test_a_wrong_answer_spends_the_captcha(shown):
    token = captchas.issue()
    with pytest.raises(RuleBroken, match="ne sont pas ceux"):
        captchas.check(token, "")
    with pytest.raises(RuleBroken, match="déjà servi"):
        captchas.check(token, shown(token))


def test_it_expires_after_ten_minutes(shown, frozen):
    token = captchas.issue()
    text = shown(token)
    frozen.move_to(TODAY, dt.time(10, 9, 59))
    captchas.image(token)
    frozen.move_to(TODAY, dt.time(10, 10))
    with pytest.raises(LookupError):
        captchas.image(token)
    with pytest.raises(RuleBroken, match="expiré"):
        captchas.check(token, text)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "1",
        "a.b",
        "1e9.0123456789abcdef01234567",
        "99999999999.0123456789abcdef01234567",
        "٣.x",
        "-1." + "a" * 24,
    ],
)
def test_what_is_no_token_is_refused(session, token):
    with pytest.raises(LookupError):
        captchas.sound(token)
    with pytest.raises(RuleBroken, match="expiré"):
        captchas.check(token, "abcde")


def test_in_trials_the_text_may_be_fixed(session, monkeypatch):
    monkeypatch.setattr(ports.get(), "captcha_fixed", "Bw72x")
    captchas.check(captchas.issue(), "bw72x")


def test_answers_are_forgotten_once_expired(shown, frozen):
    early = captchas.issue()
    captchas.check(early, shown(early))
    frozen.move_to(TODAY, dt.time(10, 5))
    late = captchas.issue()
    captchas.check(late, shown(late))
    frozen.move_to(TODAY, dt.time(10, 10))
    assert captchas.sweep() == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CaptchaUse)) == 1
