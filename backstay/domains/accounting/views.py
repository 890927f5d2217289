"""What people see of the books."""

from django.utils.translation import gettext_noop as _

from backstay.platform.resources import LABELS, Lines, Resource

LABELS.update(
    {
        "entered_on": (_("Date"), ""),
        "on": (_("On"), ""),
        "text": (_("Text"), ""),
        "debit": (_("Debit"), ""),
        "credit": (_("Credit"), ""),
        "account": (_("Account"), ""),
        "accounting.JournalLine.item": (
            _("Belongs to"),
            _("Which bank account, tax or document, where the account needs one."),
        ),
        "note": (_("Note"), ""),
        "reason": (_("Reason"), ""),
        "net": (_("Net"), ""),
        "tax": (_("Tax"), ""),
        "gross": (_("Total"), ""),
    }
)

JOURNAL = Resource(
    path="accounting/journal",
    model="accounting.JournalEntry",
    names=(_("Journal entry"), _("Journal entries")),
    menu=("Books", _("Accounting"), "book"),
    columns=("number", "text", "entered_on", "kind", "state", "turnover:money"),
    views={_("This month"): "f=entered_on:within:month", _("Reversed"): "f=state:is:reversed"},
    form=("entered_on", "text"),
    lines=Lines(
        "accounting.JournalLine", ("account", "debit:money", "credit:money", "party", "item", "text")
    ),
    acts={"create": "enter_journal", "reverse": "reverse_journal"},
    calendar="entered_on",
)
