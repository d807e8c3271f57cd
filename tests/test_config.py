"""The environment becomes settings, and an unsafe production does not start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import config

SAFE = {
    "APP_ENV": "production",
    "SECRET_KEY": "f3b1c6a49d0e4c7fa2b85d9e6c1a7f40",
    "PUBLIC_BASE_URL": "https://segurnum.exemple.fr",
    "DATABASE_URL": "postgresql://segur:secret@base/segurnum",
    "STORAGE_URL": "s3://segurnum",
    "SMTP_URL": "smtp://relais.exemple.fr:25",
}


def test_a_safe_production_starts():
    settings = config.read(SAFE)
    assert settings.environment is config.Environment.PRODUCTION
    assert settings.https
    assert settings.public_host == "segurnum.exemple.fr"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"SECRET_KEY": ""}, "au moins 32 caractères"),
        ({"SECRET_KEY": "trop-courte"}, "au moins 32 caractères"),
        ({"SECRET_KEY": None}, "au moins 32 caractères"),
        ({"SECRET_KEY": config.DEMO_SECRET}, "celle de la démonstration"),
        ({"PUBLIC_BASE_URL": "http://segurnum.exemple.fr"}, "https://"),
        ({"PUBLIC_BASE_URL": None}, "https://"),
        ({"DATABASE_URL": None}, "DATABASE_URL est absente"),
        ({"DATABASE_URL": "sqlite:////srv/base.db"}, "PostgreSQL est attendu"),
        ({"STORAGE_URL": None}, "STORAGE_URL est absente"),
        ({"SMTP_URL": None}, "SMTP_URL est absente"),
        ({"SMTP_URL": ""}, "SMTP_URL est absente"),
        ({"CAPTCHA_FIXED": "12345"}, "CAPTCHA_FIXED"),
        ({"OIDC_ISSUER": "http://identite.exemple.fr"}, "OIDC_ISSUER doit commencer par https"),
        ({"OIDC_ISSUER": "https://identite.exemple.fr"}, "OIDC_CLIENT_ID"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
    ],
)
def test_an_unsafe_production_is_refused(fault, words):
    env = {name: value for name, value in (SAFE | fault).items() if value is not None}
    with pytest.raises(config.UnsafeSettings, match=words):
        config.read(env)


def test_every_fault_is_said_at_once():
    with pytest.raises(config.UnsafeSettings) as refusal:
        config.read({"APP_ENV": "production", "CAPTCHA_FIXED": "x", "FLASK_DEBUG": "1"})
    for name in ("SECRET_KEY", "PUBLIC_BASE_URL", "DATABASE_URL", "STORAGE_URL", "SMTP_URL", "CAPTCHA", "FLASK_DEBUG"):
        assert name in str(refusal.value)


def test_the_process_itself_refuses_to_start(tmp_path):
    env = {"PATH": os.environ["PATH"], "APP_ENV": "production", "INSTANCE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"], cwd=config.ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "Refus de démarrer en production" in done.stderr


def test_the_secret_of_the_demonstration_is_used_nowhere_else():
    assert config.read({}).secret_key == config.DEMO_SECRET
    assert config.read({}).environment is config.Environment.DEMO
    with pytest.raises(ValueError, match="autre"):
        config.read({"APP_ENV": "autre"})


def test_a_local_run_keeps_everything_in_its_instance_folder(tmp_path):
    settings = config.read({"INSTANCE_DIR": str(tmp_path), "PORT": "5123"})
    assert settings.database_url == f"sqlite:///{tmp_path}/segurnum.db"
    assert settings.storage_url == f"file://{tmp_path}/files"
    assert settings.public_base_url == "http://127.0.0.1:5123"
    assert Path(settings.instance) == tmp_path
