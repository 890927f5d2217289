"""Who can do what, and who did both: the two questions of an auditor about rights."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.context import Ctx
from backstay.interfaces import granting
from backstay.interfaces.acting import kind_name, universe
from backstay.interfaces.reports.shape import RIGHTS, Asked, Column, Line, Report, report
from backstay.interfaces.web.fields import word_of


@report(
    "who-can", gettext_noop("Who can do what"),
    gettext_noop("Every person, every act and how far it reaches, by the roles of today."), RIGHTS, picker="day", made_of=("access.membership",),
)  # fmt: skip
def who_can(ctx: Ctx, asked: Asked) -> Report:
    """A line for each person, kind and scope, with the acts."""
    known, lines = granting.roles(ctx), []
    for member in granting.members(ctx):
        rights = granting.rights_of_member(ctx, member, known)
        name, roles = (
            member.name or member.mail,
            ", ".join(_(known[c].name) if c in known else c for c in rights.roles),
        )
        for kind, acts in universe().items():
            scopes: dict[str, list[str]] = {}
            for act in acts:
                if scope := rights.scope(f"{kind}.{act}"):
                    scopes.setdefault(scope, []).append(act)
            for scope, mine in scopes.items():
                hidden = " ".join(f for f, rule in rights.fields(kind).items() if rule == "hidden")
                cells = {
                    "person": name,
                    "roles": roles,
                    "what": kind_name(kind),
                    "kind": kind,
                    "does": ", ".join(map(word_of, mine)),
                    "acts": " ".join(mine),
                    "reaches": word_of(scope),
                    "scope": scope,
                    "hidden": hidden,
                }
                lines.append(
                    Line(
                        cells,
                        "row",
                        1,
                        {"person": f"/access/people/{member.user}"},
                        f"{member.user}:{kind}:{scope}",
                    )
                )
    columns = (
        Column("person", _("Person"), css="p3"), Column("roles", _("Roles"), css="c-b"), Column("what", _("Of what"), css="p1", lead=True), Column("does", _("Acts"), css="p4 wide"),
        Column("reaches", _("Reaches"), css="p2"), Column("hidden", _("Hidden fields"), css="c-b"), Column("kind", "kind", screen=False),
        Column("acts", "acts", screen=False), Column("scope", "scope", screen=False),
    )  # fmt: skip
    return Report("who-can", _("Who can do what"), ctx.today.isoformat(), columns, lines)


@report(
    "who-did-both", gettext_noop("Who did both"),
    gettext_noop("Acts that are kept apart and that one person did all the same: where nobody else could, or by an exception."), RIGHTS,
    made_of=("access.duty",), span="year",
)  # fmt: skip
def who_did_both(ctx: Ctx, asked: Asked) -> Report:
    """A line for each person, object and duty."""
    lines = [
        Line({"at": both.at.date(), "person": both.name, "duty": _(both.duty.why), "about": f"{both.duty.kind}:{both.object_id}",
              "reason": both.reason or _("nobody else could")}, key=f"{both.duty.code}:{both.actor}:{both.object_id}")
        for both in granting.both_done(ctx, *asked.span)
    ]  # fmt: skip
    columns = (
        Column("at", _("Day"), "day", css="p2"), Column("person", _("Person"), css="p1", lead=True), Column("duty", _("What is kept apart"), css="p3"), Column("about", _("Of what"), css="c-b"),
        Column("reason", _("Why it passed"), css="p4 wide"),
    )  # fmt: skip
    return Report(
        "who-did-both",
        _("Who did both"),
        f"{asked.since} – {asked.until}",
        columns,
        lines,
        empty=_("Nobody did both."),
    )
