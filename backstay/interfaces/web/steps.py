"""The steps after a company is made: each can be done now, later or never; what is done is read from the books."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.errors import NotFound
from backstay.domains.accounting.processes import change_company
from backstay.interfaces.imports import declared
from backstay.interfaces.web import company, opening
from backstay.interfaces.web.resource import Answer
from backstay.platform import access, rows
from backstay.platform.context import Ctx
from backstay.platform.resources import RESOURCES, page

n = gettext_noop


class Step(NamedTuple):
    """A step: what to do, why, its icon."""

    name: str
    title: str
    why: str
    icon: str


STEPS = (
    Step("details", n("Address and tax number"), n("They stand on every invoice."), "building-store"),
    Step("logo", n("Logo"), n("For your papers and this desk."), "photo"),
    Step(
        "bank",
        n("Bank account"),
        n("Customers see where to pay; statements find their account."),
        "building-bank",
    ),
    Step("opening", n("Opening balances"), n("What was there before the first day in these books."), "scale"),
    Step("parties", n("Customers and suppliers"), n("From a file, or one by one."), "users"),
    Step("items", n("Items"), n("What you sell and buy, with prices."), "tag"),
    Step("stock", n("Stock"), n("What lies in the warehouse, and what it is worth."), "packages"),
)
_DONE = """
SELECT EXISTS (SELECT FROM banking_bankaccount WHERE company_id = %(c)s AND iban <> ''),
       EXISTS (SELECT FROM accounting_journalentry WHERE company_id = %(c)s AND kind = 'opening' AND state = 'posted'),
       EXISTS (SELECT FROM parties_party WHERE company_id = %(c)s), EXISTS (SELECT FROM catalog_item WHERE company_id = %(c)s),
       EXISTS (SELECT FROM subaccount WHERE company_id = %(c)s AND account_id = %(stock)s)
"""


def progress(ctx: Ctx) -> list[dict[str, Any]]:
    """The steps with their state: done, skipped or open. One statement."""
    found = rows.execute(_DONE, {"c": ctx.company, "stock": ctx.accounts.get("stock", 0)})[0]
    done = dict(zip(("bank", "opening", "parties", "items", "stock"), found, strict=True))
    done |= {"details": bool(ctx.settings.get("address")), "logo": bool(ctx.settings.get("logo"))}
    skipped = _kept(ctx).get("skipped", [])
    return [
        {
            "name": step.name, "title": _(step.title), "why": _(step.why), "icon": step.icon, "href": f"/set-up/{step.name}",
            "state": "done" if done[step.name] else "skipped" if step.name in skipped else "open",
        }
        for step in STEPS
    ]  # fmt: skip


def checklist(ctx: Ctx) -> dict[str, Any] | None:
    """What of the set-up is left, for the first page; None when it is over, hidden, or not one's own to do."""
    if (
        ctx.settings.get("practice")
        or _kept(ctx).get("hidden")
        or not access.may(ctx, f"{company.KIND}.change")
    ):
        return None
    steps = progress(ctx)
    left = [s for s in steps if s["state"] == "open"]
    done = sum(s["state"] == "done" for s in steps)
    return (
        {"steps": steps, "done": done, "of": len(steps), "share": done * 100 // len(steps)} if left else None
    )


def _kept(ctx: Ctx) -> dict[str, Any]:
    found: dict[str, Any] = ctx.settings.get("setup") or {}
    return found


def _following(steps: list[dict[str, Any]], name: str) -> str:
    """Where to go after a step: the next that is open, from here on round; the end when none is."""
    at = next(k for k, s in enumerate(steps) if s["name"] == name)
    later = [s for s in steps[at + 1 :] + steps[:at] if s["state"] == "open"]
    return later[0]["href"] if later else "/set-up/done"


@page("set-up", n("Set-up"), company.SYSTEM, f"{company.KIND}.change", hidden=True)
def begin(request: HttpRequest, ctx: Ctx) -> Answer:
    """On to the first step that is open; POST hides the list of the first page."""
    if request.method == "POST":
        change_company(ctx, {"setup": _kept(ctx) | {"hidden": True}})
        return redirect("/")
    left = [s for s in progress(ctx) if s["state"] == "open"]
    return redirect(left[0]["href"] if left else "/set-up/done")


@page("set-up/<slug:step>", n("Set-up"), company.SYSTEM, f"{company.KIND}.change", hidden=True)
def one(request: HttpRequest, ctx: Ctx, step: str) -> Answer:
    """A step: filled in, skipped, or looked at again."""
    steps = progress(ctx)
    context: dict[str, Any] = {
        "steps": steps, "step": step, "done": sum(s["state"] == "done" for s in steps), "of": len(steps),
        "share": sum(s["state"] == "done" for s in steps) * 100 // len(steps),
    }  # fmt: skip
    if step == "done":
        return "backstay/set_up.html", context | {
            "part": "backstay/set_up_done.html",
            "here": {"title": _("You are ready")},
        }
    if step not in _FILL:
        raise NotFound("web.not_found", f"there is no step {step}", "Go back to the set-up.")
    if request.POST.get("do") == "skip":
        skipped = [*_kept(ctx).get("skipped", []), step]
        change_company(ctx, {"setup": _kept(ctx) | {"skipped": sorted(set(skipped))}})
        return redirect(_following(steps, step))
    made = _FILL[step](request, ctx)
    if made is None:
        return redirect(_following(steps, step))
    here = next(s for s in steps if s["name"] == step)
    return "backstay/set_up.html", context | {
        "part": f"backstay/set_up_{_PARTS.get(step, step)}.html",
        "here": here,
    } | made


def _details(request: HttpRequest, ctx: Ctx) -> dict[str, Any] | None:
    typed: dict[str, str] | None = None
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed, errors = company.save(request, ctx, "details")
        if not errors:
            return None
    return {"fields": company.shown(ctx, "details", typed, errors)}


def _logo(request: HttpRequest, ctx: Ctx) -> dict[str, Any] | None:
    error = ""
    if request.method == "POST":
        error = company.save_logo(request, ctx)
        if not error:
            return None
    return {"logo": ctx.settings.get("logo"), "logo_error": error}


def _bank(request: HttpRequest, ctx: Ctx) -> dict[str, Any] | None:
    if request.method != "POST":
        return company.bank(ctx)
    typed, errors = company.save_bank(request, ctx)
    return company.bank(ctx, typed, errors) if errors else None


def _import(path: str, text: str, one: str) -> Callable[[HttpRequest, Ctx], dict[str, Any]]:
    def fill(_request: HttpRequest, _ctx: Ctx) -> dict[str, Any]:
        return {
            "import": importing(path),
            "new": f"/{path}/new",
            "list": f"/{path}",
            "text": _(text),
            "one": _(one),
        }

    return fill


def importing(path: str) -> str:
    """The address of a resource's import; empty where it has none."""
    resource = RESOURCES.get(path)
    return f"/{path}/import" if resource is not None and declared.importable(resource) else ""


_FILL: dict[str, Callable[[HttpRequest, Ctx], dict[str, Any] | None]] = {
    "details": _details,
    "logo": _logo,
    "bank": _bank,
    "opening": opening.balances,
    "parties": _import("parties/parties", n("Bring them from a spreadsheet: the file is looked at before anything is kept, and you say which column is what."), n("Add one by hand")),
    "items": _import("catalog/items", n("Bring them from a spreadsheet: the file is looked at before anything is kept, and you say which column is what."), n("Add one by hand")),
    "stock": opening.stock,
}  # fmt: skip
_PARTS = {"parties": "import", "items": "import"}
