"""Payments, runs of them, statements of the bank and what their lines stand for."""

from backstay.domains.banking.matching import Part, Proposal
from backstay.domains.banking.paying import (
    KIND,
    LIFE,
    Recorded,
    create_bank_accounts,
    edit_bank_accounts,
    order_payments,
    record_payments,
    reverse_payments,
    settle_payments,
    unsettle_payments,
)
from backstay.domains.banking.reconciling import Decision, match_lines, reconcile, suggest, undo_matches
from backstay.domains.banking.rules import (
    BankAccountDraft,
    LineRead,
    PartyAccountDraft,
    PaymentDraft,
    PaymentLineDraft,
    RunDraft,
    StatementRead,
)
from backstay.domains.banking.running import RUN, create_runs, due_items, reverse_runs, set_party_accounts
from backstay.domains.banking.statements import (
    Imported,
    Source,
    ignore_lines,
    import_statements,
    reopen_lines,
)

__all__ = [
    "KIND",
    "LIFE",
    "RUN",
    "BankAccountDraft",
    "Decision",
    "Imported",
    "LineRead",
    "Part",
    "PartyAccountDraft",
    "PaymentDraft",
    "PaymentLineDraft",
    "Proposal",
    "Recorded",
    "RunDraft",
    "Source",
    "StatementRead",
    "create_bank_accounts",
    "create_runs",
    "due_items",
    "edit_bank_accounts",
    "ignore_lines",
    "import_statements",
    "match_lines",
    "order_payments",
    "reconcile",
    "record_payments",
    "reopen_lines",
    "reverse_payments",
    "reverse_runs",
    "set_party_accounts",
    "settle_payments",
    "suggest",
    "undo_matches",
    "unsettle_payments",
]
