"""What goes along when a company leaves: every table is named here, with what of it goes, or why nothing of it does.

A table that is named nowhere stops the export: somebody has to say what becomes of it (test: test_every_table_goes_along_or_says_why_not).
A plugin says it by ``carried = True`` or ``False`` of its model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.apps import apps

from backstay.base.errors import Refusal
from backstay.platform import rows

CARRIED = (
    # who and what the company is
    "company", "unit", "account", "dims", "period", "period_event", "platform_user", "platform_membership", "platform_role",
    "platform_teammember", "platform_exemption", "platform_series",
    # the ledger, its sums and its seal
    "subaccount", "entry", "posting", "live", "guard", "guard_member", "hold", "hold_event", "idempotency", "balance", "account_balance",
    "account_day", "cash_entry", "cash_day", "open_item", "unsummed", "platform_turnover", "platform_auditevent", "platform_auditvalue",
    "seal_block", "seal_leaf", "unsealed", "platform_sealstamp",
    # records and documents
    "accounting_journalentry", "accounting_journalline", "banking_bankaccount", "banking_match", "banking_matchrule", "banking_partyaccount",
    "banking_payment", "banking_paymentline", "banking_paymentrun", "banking_statement", "banking_statementline", "catalog_category",
    "catalog_item", "catalog_itemuom", "catalog_price", "catalog_priceagreement", "catalog_pricelist", "catalog_uom", "inventory_carrier",
    "inventory_count", "inventory_countline", "inventory_parcel", "inventory_place", "inventory_receipt",
    "inventory_receiptline", "inventory_shipment", "inventory_shipmentline", "inventory_transfer", "inventory_transferline",
    "inventory_writeoff", "inventory_writeoffline", "invoicing_allocation", "invoicing_bill", "invoicing_billline", "invoicing_billtax",
    "invoicing_invoice", "invoicing_invoiceline", "invoicing_invoicetax", "parties_address", "parties_consent", "parties_legalhold",
    "parties_party", "parties_partyrole", "parties_relation", "projects_project", "projects_task", "projects_timeline",
    "projects_timesheet", "purchasing_fulfilment", "purchasing_order", "purchasing_orderline", "sales_fulfilment", "sales_order",
    "sales_orderline", "tax_taxcode", "tax_taxrate", "tax_taxrule",
    # what people wrote beside them
    "platform_file", "platform_attachment", "platform_comment", "platform_draft", "platform_savedview", "platform_notice",
    "platform_word", "platform_importedrow",
)  # fmt: skip
LEFT = {
    "platform_turnover_sum": "sums of platform_turnover, which are made again where it arrives",
    "platform_turnover_new": "what waits to be summed",
    "platform_outbox": "what waits is sent from where it was written; mails hold links that let people in",
    "platform_invitation": "a link of this installation, of which only the hash is kept",
    "inventory_stocktold": "what webhooks of this installation were told",
    "platform_webhook": "whom this installation tells, by secrets that it alone can read",
    "platform_token": "lets a program in here, of which only the hash is kept",
    "platform_feed": "lets a calendar program read here, by an address of this installation",
    "platform_answer": "what the API answered here, for the same request again",
    "platform_once": "keys of clicks on pages of this installation",
    "platform_work": "what runs in the background of this installation",
    "platform_workfault": "what it could not do",
    "platform_import": "files that were to be imported here, and the work that did it; what they became goes along",
    "platform_attempt": "tries to sign in here",
    "account_emailaddress": "sign-in: a secret, or of this installation",
    "account_emailconfirmation": "sign-in: a secret, or of this installation",
    "mfa_authenticator": "second factors: secrets of people, bound to this address",
    "usersessions_usersession": "sessions of this installation",
    "socialaccount_socialaccount": "accounts of a directory that this installation asks",
    "socialaccount_socialapp": "how it asks",
    "socialaccount_socialtoken": "secrets of it",
    "django_session": "sessions of this installation",
    "django_content_type": "the libraries' own",
    "django_migrations": "the libraries' own: the file says which version wrote it",
    "auth_group": "not used",
    "auth_group_permissions": "not used",
    "auth_permission": "not used",
    "procrastinate_jobs": "jobs of this installation",
    "procrastinate_events": "jobs of this installation",
    "procrastinate_periodic_defers": "jobs of this installation",
    "procrastinate_workers": "jobs of this installation",
}
# Of a table that all companies share: which rows, and which columns. All else of people (password, last sign-in) stays.
_ACTORS = """id IN (SELECT user_id FROM platform_membership UNION SELECT user_id FROM platform_teammember UNION SELECT user_id FROM platform_exemption
    UNION SELECT substr(actor, 6)::bigint FROM platform_auditevent WHERE actor ~ '^user:[0-9]{1,18}$')"""
SHARED = {
    "company": ("id = (SELECT company())", ()),
    "unit": ("(company_id = (SELECT company()) OR company_id IS NULL)", ()),
    "platform_user": (_ACTORS, ("id", "email", "name", "language", "is_active", "created_at")),
}


class Column(NamedTuple):
    """A column: its name, PostgreSQL's type, whether it may be empty."""

    name: str
    type: str
    null: bool


class Key(NamedTuple):
    """A reference: its columns, the table and the columns it names."""

    columns: list[str]
    table: str
    there: list[str]


class Table(NamedTuple):
    """A table that goes along: its columns, its primary key, its references, and which rows."""

    name: str
    columns: list[Column]
    primary: list[str]
    keys: list[Key]
    where: str


_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY c.relname, a.attnum
"""
_KEYS = """
SELECT t.relname, k.contype::text, f.relname,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY x(n, o) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.n ORDER BY x.o),
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY x(n, o) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.n ORDER BY x.o)
FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid LEFT JOIN pg_class f ON f.oid = k.confrelid
WHERE k.connamespace = current_schema()::regnamespace AND k.contype IN ('p', 'f') ORDER BY k.conname
"""


def tables(using: str = "default") -> list[Table]:
    """Every table that goes along, as it is in this database. Raises Refusal (``exchange.unknown_table``)."""
    columns: dict[str, list[Column]] = {}
    for table, name, kind, null in rows.execute(_COLUMNS, using=using):
        columns.setdefault(table, []).append(Column(name, kind, null))
    wanted = _wanted(columns)
    primary: dict[str, list[str]] = {}
    keys: dict[str, list[Key]] = {}
    for table, kind, other, here, there in rows.execute(_KEYS, using=using):
        if kind == "p":
            primary[table] = here
        elif other in wanted:
            keys.setdefault(table, []).append(Key(here, other, there))
    made = []
    for table in wanted:
        where, chosen = SHARED.get(table, ("company_id = (SELECT company())", ()))
        held = [c for c in columns[table] if not chosen or c.name in chosen]
        made.append(Table(table, held, primary.get(table, []), keys.get(table, []), where))
    return made


def _wanted(there: dict[str, Any]) -> Sequence[str]:
    """Names of the tables that go along, of those that are there: ours, then those of plugins."""
    told = {model._meta.db_table: getattr(model, "carried", None) for model in apps.get_models()}
    others = [t for t in there if t not in CARRIED and t not in LEFT]
    if unknown := [t for t in others if told.get(t) is None]:
        raise Refusal(
            "exchange.unknown_table",
            f"nobody said whether {', '.join(unknown)} goes along when a company leaves",
            "The model says it: carried = True or False (docs/handbook/plugins.md).",
        )
    return [t for t in CARRIED if t in there] + [t for t in others if told[t]]
