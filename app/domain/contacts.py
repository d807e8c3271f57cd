"""How may somebody be reached: which e-mail addresses and phone numbers may exist?

Each returns None when it may, else the reason in French. The usual writings are settled by the quick patterns of
`app.exchange.line_model`; the libraries here judge the others. Nothing is asked of the network.
"""

import functools
import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

_PHONE_SIGNS = re.compile(r"\+?[0-9 ().\-]+")  # the library reads letters, and the digits of every script
_NOT_DIALLED = re.compile(r"[ ().\-]")
# The library takes a French number without its 0, which a spreadsheet loses: a message or a call would not arrive.
FRENCH_PHONE = r"^0[1-9][0-9]{8}$"


@functools.lru_cache(maxsize=4096)  # the glance and the complete controls ask of the same unusual writings
def email_fault(value: str) -> str | None:
    """None for an address that may exist."""
    try:
        validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        return _email_reason(value)
    return None


def _email_reason(value: str) -> str:
    if value.count("@") != 1:
        return "une adresse électronique porte un « @ » et un seul"
    if any(character.isspace() for character in value):
        return "une adresse électronique n'a pas d'espace"
    if "." not in value.partition("@")[2]:
        return "le domaine de l'adresse électronique est incomplet (nom@domaine.fr)"
    return "ce n'est pas une adresse électronique"


@functools.lru_cache(maxsize=4096)
def phone_fault(value: str) -> str | None:
    """None for a number that may exist: 10 French digits, or another country's behind + or 00."""
    if not _PHONE_SIGNS.fullmatch(value):
        return "un téléphone s'écrit en chiffres, avec des espaces ou des points, et + devant l'indicatif d'un pays"
    dialled = re.sub("^00", "+", _NOT_DIALLED.sub("", value))
    if not dialled.startswith("+"):
        return (
            None if re.match(FRENCH_PHONE, dialled) else "un téléphone français compte 10 chiffres, dont le 0 de tête"
        )
    try:
        if phonenumbers.is_possible_number(phonenumbers.parse(dialled, "FR")):
            return None
    except phonenumbers.NumberParseException:
        pass
    return "ce n'est pas un numéro de téléphone du pays indiqué"
