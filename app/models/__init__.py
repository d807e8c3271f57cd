"""Import every model, so that metadata and migrations see them all. One file per noun."""

from app.models import (  # noqa: F401
    attachments,
    audit,
    bank_accounts,
    budget,
    captchas,
    corridors,
    counters,
    documents,
    dossiers,
    enrolments,
    imports,
    job_runs,
    mails,
    news,
    payments,
    referencings,
    requests,
    suppliers,
    users,
)
