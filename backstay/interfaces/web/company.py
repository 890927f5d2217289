"""What a company says of itself, its papers, its numbers and its rules: fields, how they are read, saved, shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.errors import Refusal
from backstay.domains.accounting.processes import change_company
from backstay.domains.accounting.rules import SETTINGS, countries
from backstay.domains.banking.processes import BankAccountDraft, edit_bank_accounts
from backstay.domains.banking.queries import bank_accounts
from backstay.interfaces import practice, trail
from backstay.interfaces.web.fields import day_text, word_of
from backstay.interfaces.web.resource import Answer
from backstay.platform import access, files, rows
from backstay.platform import papers as sheets
from backstay.platform.context import Ctx
from backstay.platform.models import AuditEvent
from backstay.platform.numbering import PREFIXES, prefix
from backstay.platform.resources import for_kind, page

KIND = "accounting.company"
SYSTEM = ("System", gettext_noop("Settings"), "settings")
LOGO_LIMIT = 512 * 1024
IMAGES = {b"\x89PNG\r\n\x1a\n": ("image/png", "png"), b"\xff\xd8\xff": ("image/jpeg", "jpg")}


@dataclass(frozen=True, slots=True)
class Said:
    """A field of the company: name, label, help; ``kind``: text, lines, choice, yes, figure; ``options``: word → text."""

    name: str
    label: str
    help: str = ""
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    usual: str = ""


n = gettext_noop
DETAILS = (
    Said("name", n("Name"), n("As it stands on your papers.")),
    Said(
        "address", n("Address"), n("Street, then postal code and town, each on a line of its own."), "lines"
    ),
    Said(
        "tax_id",
        n("Tax number"),
        n("Your VAT number with its country, e.g. DE812446903. It must stand on invoices."),
    ),
    Said(
        "registration_id",
        n("Registration"),
        n("Court and number of the commercial register, if you are in it."),
    ),
    Said("email", n("Mail"), n("Where customers answer.")),
    Said("phone", n("Phone"), n("Stands on papers.")),
    Said("website", n("Website"), n("Stands on papers.")),
)
PAPERS = (
    Said("paper", n("Sheet"), n("The size your printer takes."), "choice", (("a4", "A4"), ("us-letter", "US Letter"))),
    Said("mail_from", n("Sender of mail"), n("Empty: the sender of the installation.")),
)  # fmt: skip
RULES = (
    Said("rounding", n("Tax is rounded"), n("Once per rate on the total is what EN 16931 asks for."), "choice", (("total", n("once per rate")), ("line", n("line by line")))),
    Said("reversals", n("Reversals show as"), n("Red storno keeps turnovers small, as Central European auditors like it."), "choice", (("plain", n("an entry on the other side")), ("storno", n("a negative entry on the same side")))),
    Said("match_price", n("Price on bills may differ by"), n("Percent above the order before somebody must accept it."), "figure", usual="0"),
    Said("match_quantity", n("Billed quantity may differ by"), n("Percent above what was received."), "figure", usual="0"),
    Said("match_receipt", n("Received quantity may differ by"), n("Percent above what was ordered."), "figure", usual="0"),
    Said("bill_before_receipt", n("Bills may come before the goods"), n("Otherwise a bill waits until something has arrived."), "yes"),
    Said("bill_rounding", n("Rounding on bills"), n("A paper's total may differ from its lines by so much."), "figure", usual="0.02"),
    Said("payment_difference", n("Payment difference"), n("So much too little or too much is written off when a payment is matched."), "figure", usual="1.00"),
    Said("retention_years", n("Books are kept for"), n("Years after a year's end; until then names on papers are not erased."), "figure", usual="10"),
    Said("hold_days", n("Stock is held for"), n("Days that a confirmed order keeps its goods from others."), "figure", usual="365"),
    Said("reserve_minutes", n("Quotations are reserved for"), n("Minutes that a reserved quotation, or a basket of a web shop, keeps its goods from others."), "figure", usual="30"),
)  # fmt: skip
SIGNING = (
    Said("second_factor", n("Members need a second proof"), n("A passkey, or a code after the password; who has none is led to it first."), "yes"),
    Said("session_idle_hours", n("Sign out after idle hours"), n("At most 12."), "figure", usual="12"),
    Said("session_days", n("Sign in anew after days"), n("At most 7."), "figure", usual="7"),
)  # fmt: skip
SECTIONS = {"details": DETAILS, "papers": PAPERS, "rules": RULES, "signing": SIGNING}


def shown(
    ctx: Ctx, section: str, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """The fields of a section with what stands in them: as typed, or as kept."""
    made = []
    for field in SECTIONS[section]:
        kept = ctx.settings.get(field.name)
        text = "\n".join(kept) if field.kind == "lines" and kept else "" if kept is None else str(kept)
        if field.kind == "yes":
            text = "1" if kept else ""
        options = [(word, _(label)) for word, label in field.options]
        if field.kind == "choice" and text and text not in dict(options):
            options.append((text, text))
        made.append({
            "name": field.name, "label": _(field.label), "help": field.help and _(field.help), "kind": field.kind, "usual": field.usual,
            "options": options, "text": (typed or {}).get(field.name, text), "error": (errors or {}).get(field.name, ""), "wide": field.kind == "lines",
        })  # fmt: skip
    return made


def series(
    ctx: Ctx, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """Number series: what they number, their prefix, the next number."""
    drawn = dict(
        rows.execute(
            "SELECT code, next FROM platform_series WHERE company_id = %s AND year = %s",
            [ctx.company, ctx.today.year],
        )
    )
    made = []
    for code, usual in sorted(PREFIXES.items(), key=lambda each: each[1]):
        text = (typed or {}).get(code, prefix(ctx, code))
        resource = for_kind(code)
        label = _(resource.names[1]) if resource else word_of(code.rpartition(".")[2])
        made.append({
            "name": f"prefix.{code}", "label": label, "text": text, "usual": usual, "error": (errors or {}).get(f"prefix.{code}", ""),
            "next": f"{text}-{ctx.today.year}-{drawn.get(code, 1):05d}",
        })  # fmt: skip
    return made


def save(request: HttpRequest, ctx: Ctx, section: str) -> tuple[dict[str, str], dict[str, str]]:
    """Keep what was typed in a section; (what was typed, errors by field) — nothing is kept when there is an error."""
    if section == "numbers":
        typed = {code: request.POST.get(f"prefix.{code}", "") for code in PREFIXES}
        changes: dict[str, Any] = {"prefixes": typed}
    else:
        typed = {f.name: request.POST.get(f.name, "") for f in SECTIONS[section]}
        changes = {
            f.name: bool(typed[f.name]) if f.kind == "yes" else typed[f.name] for f in SECTIONS[section]
        }
    try:
        with transaction.atomic():
            change_company(ctx, changes)
    except Refusal as refusal:
        return typed, {refusal.where or next(iter(typed)): sentence(refusal)}
    return typed, {}


def sentence(refusal: Refusal) -> str:
    """A refusal as people read it beside a field."""
    text = refusal.message[:1].upper() + refusal.message[1:]
    return f"{text.rstrip('.')}. {refusal.remedy}".strip()


def save_logo(request: HttpRequest, ctx: Ctx) -> str:
    """Keep a logo, or take it away; what is wrong with it, or nothing. Pictures only: a drawing (SVG) may hold script."""
    access.require(ctx, f"{KIND}.change", [ctx.company])
    if request.POST.get("drop"):
        change_company(ctx, {"logo": None})
        return ""
    given = request.FILES.get("logo")
    if given is None:
        return _("Choose a picture first.")
    if (given.size or 0) > LOGO_LIMIT:
        return _("It is too large: at most 512 kB, please.")
    content = given.read()
    mime, ending = next((told for magic, told in IMAGES.items() if content.startswith(magic)), ("", ""))
    if not mime or not sheets.shows(content, ending):
        return _("This is no PNG or JPEG. Save the logo as one of these; drawings (SVG) are not taken.")
    stored = files.store(ctx, f"logo.{ending}", content, mime)
    files.attach(ctx, KIND, [ctx.company], [stored], "logo")
    change_company(ctx, {"logo": {"id": stored, "name": f"logo.{ending}"}})
    return ""


def save_bank(request: HttpRequest, ctx: Ctx) -> tuple[dict[str, str], dict[str, str]]:
    """Keep name, IBAN and BIC of the first bank account."""
    typed = {name: request.POST.get(name, "").strip() for name in ("bank_name", "iban", "bic")}
    account = next(a for a in bank_accounts(ctx) if a.kind == "bank")
    try:
        with transaction.atomic():
            draft = BankAccountDraft(
                typed["bank_name"], "bank", account.code, typed["iban"], typed["bic"][:11]
            )
            edit_bank_accounts(ctx, {account.id: draft})
    except Refusal as refusal:
        return typed, {{"banking.name": "bank_name"}.get(refusal.code, "iban"): sentence(refusal)}
    return typed, {}


def spaced(iban: str) -> str:
    """An IBAN as it is written on paper, in groups of four."""
    plain = iban.replace(" ", "").upper()
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def bank(
    ctx: Ctx, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> dict[str, Any]:
    """The first bank account as its form shows it."""
    account = next((a for a in bank_accounts(ctx) if a.kind == "bank"), None)
    kept = {"bank_name": account.name, "iban": spaced(account.iban), "bic": account.bic} if account else {}
    return {"typed": typed or kept, "errors": errors or {}}


@page("settings", n("Company settings"), SYSTEM, f"{KIND}.read")
def settings(request: HttpRequest, ctx: Ctx) -> Answer:
    """Everything a company decides, each section saved by itself."""
    asked = request.POST.get("section", "")
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        if asked == "practice":
            return redirect(f"/progress/{practice.begin(ctx)}")
        if asked == "logo":
            errors = {"logo": told} if (told := save_logo(request, ctx)) else {}
        elif asked in SECTIONS or asked == "numbers":
            typed, errors = save(request, ctx, asked)
        else:
            raise Refusal("accounting.setting", f"there is no section {asked[:40]}", "Use the page.")
        if not errors:
            messages.success(request, _("Saved."))
            return redirect(f"/settings#{asked}")
    mine = {
        name: shown(ctx, name, typed if asked == name else None, errors if asked == name else None)
        for name in SECTIONS
    }
    country = countries().get(str(ctx.settings.get("country", "")))
    return "backstay/settings.html", {
        "sections": mine, "series": series(ctx, *((typed, errors) if asked == "numbers" else ())), "logo": ctx.settings.get("logo"),
        "logo_error": errors.get("logo", ""), "members": members(ctx), "history": history(ctx), "country": country, "wrong": bool(errors),
        "practice_now": ctx.settings.get("practice_company"), "may_change": access.may(ctx, f"{KIND}.change"),
    }  # fmt: skip


def members(ctx: Ctx) -> list[dict[str, Any]]:
    """Who works for the company."""
    found = rows.execute(
        "SELECT u.name, u.email, m.role, m.since_on, u.is_active AND (m.until_on IS NULL OR m.until_on >= %s) FROM platform_membership m"
        " JOIN platform_user u ON u.id = m.user_id WHERE m.company_id = %s ORDER BY u.name LIMIT 200",
        [ctx.today, ctx.company],
    )
    return [
        {
            "name": name or mail,
            "mail": mail,
            "role": word_of(role),
            "since": day_text(since, ctx.today.year),
            "active": active,
        }
        for name, mail, role, since, active in found
    ]


def history(ctx: Ctx) -> list[dict[str, Any]]:
    """The latest changes of settings: who, when, what it was and what it became."""
    found = AuditEvent.objects.filter(
        company_id=ctx.company, kind=KIND, object_id=ctx.company, event="update"
    )
    labels = {f.name: _(f.label) for fields in SECTIONS.values() for f in fields} | {
        "logo": _("Logo"),
        "prefixes": _("Numbers"),
        "iban": _("IBAN"),
    }
    latest = list(found.order_by("-id")[:20])
    return [
        {"at": day_text(e.at, ctx.today.year), "who": told.who, "what": what}
        for e, told in zip(latest, trail.tell(ctx, latest), strict=True)
        if (what := [_change(labels[k], k, e.changes[k]) for k in e.changes or () if k in labels])
    ]


def _change(label: str, name: str, pair: list[Any]) -> str:
    if name in ("logo", "prefixes"):
        return label
    old, new = (
        ", ".join(map(str, v)) if isinstance(v, list) else "—" if v in (None, "") else str(v) for v in pair
    )
    return f"{label}: {old} → {new}"


assert {f.name for fields in SECTIONS.values() for f in fields} <= SETTINGS.keys() | {"name"}  # noqa: S101
