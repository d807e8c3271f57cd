"""Django admin on the same tables: session login, the same columns, filters, search and scoping.

One process serves several databases: the router gives the one of `using`.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from admin_views.grid import PAGE_SIZE


class Router:
    """Every query goes to the database being measured."""

    alias = "default"

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return Router.alias

    db_for_write = db_for_read

    def allow_relation(self, *objects: Any, **hints: Any) -> bool:
        return True


@contextmanager
def using(alias: str) -> Iterator[None]:
    """Queries go there inside the block."""
    before, Router.alias = Router.alias, alias
    try:
        yield
    finally:
        Router.alias = before


def configure(urls: dict[str, str]) -> None:
    """Set Django up for these databases (alias → URL), once per process, and make its own tables in them."""
    databases = {alias: _database(url) for alias, url in urls.items()}
    settings.configure(
        SECRET_KEY="banc-d-essai",
        DATABASES={"default": next(iter(databases.values()))} | databases,
        DATABASE_ROUTERS=["benchmarks.peers.django_site.Router"],
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
            "django.contrib.admin", "benchmarks.peers",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]},
        }],
        ROOT_URLCONF="benchmarks.peers.django_urls",
        ALLOWED_HOSTS=["*"], USE_TZ=True, TIME_ZONE="Europe/Paris", LANGUAGE_CODE="fr", STATIC_URL="/static/",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )  # fmt: skip
    django.setup()
    for alias in databases:
        with using(alias):
            call_command("migrate", database=alias, verbosity=0)


def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": parts.path}
    return {
        "ENGINE": "django.db.backends.postgresql", "NAME": parts.path.lstrip("/"), "USER": parts.username,
        "HOST": parts.hostname, "PORT": parts.port, "CONN_MAX_AGE": None,
    }  # fmt: skip


def client(supplier_id: int | None) -> Any:
    """A test client logged in by a session, as this supplier or as a member of staff, on the current database."""
    from django.contrib.auth.models import User
    from django.test import Client

    name = f"fournisseur-{supplier_id}" if supplier_id else "gestionnaire"
    user, _ = User.objects.using(Router.alias).get_or_create(
        username=name, defaults={"is_staff": True, "is_superuser": True}
    )
    browser = Client(raise_request_exception=True)
    browser.force_login(user)
    return browser


def close() -> None:
    connections.close_all()


def csv_lines(rows: Any) -> Iterator[str]:
    """The usual recipe of an export in Django: the csv module over an iterator."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow(row)
        if out.tell() > 65_536:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


PER_PAGE = PAGE_SIZE
