"""Statements in the making: the chart as a tree, sections with their sums, columns that are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _

from backstay.base.context import Ctx
from backstay.base.money import from_steps
from backstay.domains.accounting.queries import AccountRow
from backstay.interfaces.reports.shape import Asked, Column, Line, link
from backstay.interfaces.reports.spans import Calendar, Shown, Span
from backstay.platform.figures import day_text, number_text

Steps = Mapping[int, int]  # account → steps


@dataclass(slots=True)
class Node:
    """An account in the tree, with what is below it."""

    account: AccountRow
    children: list[Node] = field(default_factory=list)

    def ids(self) -> list[int]:
        """Itself and everything below."""
        return [self.account.id, *(i for child in self.children for i in child.ids())]


@dataclass(slots=True)
class Sheet:
    """A statement in the making: its columns of figures, its tree, its lines."""

    ctx: Ctx
    asked: Asked
    cal: Calendar
    shown: list[Shown]
    steps: list[Steps]  # per shown column, with the sign people read
    lines: list[Line] = field(default_factory=list)
    account_link: Callable[[str, Span], str] = lambda code, span: ""
    flows: bool = True  # whether columns add up: what moved does, what is held does not

    def figures(self, ids: Iterable[int]) -> list[int]:
        """The sum of accounts in each column."""
        told = list(ids)
        return [sum(column.get(i, 0) for i in told) for column in self.steps]

    def cells(self, sums: Sequence[int]) -> dict[str, Decimal | None]:
        """Figures by column key, with change and percent where two are compared."""
        made: dict[str, Decimal | None] = {
            each.key: from_steps(steps, self.ctx.scale) for each, steps in zip(self.shown, sums, strict=True)
        }
        if self.several and self.flows:
            made["total"] = from_steps(sum(sums), self.ctx.scale)
        if self.asked.compare in ("previous", "year"):
            made["change"] = from_steps(sums[0] - sums[1], self.ctx.scale)
            made["percent"] = percent(sums[0] - sums[1], sums[1])
        return made

    def add(
        self, kind: str, name: str, sums: Sequence[int], level: int = 0, note: str = "", tone: str = ""
    ) -> None:
        """A heading, a sum or the last line."""
        cells = {"name": name, "account": ""} | (self.cells(sums) if kind != "head" else {})
        self.lines.append(Line(cells, kind, level, note=note, tone=tone))

    def section(
        self, title: str, ids: set[int], kind: str, tree: Sequence[Node], total: str = ""
    ) -> list[int]:
        """A heading, the tree of these accounts, and their sum; nothing where there is nothing to show."""
        chosen = [n for n in (pruned(root, self._kept(ids)) for root in tree) if n]
        sums = self.figures(ids)
        if not chosen:
            return sums
        self.add("head", title, sums)
        if len(chosen) == 1 and chosen[0].children:
            chosen = chosen[0].children
        for node in chosen:
            self._node(node, 1, "", kind)
        if total:
            self.add("subt", total, sums)
        return sums

    def _kept(self, ids: set[int]) -> set[int]:
        return ids if self.asked.zero else {i for i in ids if any(column.get(i) for column in self.steps)}

    def _node(self, node: Node, level: int, parent: str, kind: str) -> None:
        account = node.account
        cells = {"type": kind, "account": account.code, "name": account.name} | self.cells(
            self.figures(node.ids())
        )
        if node.children:
            self.lines.append(Line(cells, "group", level, key=account.code, parent=parent))
            for child in node.children:
                self._node(child, level + 1, account.code, kind)
            return
        href = {each.key: self.account_link(account.code, each.span) for each in self.shown}
        href["name"] = self.account_link(account.code, self.shown_main.span)
        self.lines.append(Line(cells, "row", level, href, account.code, parent, href["name"]))

    @property
    def shown_main(self) -> Shown:
        """The column that was asked for."""
        return next(each for each in self.shown if each.key == "amount")

    @property
    def several(self) -> bool:
        """Whether it is a row of months, quarters or years."""
        return self.asked.compare in ("months", "quarters", "years")

    def whole(self, sums: Sequence[int]) -> int:
        """The figure of what was asked for: the main column, or all of several."""
        return sum(sums) if self.several and self.flows else sums[self.shown.index(self.shown_main)]

    def columns(self, kind: bool = True) -> tuple[Column, ...]:
        """Type and code of the account (files only), its name, and the figures."""
        scale = self.ctx.scale
        compared = self.asked.compare in ("previous", "year")
        several = len(self.shown) > 3
        found = [Column("type", _("Part"), screen=False)] if kind else []
        found += [Column("account", _("Account"), screen=False), Column("name", _("Account"), lead=True)]
        for n, each in enumerate(self.shown):
            css = (
                "p2"
                if each.key == "amount"
                else "pri"
                if compared or not several
                else ("c-c" if n % 2 else "c-b")
                if several
                else ""
            )
            found.append(
                Column(
                    each.key, each.label, "figure", scale, css="" if several and each.key != "amount" else css
                )
            )
        if self.several and self.flows:
            found.append(Column("total", _("Total"), "figure", scale, css="med"))
        if compared:
            found += [
                Column("change", _("Change"), "figure", scale),
                Column("percent", "%", "percent", 1, css="pri p4"),
            ]
        return tuple(found)


def percent(part: int, of: int) -> Decimal | None:
    """A share in percent with one place; None of nothing."""
    return (Decimal(part) * 100 / abs(of)).quantize(Decimal("0.1")) if of else None


def tree(chart: Sequence[AccountRow]) -> list[Node]:
    """The chart as a tree, memo accounts left out."""
    nodes = {a.id: Node(a) for a in chart if a.type != "memo"}
    roots = []
    for node in nodes.values():
        above = nodes.get(node.account.parent or 0)
        (above.children if above else roots).append(node)
    return roots


def pruned(node: Node, keep: set[int]) -> Node | None:
    """The tree with nothing but these accounts and what is above them."""
    children = [c for c in (pruned(child, keep) for child in node.children) if c]
    return (
        Node(node.account, children) if children or (node.account.id in keep and not node.children) else None
    )


def root_of(chart: Mapping[int, AccountRow], account: int) -> int:
    """The heading at the top of an account."""
    while (above := chart[account].parent) is not None:
        account = above
    return account


def card_link(code: str, span: Span) -> str:
    """The card of an account over the days of a column."""
    return link("general-ledger", account=code, since=span.since, until=span.until)


def month_name(day: date, short: bool = False) -> str:
    """March, or Mar."""
    return formats.date_format(day, "M" if short else "F")


def said(steps: int, ctx: Ctx) -> str:
    """A sum within a sentence, in whole units of the currency."""
    return f"{ctx.currency_code} {number_text(from_steps(steps, ctx.scale).quantize(Decimal(1)))}"


def day_of(day: date) -> str:
    """A day as a report writes it, with its year."""
    return day_text(day, 0)
