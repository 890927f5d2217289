"""All that can be asked of ``access``: every kind with its acts, for those who say what a role may do."""

from __future__ import annotations

from functools import cache

from django.utils.translation import gettext as _

from backstay.interfaces.web.fields import word_of
from backstay.platform.resources import EXTRA, PAGES, RESOURCES, for_kind

# Acts that no declaration, page or report names: what processes ask of one another.
INNER = {
    "accounting.account": ("read", "create"), "accounting.company": ("read", "change", "export"), "accounting.journalentry": ("post",),
    "accounting.period": ("read", "open", "close", "reopen"), "accounting.year": ("close", "reopen"),
    "banking.partyaccount": ("set",), "banking.payment": ("post", "order"), "banking.paymentrun": ("file",),
    "banking.statement": ("import", "match"), "banking.statementline": ("match", "undo", "ignore", "reopen"),
    "catalog.category": ("create",), "inventory.bin": ("move",), "inventory.count": ("post",), "inventory.place": ("create",),
    "inventory.receipt": ("post",), "inventory.shipment": ("post",), "inventory.transfer": ("post",), "inventory.write_down": ("post",),
    "inventory.writeoff": ("post",), "invoicing.allocation": ("post",), "invoicing.bill": ("post",), "invoicing.credit_limit": ("set",),
    "invoicing.invoice": ("post", "send"), "parties.consent": ("record",), "parties.legalhold": ("create", "end"), "parties.party": ("disclose", "erase"), "purchasing.order": ("allow_payment", "accept_unbilled"),
    "sales.order": ("accrue",), "tax.code": ("create",), "tax.rule": ("create",), "platform.work": ("read", "stop"), "platform.webhook": ("read", "create", "change", "remove", "rotate", "test", "replay"), "report": ("read",),
    "access.membership": ("read", "grant", "end"), "access.role": ("read", "change"), "access.team": ("change",), "access.duty": ("read", "exempt", "change"),
}  # fmt: skip

# What people call kinds that have no list.
OTHER = {
    "accounting.account": "accounts", "accounting.company": "company", "accounting.period": "periods", "accounting.year": "years",
    "banking.statementline": "lines of statements", "catalog.category": "categories", "inventory.bin": "bins", "inventory.place": "warehouses",
    "inventory.write_down": "write-downs", "invoicing.allocation": "allocations", "invoicing.credit_limit": "credit limits",
    "parties.consent": "consents", "parties.legalhold": "legal holds", "tax.code": "tax codes", "tax.rule": "tax rules", "platform.work": "long work", "platform.webhook": "webhooks", "platform.seal": "seal",
    "access.membership": "members", "access.role": "roles", "access.team": "teams", "access.duty": "duties kept apart",
}  # fmt: skip


@cache
def universe() -> dict[str, tuple[str, ...]]:
    """kind → acts, by domain."""
    from backstay.interfaces.reports.shape import REPORTS

    made: dict[str, list[str]] = {}
    for resource in RESOURCES.values():
        made[resource.kind] = ["read", *resource.acts, *EXTRA.get(resource.kind, {}), "comment"]
    told = [(kind, act) for kind, acts in INNER.items() for act in acts]
    told += [(p.action.rpartition(".")[0], p.action.rpartition(".")[2]) for p in PAGES.values()]
    told += [(s.action.rpartition(".")[0], "read") for s in REPORTS.values()]
    for kind, act in told:
        made.setdefault(kind, []).append(act)
    order = {domain: n for n, domain in enumerate(dict.fromkeys(kind.partition(".")[0] for kind in made))}
    lists = {resource.kind for resource in RESOURCES.values()}
    sort = sorted(made, key=lambda kind: (order[kind.partition(".")[0]], kind not in lists, kind))
    return {kind: tuple(dict.fromkeys(made[kind])) for kind in sort}


def kind_name(kind: str) -> str:
    """What people call a kind."""
    from backstay.interfaces.reports.shape import REPORTS

    resource, domain, name = for_kind(kind), *kind.partition(".")[::2]
    if resource is not None:
        return _(resource.names[1])
    if domain == "report":
        return _("Report: %(name)s") % {"name": _(REPORTS[name].title)} if name in REPORTS else _("Reports")
    return word_of(OTHER.get(kind, name))
