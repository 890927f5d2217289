"""What people see of payments."""

from django.utils.translation import gettext_noop as _

from backstay.platform.resources import LABELS, Lines, Resource, extend

LABELS.update(
    {
        "banking.PartyAccount.party": (_("Party"), _("Whose account it is.")),
        "banking.BankAccount.code": (_("Code"), _("Short and in capitals; empty: from the name.")),
        "banking.BankAccount.kind": (_("Kind"), _("An account at a bank, or a cash box.")),
        "banking.BankAccount.name": (_("Name"), _("What you call it.")),
        "banking.Payment.reference": (
            _("Reference"),
            _("What the other side wrote; it helps to match the statement."),
        ),
        "banking.Payment.amount": (_("Amount"), _("What arrived at the bank, or left it.")),
        "banking.Payment.party": (_("Party"), _("Who pays, or is paid.")),
        "paid_on": (_("Date"), ""),
        "way": (_("Way"), _("In: money comes. Out: money goes.")),
        "bank_account": (_("Bank account"), _("The account or cash box it moves on.")),
        "method": (_("Method"), ""),
        "amount": (_("Amount"), ""),
        "fee": (_("Fee"), _("What the bank kept of it.")),
        "unallocated": (_("Not allocated"), ""),
        "banking.PaymentLine.item": (_("Settles"), ""),
        "iban": (_("IBAN"), _("Its check digits are looked at.")),
        "bic": (_("BIC"), _("Only needed outside SEPA.")),
        "holder": (_("Holder"), _("If the account runs under another name.")),
        "executed_on": (_("To be carried out"), ""),
        "opening": (_("Opening balance"), ""),
        "closing": (_("Closing balance"), ""),
        "gap": (_("Gap"), _("By how much its balances do not run through.")),
        "booked_on": (_("Booked"), ""),
        "since": (_("From"), ""),
        "until": (_("To"), ""),
    }
)

PAYMENTS = Resource(
    path="banking/payments",
    model="banking.Payment",
    names=(_("Payment"), _("Payments")),
    menu=("Books", _("Banking"), "cash"),
    columns=("number", "party", "paid_on", "way", "state", "amount:money", "unallocated:money", "bank_account", "reference"),
    views={_("Received"): "f=way:is:in", _("Paid"): "f=way:is:out", _("On their way"): "f=state:is:ordered", _("This month"): "f=paid_on:within:month",
           _("Not allocated"): "f=unallocated:min:0.01"},
    form=("party", "way", "on:date", "bank_account", "amount:money", "fee:money", "reference"),
    lines=Lines("banking.PaymentLine", (), ("item", "amount:money", "difference:money", "reason")),
    acts={"create": "record_payments", "settle": "settle_payments", "unsettle": "unsettle_payments", "reverse": "reverse_payments"},
    search=("party",),
)  # fmt: skip

RUNS = Resource(
    path="banking/runs",
    model="banking.PaymentRun",
    names=(_("Payment run"), _("Payment runs")),
    menu=("Books", _("Banking"), "cash"),
    columns=("number", "executed_on", "state", "count", "total:money", "bank_account"),
    views={_("At the bank"): "f=state:is:ordered"},
    lines=Lines("banking.Payment", (), ("number", "party", "amount:money", "state", "reference")),
    acts={"create": "create_runs", "reverse": "reverse_runs"},
)
STATEMENTS = Resource(
    path="banking/statements",
    model="banking.Statement",
    names=(_("Bank statement"), _("Bank statements")),
    menu=("Books", _("Banking"), "cash"),
    columns=(
        "number",
        "until",
        "bank_account",
        "opening:money",
        "closing:money",
        "gap:money",
        "file_name",
        "imported_at",
    ),
    lines=Lines("banking.StatementLine", (), ("booked_on", "name", "text", "amount:money", "state")),
)
ACCOUNTS = Resource(
    path="banking/accounts",
    model="banking.BankAccount",
    names=(_("Bank account"), _("Bank accounts")),
    menu=("Books", _("Banking"), "cash"),
    columns=("name", "code", "kind", "iban", "bic"),
    form=("name", "kind", "code", "iban", "bic"),
    acts={"create": "create_bank_accounts", "change": "edit_bank_accounts"},
)
PARTY_ACCOUNTS = Resource(
    path="banking/party-accounts",
    model="banking.PartyAccount",
    names=(_("Party's bank account"), _("Parties' bank accounts")),
    menu=("Books", _("Banking"), "cash"),
    columns=("iban", "party", "bic", "holder", "archived_on"),
    form=("party", "iban", "bic", "holder"),
    acts={"create": "set_party_accounts"},
    search=("party",),
)
extend("invoicing.invoice", __name__, {"record_payment": (("posted",), "pay_invoices")})
extend("invoicing.bill", __name__, {"pay": (("posted",), "pay_bills")})
