"""What a password must be: the guide's rule for suppliers, more for staff, and what everybody would guess is refused.

Sources: guide « Opérateur MSS », « Changement du mot de passe » (to the letter); OWASP ASVS 5.0, 6.2.4 (deny-list);
CNIL, délibération 2022-100. Pure; a password is never kept here.
"""

import string

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from app.domain import limits

RULE = (
    "Le mot de passe doit être différent de l'identifiant et comporter 8 caractères minimum dont 1 chiffre et"
    " 1 caractère spécial minimum (exemples: .,;?!:%#). Les caractères accentués ne sont pas autorisés."
)
STAFF_RULE = RULE.replace("8 caractères", f"{limits.STAFF_PASSWORD_LENGTH} caractères")
_ALLOWED = frozenset(string.printable) - frozenset("\t\n\r\x0b\x0c")
# What people write instead of letters.
_LEET = str.maketrans("@4380$5!17", "aaebossiit")
# Words of this portal, which its people think of first.
_OF_HERE = frozenset({"segur", "segurnum", "numerique", "portail", "asp", "ans", "sante", "fournisseur", "motdepasse"})
_GUESSED = frozenset(FREQUENCY_LISTS["passwords"]) | _OF_HERE


def rule(*, staff: bool) -> str:
    """The rule as a person reads it before choosing."""
    return STAFF_RULE if staff else RULE


def fault(password: str, username: str, *, staff: bool) -> str | None:
    """Why this password is refused, in French; None when it is accepted."""
    least = limits.STAFF_PASSWORD_LENGTH if staff else limits.PASSWORD_LENGTH
    checks = (
        (len(password) < least, f"Le mot de passe compte {least} caractères au minimum."),
        (len(password) > limits.PASSWORD_MOST, f"Le mot de passe compte {limits.PASSWORD_MOST} caractères au plus."),
        (not _ALLOWED.issuperset(password), "Les caractères accentués ne sont pas autorisés dans le mot de passe."),
        (not any(sign in string.digits for sign in password), "Le mot de passe comporte au moins un chiffre."),
        (not _has_special(password), "Le mot de passe comporte au moins un caractère spécial (exemples: .,;?!:%#)."),
        (password.casefold() == username.casefold(), "Le mot de passe doit être différent de l'identifiant."),
        (
            _is_guessed(password, username),
            "Ce mot de passe est parmi les premiers qu'on essaierait : choisissez-en un autre.",
        ),
    )
    return next((said for wrong, said in checks if wrong), None)


def _has_special(password: str) -> bool:
    return any(not sign.isalnum() and not sign.isspace() for sign in password)


def _is_guessed(password: str, username: str) -> bool:
    """A common password or the identifier, with figures and signs around, or letters written otherwise."""
    folded = password.casefold()
    around = string.digits + string.punctuation + " "
    hearts = {
        folded,
        folded.strip(around),
        folded.translate(_LEET).strip(around),
        folded.strip(around).translate(_LEET),
    }
    names = {username.casefold(), username.casefold().strip(around)} - {""}
    return bool(hearts & (_GUESSED | names))
