"""Sealing what must be read again but not from a copy of the database: secrets of second factors, links of mails."""

import base64
import functools
import hashlib

from cryptography.fernet import Fernet, InvalidToken


@functools.cache
def _key(secret: str) -> bytes:
    """Dear on purpose; a process knows one secret, whatever the applications it makes."""
    return hashlib.scrypt(secret.encode(), salt=b"segurnum/sealing", n=2**14, r=8, p=1, dklen=32)


class Sealer:
    """Seals with a key drawn from the portal's secret: another secret opens nothing of what this one sealed."""

    def __init__(self, secret_key: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(_key(secret_key)))

    def seal(self, text: str) -> str:
        """Letters, figures, `-`, `_` and `=`; another each time."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises `ValueError` when it was sealed with another secret, or was altered."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as wrong:
            raise ValueError("sealed with another secret") from wrong
