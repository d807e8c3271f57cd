"""Settings, read once from the environment. Production refuses to start on an unsafe one.

The names and their meaning are in README.md, section « Settings ».
"""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
DEMO_SECRET = "demonstration-uniquement-ne-protege-rien"
SHORTEST, LONGEST = 0.001, 86_400  # seconds of a time limit: zero is none to PostgreSQL, and ends all on SQLite


class Environment(StrEnum):
    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class UnsafeSettings(RuntimeError):
    """The process must not start with these settings; the message lists every one of them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Instance folder: SQLite file, stored files and `.eml` mails of a local run.

    Time limits, in seconds: of a statement, and of waiting for a lock (web requests and jobs only).
    """

    environment: Environment
    database_url: str
    storage_url: str
    smtp_url: str | None
    smtp_timeout: float
    mail_bounces: str
    public_base_url: str
    secret_key: str
    port: int
    clamd_url: str | None
    sirene_url: str | None
    captcha_fixed: str | None
    oidc_issuer: str | None
    oidc_client_id: str
    oidc_client_secret: str
    instance: Path
    trusted_proxies: int
    statement_timeout: float
    lock_timeout: float

    @property
    def public_host(self) -> str:
        return urlsplit(self.public_base_url).hostname or ""

    @property
    def https(self) -> bool:
        return urlsplit(self.public_base_url).scheme == "https"


def read(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. Raises `UnsafeSettings`, naming each fault: most are faults in
    production only."""
    environment = Environment(env.get("APP_ENV", Environment.DEMO))
    instance = Path(env.get("INSTANCE_DIR", ROOT / "instance")).resolve()
    port = int(env.get("PORT", "5000"))
    settings = Settings(
        environment=environment,
        database_url=env.get("DATABASE_URL", f"sqlite:///{instance / 'segurnum.db'}"),
        storage_url=env.get("STORAGE_URL", f"file://{instance / 'files'}"),
        smtp_url=env.get("SMTP_URL") or None,
        smtp_timeout=_seconds(env.get("SMTP_TIMEOUT", "20")),
        mail_bounces=env.get("MAIL_BOUNCES", ""),
        public_base_url=env.get("PUBLIC_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        secret_key=env.get("SECRET_KEY") or ("" if environment is Environment.PRODUCTION else DEMO_SECRET),
        port=port,
        clamd_url=env.get("CLAMD_URL") or None,
        sirene_url=env.get("SIRENE_URL") or None,
        captcha_fixed=env.get("CAPTCHA_FIXED") or None,
        oidc_issuer=env.get("OIDC_ISSUER", "").rstrip("/") or None,
        oidc_client_id=env.get("OIDC_CLIENT_ID", ""),
        oidc_client_secret=env.get("OIDC_CLIENT_SECRET", ""),
        instance=instance,
        trusted_proxies=int(env.get("TRUSTED_PROXIES", "0")),
        statement_timeout=_seconds(env.get("STATEMENT_TIMEOUT", "15")),
        lock_timeout=_seconds(env.get("LOCK_TIMEOUT", "5")),
    )
    production = environment is Environment.PRODUCTION
    faults = limit_faults(settings) + (production_faults(settings, env) if production else [])
    if faults:
        raise UnsafeSettings(f"Refus de démarrer{' en production' * production} :\n- " + "\n- ".join(faults))
    return settings


def _seconds(text: str) -> float:
    """The number written, or not a number, which no limit is (`limit_faults`)."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def limit_faults(settings: Settings) -> list[str]:
    """Each time limit that is none, in French; empty when all are limits."""
    limits = {
        "STATEMENT_TIMEOUT": settings.statement_timeout,
        "LOCK_TIMEOUT": settings.lock_timeout,
        "SMTP_TIMEOUT": settings.smtp_timeout,
    }
    wrong = [name for name, seconds in limits.items() if not SHORTEST <= seconds <= LONGEST]
    return [f"{name} doit être un nombre de secondes, de 0,001 à {LONGEST}" for name in wrong]


def production_faults(settings: Settings, env: Mapping[str, str]) -> list[str]:
    """Each reason not to serve the public with these settings, in French; empty when they are safe."""
    checks = (
        (len(settings.secret_key) < 32, "SECRET_KEY doit compter au moins 32 caractères aléatoires"),
        (settings.secret_key == DEMO_SECRET, "SECRET_KEY est celle de la démonstration"),
        (not settings.https, "PUBLIC_BASE_URL doit commencer par https://"),
        ("DATABASE_URL" not in env, "DATABASE_URL est absente (PostgreSQL attendu)"),
        (settings.database_url.startswith("sqlite"), "DATABASE_URL désigne SQLite : PostgreSQL est attendu"),
        ("STORAGE_URL" not in env, "STORAGE_URL est absente (s3://… ou file:///…)"),
        (settings.smtp_url is None, "SMTP_URL est absente : aucun courriel ne partirait"),
        (settings.captcha_fixed is not None, "CAPTCHA_FIXED désactive le captcha : réservée aux essais"),
        (
            settings.oidc_issuer is not None and not settings.oidc_issuer.startswith("https://"),
            "OIDC_ISSUER doit commencer par https://",
        ),
        (
            settings.oidc_issuer is not None and not (settings.oidc_client_id and settings.oidc_client_secret),
            "OIDC_CLIENT_ID et OIDC_CLIENT_SECRET accompagnent OIDC_ISSUER",
        ),
        (env.get("FLASK_DEBUG", "0") not in ("", "0"), "FLASK_DEBUG est actif"),
    )
    return [fault for broken, fault in checks if broken]
