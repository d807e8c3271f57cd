"""Who may reach which route: every endpoint of the application stands here once. A new screen adds its lines.

`WHO` gives the roles let in. The roles are written out, not read from the code under test. The addresses Flask-Admin
generates for each grid are closed to everybody: `HIDDEN` names them, and the grid's own lines are its list and look-up.
"""

from app.domain.enums import Role as R

ANYBODY = frozenset({None, *R}) - {R.SYSTEM}  # None is a stranger
LOGGED_IN = ANYBODY - {None}
SUPPLIER = frozenset({R.SUPPLIER})
STAFF = LOGGED_IN - SUPPLIER
BUSINESS = frozenset({R.OFFICER, R.DECIDER, R.AUTHORISER, R.ACCOUNTANT})
READERS = BUSINESS | {R.SUPPORT, R.ANALYST}
REGISTERS = READERS | {R.ADMINISTRATOR}
BUDGET = frozenset({R.DECIDER, R.AUTHORISER, R.ACCOUNTANT, R.ANALYST})
MAILS = frozenset({R.OFFICER, R.SUPPORT, R.ADMINISTRATOR})
ADMINISTRATOR = frozenset({R.ADMINISTRATOR})
AUDIT = frozenset({R.DECIDER, R.ADMINISTRATOR})
EXPORT = frozenset({R.ANALYST, R.DECIDER})
OFFICER = frozenset({R.OFFICER})

HIDDEN = frozenset(
    ["create_view", "edit_view", "details_view", "delete_view", "action_view", "ajax_update", "ajax_lookup", "export"]
)

ACCOUNTS = frozenset({R.ADMINISTRATOR, R.SUPPORT})
WRITERS = frozenset({R.OFFICER, R.SUPPORT, R.ADMINISTRATOR})
OWN_ACCESS = "page end_session end_others password question factor recovery"

# The view, who, and its own pages beside its list (`index_view`, `lookup`) — or all its pages when it is no grid.
_GRIDS: dict[str, tuple[frozenset, str]] = {
    "staff_requests": (READERS, "difference instruction"),
    "staff_enrolments": (frozenset({R.OFFICER, R.SUPPORT}), "instruction"),
    "staff_decisions": (BUDGET, "decision"),
    "staff_envelopes": (BUDGET, "envelope"),
    "staff_payments": (BUDGET, "order"),
    "staff_recoveries": (BUDGET, "order"),
    "staff_wordings": (frozenset({R.OFFICER}), "wording new retire restore"),
    "staff_suppliers": (READERS, "supplier"),
    "staff_people": (READERS, ""),
    "staff_referencings": (REGISTERS, ""),
    "staff_corridors": (REGISTERS, "compare corridor document version"),
    "staff_accounts": (frozenset({R.ADMINISTRATOR, R.SUPPORT}), ""),
    "staff_mails": (MAILS, "mail resend"),
    "staff_tickets": (frozenset({R.OFFICER, R.SUPPORT}), "answer close ticket"),
    "staff_questions": (WRITERS, "entry new remove"),
    "staff_rubrics": (WRITERS, "rubric new remove"),
    "staff_news": (WRITERS, "item new remove"),
    "staff_bank_changes": (frozenset({R.OFFICER}), "change accept refuse"),
    "staff_person_changes": (frozenset({R.OFFICER}), "change accept reject"),
    "staff_document_models": (OFFICER, "accept consult reject"),
    "staff_audit": (AUDIT, "entry"),
    "staff_jobs": (frozenset({R.ADMINISTRATOR}), "run"),
    "staff_simulations": (frozenset({R.ADMINISTRATOR}), ""),
    "supplier_requests": (SUPPLIER, ""),
    "supplier_enrolments": (SUPPLIER, "consult"),
    "supplier_accounts": (SUPPLIER, "consult"),
    "supplier_imports": (SUPPLIER, "result"),
    "supplier_messages": (SUPPLIER, "ticket reply"),
    "supplier_incomplete": (SUPPLIER, "confirm_deletion delete model_file"),
}
_PAGES: dict[str, tuple[frozenset, str]] = {
    "public": (
        ANYBODY,
        "root home accessibilite cgu donnees_personnelles mentions_legales news_file questions plan_du_site",
    ),
    "simulator": (ANYBODY, "page"),
    "documentation": (ANYBODY, "index codes corridor schema example blank"),
    "calendar": (ANYBODY, "page feed own_feed"),
    "assistance": (ANYBODY, "contact follow file"),
    "enrolment": (ANYBODY, "start step send done resume leave piece model"),
    "complementary_enrolment": (SUPPLIER, "start step send done resume leave piece model"),
    "captchas": (ANYBODY, "image new sound"),
    "enrolment_follow_up": (ANYBODY, "page add remove send"),
    "enrolment_answer": (SUPPLIER, "page add remove send"),
    "enrolment_files": (OFFICER, "download preview"),
    "entering": (ANYBODY, "code factor go_on question"),
    "supplier_access": (SUPPLIER, OWN_ACCESS),
    "staff_access": (STAFF, OWN_ACCESS),
    "lost_credentials": (ANYBODY, "choose identifier open_link password"),
    "resuming": (LOGGED_IN, "page"),
    "health": (ANYBODY, "check"),
    "gestion": (STAFF, "index"),
    "segurnums": (SUPPLIER, "index"),
    "auth": (LOGGED_IN, "my_space"),
    "staff_corridor_quick": (ADMINISTRATOR, "ceiling deadline wave"),
    "staff_corridor_drafts": (ADMINISTRATOR, "act document draft new open text waiting"),
    "staff_corridor_editor": (ADMINISTRATOR, "check element move section"),
    "staff_corridor_ceilings": (ADMINISTRATOR, "download table"),
    "staff_corridor_previews": (ADMINISTRATOR, "documentation example preview reckon try_file"),
    "staff_exports": (EXPORT, "index requests beneficiaries"),
    "staff_referencing_import": (
        frozenset({R.OFFICER, R.ADMINISTRATOR}),
        "index send template current preview report apply",
    ),
    "staff_text_pages": (WRITERS, "index edit"),
    "staff_mail_templates": (frozenset({R.OFFICER, R.ADMINISTRATOR}), "index edit revert version"),
    "staff_account": (ACCOUNTS, "index account"),
    "staff_ceiling_import": (frozenset({R.ADMINISTRATOR}), "index send current preview report apply"),
    "staff_summaries": (EXPORT, "index workbook csv"),
    "supplier_request": (SUPPLIER, "current difference history version"),
    "supplier_complement": (SUPPLIER, "page add confirm remove"),
    "supplier_modification": (SUPPLIER, "page answer"),
    "supplier_people": (SUPPLIER, "page change discard"),
    "supplier_bank_account": (SUPPLIER, "new add bank withdraw"),
    "supplier_document_models": (SUPPLIER, "page add send remove consult"),
    "supplier_users": (SUPPLIER, "page invite close"),
    "step_up": (SUPPLIER, "page send"),
    "supplier_deadlines": (SUPPLIER, "index renew"),
    "supplier_exports": (SUPPLIER, "index requests beneficiaries"),
    "supplier_form_requests": (SUPPLIER, "avance solde deposit_avance deposit_solde"),
    "supplier_import_wizard": (SUPPLIER, "new simulate report report_csv report_json file mend import_file"),
    "supplier_import_pieces": (SUPPLIER, "index attach bundle expected_names remove"),
    "supplier_kept_files": (SUPPLIER, "sort discard_all download replace"),
    "supplier_incomplete_pieces": (SUPPLIER, "index attach bundle remove"),
}
# Endpoint by endpoint, where a view is not open to one set of roles.
_OTHERS: dict[str, frozenset] = {
    "static": ANYBODY,
    "assistance.own_file": SUPPLIER,
    "assistance.staff_file": frozenset({R.OFFICER, R.SUPPORT}),
    "supplier_access.remove_factor": SUPPLIER,
    "staff_access.remove_factor": frozenset(),  # a staff account keeps its second factor
    "gestion.static": ANYBODY,
    "segurnums.static": ANYBODY,
    "security.static": ANYBODY,
    "security.login": ANYBODY,
    "security.logout": ANYBODY,
    "account_files.rib": SUPPLIER,
    "account_files.piece": SUPPLIER,
    "account_files.staff_rib": frozenset({R.OFFICER}),
    "account_files.staff_rib_preview": frozenset({R.OFFICER}),
    "account_files.staff_piece": frozenset({R.OFFICER}),
    "account_files.staff_piece_preview": frozenset({R.OFFICER}),
    "document_models.download": SUPPLIER,
    "document_models.staff_download": OFFICER,
    "document_models.staff_preview": OFFICER,
    "files.download": SUPPLIER,
    "files.staff_download": BUSINESS,
    "files.staff_preview": BUSINESS,
    "staff_requests.act": READERS,  # each action is then checked against the workflow's roles
    "staff_enrolments.act": OFFICER,
    "staff_recoveries.act": BUDGET,  # each act then asks for its own capability
    "staff_account.new": frozenset({R.ADMINISTRATOR}),
    "staff_account.roles": frozenset({R.ADMINISTRATOR}),
    "staff_account.act": ACCOUNTS,  # each act then asks for its own capability
    "staff_decisions.choose": frozenset({R.DECIDER}),
    "staff_decisions.decide": frozenset({R.DECIDER}),
    "staff_decisions.verify": frozenset({R.DECIDER}),
    "staff_envelopes.new": frozenset({R.DECIDER}),
    "staff_envelopes.increase": frozenset({R.DECIDER}),
    "staff_envelopes.proposals": frozenset({R.AUTHORISER}),
    "staff_envelopes.judge": frozenset({R.AUTHORISER}),
    "staff_payments.choose": frozenset({R.AUTHORISER}),
    "staff_payments.make": frozenset({R.AUTHORISER}),
    "staff_payments.verify": frozenset({R.AUTHORISER}),
    "staff_payments.confirm": frozenset({R.ACCOUNTANT}),
}


def _table() -> dict[str, frozenset]:
    found = dict(_OTHERS)
    for view, (who, pages) in _GRIDS.items():
        found |= {f"{view}.{page}": who for page in ("index_view", "lookup", *pages.split(), *HIDDEN)}
    for view, (who, pages) in _PAGES.items():
        found |= {f"{view}.{page}": who for page in pages.split()}
    return found


WHO = _table()
