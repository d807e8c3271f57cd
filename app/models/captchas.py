"""Captchas already answered: each is good for one answer, right or wrong."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import UtcDateTime


class CaptchaUse(db.Model):
    """One answer given. The row is useless, and swept, once the captcha has expired."""

    nonce: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
