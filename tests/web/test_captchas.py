"""The image and the sound of a captcha are served to anybody; nothing in the page tells what they say."""

from app.services import captchas


def test_a_captcha_is_seen_and_heard(client):
    token = client.get("/segurnum/captcha/nouveau").json["token"]
    seen = client.get(f"/segurnum/captcha/{token}.png")
    assert (seen.status_code, seen.mimetype, seen.data[:4]) == (200, "image/png", b"\x89PNG")
    heard = client.get(f"/segurnum/captcha/{token}.wav")
    assert (heard.status_code, heard.mimetype, heard.data[:4]) == (200, "audio/wav", b"RIFF")
    assert seen.headers["Cache-Control"] == "no-store"


def test_an_unknown_captcha_is_not_found(client):
    assert client.get("/segurnum/captcha/1.2.png").status_code == 404
    assert client.get("/segurnum/captcha/x.wav").status_code == 404


def test_sounds_are_rationed(client):
    token = captchas.issue()
    answers = [client.get(f"/segurnum/captcha/{token[:-1]}.wav").status_code for _ in range(31)]
    assert answers == [404] * 30 + [429]
