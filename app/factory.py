"""Builds the application: the only module that may import every other."""

import datetime as dt

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import admin_views
import app.models  # noqa: F401 -- every table is known from here on
import config
from app import cli
from app.adapters import antivirus, mail, sealing, sirene, storage
from app.domain import limits
from app.extensions import TIME_LIMITS, TimeLimits, babel, csrf, db, limiter, migrate
from app.services import clock, formats, ports, written_texts
from app.web import (
    account_files,
    addresses,
    assistance,
    auth,
    calendar_pages,
    captchas,
    document_models,
    enrolment,
    enrolment_answers,
    enrolment_doors,
    enrolment_files,
    entering,
    errors,
    files,
    format_pages,
    headers,
    health,
    lost_credentials,
    openid,
    own_access,
    public,
    resuming,
    simulator,
    step_up,
    upload_limits,
)

DATABASE_PREFIXES = {"postgres://": "postgresql+psycopg://", "postgresql://": "postgresql+psycopg://"}


def create_app(settings: config.Settings | None = None) -> Flask:
    """The WSGI application for these settings (default: the environment). Raises `config.UnsafeSettings`."""
    settings = settings or config.read()
    settings.instance.mkdir(parents=True, exist_ok=True)
    flask = Flask(__name__, root_path=str(config.ROOT), instance_path=str(settings.instance))
    flask.config |= flask_settings(settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        flask.wsgi_app = ProxyFix(flask.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    addresses.init_app(flask)
    db.init_app(flask)
    migrate.init_app(flask, db)
    headers.init_app(flask)  # says what the request may do to the base: before whoever asks it anything
    upload_limits.init_app(flask)  # before CSRF, which reads the form
    csrf.init_app(flask)
    babel.init_app(flask)
    limiter.init_app(flask)
    ports.configure(ports_of(settings))
    flask.jinja_env.filters |= formats.FILTERS | {"written": written_texts.as_html}
    flask.jinja_env.globals["current_year"] = lambda: clock.today().year
    errors.init_app(flask)
    auth.init_app(flask)
    resuming.init_app(flask)
    openid.init_app(flask, settings)
    flask.register_blueprint(health.blueprint)
    flask.register_blueprint(public.blueprint)
    flask.register_blueprint(simulator.blueprint)
    flask.register_blueprint(files.blueprint)
    pages = (format_pages, calendar_pages, assistance, captchas, entering, lost_credentials, step_up)
    for one in (*pages, account_files, document_models):
        flask.register_blueprint(one.blueprint)
    flask.register_blueprint(enrolment_files.blueprint)
    for name, address in enrolment_doors.ADDRESSES.items():
        flask.register_blueprint(enrolment.blueprint, name=name, url_prefix=address)
    for name, address in enrolment_answers.ADDRESSES.items():
        flask.register_blueprint(enrolment_answers.blueprint, name=name, url_prefix=address)
    flask.register_blueprint(own_access.blueprint, name=own_access.SUPPLIER, url_prefix="/segurnums/compte/securite")
    flask.register_blueprint(own_access.blueprint, name=own_access.STAFF, url_prefix="/gestion/mon-compte")
    admin_views.register(flask, headers.csp_nonce)
    cli.init_app(flask)
    return flask


def flask_settings(settings: config.Settings) -> dict[str, object]:
    """What Flask and its libraries are told of these settings."""
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.environment is config.Environment.TEST,
        "SQLALCHEMY_DATABASE_URI": _database_url(settings.database_url),
        "SQLALCHEMY_ENGINE_OPTIONS": _patience(settings),
        "SESSION_COOKIE_NAME": "__Host-session" if settings.https else "session",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": dt.timedelta(hours=limits.SESSION_HOURS),
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a long form must not expire
        "MAX_CONTENT_LENGTH": limits.BODY_BYTES,  # screens that take more say so themselves
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "TRUSTED_HOSTS": _trusted_hosts(settings),
        "BABEL_DEFAULT_LOCALE": "fr",
        "BABEL_DEFAULT_TIMEZONE": "Europe/Paris",
        "FLASK_ADMIN_RAISE_ON_VIEW_EXCEPTION": True,  # else any error becomes a flash message and a 200
        "RATELIMIT_ENABLED": True,
    }


def _patience(settings: config.Settings) -> dict[str, object]:
    """Nothing waits for ever: neither for a server that is gone, nor for a lock or a statement (`app.extensions`)."""
    limits = TimeLimits(settings.statement_timeout, settings.lock_timeout)
    options: dict[str, object] = {"execution_options": {TIME_LIMITS: limits}}
    if settings.database_url.startswith("postgres"):
        timeouts = {"statement_timeout": limits.statement, "lock_timeout": limits.lock}
        said = [f"-c {name}={seconds * 1000:.0f}ms" for name, seconds in timeouts.items()]
        # Planned for the values asked: a plan for any value takes neither the trigrams nor a partial index. And no plan
        # is compiled: it costs more than the statements of a page.
        said += ["-c plan_cache_mode=force_custom_plan", "-c jit=off"]
        options["connect_args"] = {"connect_timeout": 5, "options": " ".join(said)}
    return options


def _database_url(url: str) -> str:
    for prefix, driver in DATABASE_PREFIXES.items():
        if url.startswith(prefix):
            return driver + url.removeprefix(prefix)
    return url


def _trusted_hosts(settings: config.Settings) -> list[str]:
    local = [] if settings.environment is config.Environment.PRODUCTION else ["localhost", "127.0.0.1"]
    return [settings.public_host, *local]


def ports_of(settings: config.Settings) -> ports.Ports:
    """The outside world these settings name."""
    sender = f"ne-pas-repondre@{settings.public_host if '.' in settings.public_host else 'segurnum.invalid'}"
    return ports.Ports(
        store=storage.open_store(settings.storage_url),
        scanner=antivirus.open_scanner(settings.clamd_url),
        mailer=mail.open_mailer(
            settings.smtp_url,
            settings.instance / "mails",
            sender,
            timeout=settings.smtp_timeout,
            bounces=settings.mail_bounces,
        ),
        companies=sirene.open_register(settings.sirene_url),
        sealer=sealing.Sealer(settings.secret_key),
        public_base_url=settings.public_base_url,
        mail_from=sender,
        captcha_secret=settings.secret_key.encode(),
        captcha_fixed=settings.captcha_fixed,
    )
