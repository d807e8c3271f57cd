"""How the characters of a captcha are drawn and spoken. The voices are ours (`scripts/captcha_voices.sh`)."""

import functools
from pathlib import Path

from captcha.audio import AudioCaptcha
from captcha.image import ImageCaptcha

VOICES = Path(__file__).parent / "captcha_voices"
CHARACTERS = "".join(
    sorted(folder.name for folder in VOICES.iterdir())
)  # those that have a voice; none looks like another
_WIDTH, _HEIGHT = 240, 80
_PAPER, _INK = (255, 255, 255), (22, 22, 107)


def image(characters: str) -> bytes:
    """A PNG where a person reads these characters."""
    return ImageCaptcha(_WIDTH, _HEIGHT).generate(characters, bg_color=_PAPER, fg_color=_INK).getvalue()


def sound(characters: str) -> bytes:
    """A WAV where a person hears them in French, over noise."""
    return bytes(_voices().generate(characters))


@functools.cache
def _voices() -> AudioCaptcha:
    voices = AudioCaptcha(str(VOICES))
    voices.load()
    return voices
