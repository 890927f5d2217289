"""What people see of the books."""

from django.utils.translation import gettext_noop as _

from backstay.platform.resources import LABELS, Lines, Resource

LABELS.update(
    {
        "accounting.JournalEntry.text": (
            _("Text"),
            _("What happened, so that an auditor understands it in a year."),
        ),
        "entered_on": (_("Date"), _("The day it counts for; its period must be open.")),
        "on": (_("On"), _("The day it counts for; its period must be open.")),
        "text": (_("Text"), _("Why, in a few words; it stays with the entry.")),
        "debit": (_("Debit"), ""),
        "credit": (_("Credit"), ""),
        "account": (_("Account"), ""),
        "accounting.JournalLine.item": (
            _("Belongs to"),
            _("Which bank account, tax or document, where the account needs one."),
        ),
        "note": (_("Note"), _("For colleagues; it stands on no paper.")),
        "reason": (_("Reason"), _("Why, in a few words; it stays with the document.")),
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
