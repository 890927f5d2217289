"""Imports as long work: looked through, taken whole, or taken row by row with the bad ones set aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.interfaces.imports import changing, declared, making, profile
from backstay.interfaces.imports.mapping import Map, build
from backstay.interfaces.imports.reading import Fault, Kept
from backstay.interfaces.imports.records import parse
from backstay.interfaces.imports.run import BATCH, Outcome, Run, spec_of
from backstay.platform import files, work
from backstay.platform.context import work as transaction
from backstay.platform.models import Import

MOST_REFUSED = 500  # a check looks no further
TOLD = 5_000  # faults written in one statement


def opened(ctx: Ctx, ident: int) -> tuple[Import, Kept]:
    """An import and its file."""
    found = Import.objects.select_related("checked").get(pk=ident)
    _stored, content = files.read(ctx, found.file_id)
    return found, Kept(found.name, content)


def map_of(company: int, actor: str, found: Import) -> Map:
    """The mapping that was chosen on the screen. Refusal (``import.mapping``) when something is missing."""
    spec = spec_of(company, found.path, actor, found.told.get("how") == "change")
    if spec is None:
        raise Refusal("import.kind", f"{found.path} cannot be imported", "Choose another list.")
    columns = {c["name"]: c for c in found.profile["columns"]}
    return build(profile.content_of(found.told, spec, columns), found.path, spec, found.name)


def changes(ctx: Ctx, found: Import, file: Kept) -> Iterator[list[Any]]:
    """All that an import would change now: row, what, field, now, then, as the one who asks sees it. Nothing is locked."""
    mapped = map_of(ctx.company, ctx.actor, found)
    if mapped.spec.change is None:
        raise Refusal(
            "import.change", _("this import leaves what is here as it is"), _("Choose to change it first.")
        )
    records, _faults = parse(mapped, [file])
    task = making.Job(mapped, empties=bool(found.told.get("empties")))
    for n in range(0, len(records), BATCH):
        yield from changing.tell(
            ctx, mapped.spec.change(ctx, task, records[n : n + BATCH], lock=False).changes, plain=True
        )


def _run(job: work.Job, **how: Any) -> Run:
    with transaction(job.company, job.actor, f"work:{job.id}") as ctx:
        found, kept = opened(ctx, job.args["import"])
    job.phase = _("Reading")
    mapped = map_of(job.company, job.actor, found)

    def say(done: int, total: int) -> None:
        job.phase = job.args["phase"]
        job.done, job.total = done, total
        job.check()

    told, checked = found.told, found.checked
    seen = (
        (checked.result or {}).get("revisions")
        if checked is not None and told.get("how") == "change"
        else None
    )
    task = making.Job(mapped, empties=bool(told.get("empties")), seen=None if how.get("dry_run") else seen)
    return Run(job.company, task, [kept], job.actor, progress=say, **how)


def _tell(job: work.Job, faults: Sequence[Fault]) -> None:
    ordered = sorted(faults, key=lambda f: (f.row, f.column))
    for n in range(0, len(ordered), TOLD):
        job.faults([
            {"name": _("Row %(n)s") % {"n": f.row}, "place": f.row, "field": f.column, "value": f.value, "reason": f.reason} for f in ordered[n : n + TOLD]
        ])  # fmt: skip


def _facts(
    job: work.Job, outcome: Outcome, made: tuple[str, int], changed: tuple[str, int], bad: int
) -> list[list[str]]:
    facts = [[_("Rows"), f"{job.args['rows']:,}"], [made[0], f"{made[1]:,}"]]
    if job.args.get("how") == "change":
        facts.append([changed[0], f"{changed[1]:,}"])
    if outcome.unchanged:
        facts.append([_("There already"), f"{outcome.unchanged:,}"])
    return [*facts, [_("Rows with faults"), f"{bad:,}"]]


def _bad(faults: Sequence[Fault]) -> int:
    return len({(f.file, f.row) for f in faults})


@work.long("import.check", keeps=False)
def check(job: work.Job) -> dict[str, Any]:
    """Go through all of it, and take it back: what it would make, and everything that is wrong."""
    run = _run(job, set_aside=True, dry_run=True, most=MOST_REFUSED)
    outcome = run.carry()
    _tell(job, outcome.faults)
    bad = _bad(outcome.faults)
    text = (
        _("%(title)s: all rows can be imported.") if not bad else _("%(title)s: %(bad)s rows have faults.")
    ) % {"title": job.title, "bad": bad}
    return {
        "facts": _facts(job, outcome, (_("Would be made"), outcome.made), (_("Would be changed"), outcome.changed), bad), "text": text, "href": job.args["href"],
        "made": outcome.made, "changed": outcome.changed, "unchanged": outcome.unchanged, "bad": bad, "gave_up": outcome.gave_up, "sums": list(outcome.sums.items()),
        "changes": outcome.changes, "revisions": _revisions(outcome),
    }  # fmt: skip


def _revisions(outcome: Outcome) -> list[int]:
    """By row the revision of what is here, 0 where nothing is; a run refuses what is another by then."""
    told = [0] * (max(outcome.revisions, default=-1) + 1)
    for row, revision in outcome.revisions.items():
        told[row] = revision
    return told


def _told(job: work.Job, outcome: Outcome, made: int, changed: int) -> dict[str, Any]:
    names = _(declared.brought(job.args["path"]).names[1])
    text = _("%(title)s: %(made)s %(names)s made.")
    if job.args.get("how") == "change":
        text = _("%(title)s: %(made)s %(names)s made, %(changed)s changed.")
    text %= {"title": job.title, "made": f"{made:,}", "names": names, "changed": f"{changed:,}"}
    bad = _bad(outcome.faults)
    facts = _facts(job, outcome, (_("Made"), made), (_("Changed"), changed), bad)
    return {
        "facts": facts,
        "text": text,
        "href": job.args["href"],
        "made": made,
        "changed": changed,
        "bad": bad,
    }


@work.long("import.whole", keeps=False)
def whole(job: work.Job) -> dict[str, Any]:
    """All of it, or nothing."""
    outcome = _run(job).carry()
    return _told(job, outcome, outcome.made, outcome.changed)


@work.long("import.rows", keeps=True)
def row_by_row(job: work.Job) -> dict[str, Any]:
    """Batch by batch, the bad rows set aside. Each row is known by its key, so a run that is taken up again makes none
    twice; how many were made is counted in the transaction that made them."""

    def count(made: int, changed: int) -> None:
        for name, n in (("made", made), ("changed", changed)):
            job.reached[name] = int(job.reached.get(name, 0)) + n

    run = _run(job, set_aside=True, do=job.do, count=count)
    outcome = run.carry()
    made, changed = int(job.reached.get("made", 0)), int(job.reached.get("changed", 0))
    outcome.unchanged -= made - outcome.made + changed - outcome.changed
    job.do(lambda _ctx: _end(job, outcome))
    return _told(job, outcome, made, changed)


def _end(job: work.Job, outcome: Outcome) -> None:
    if not job.reached.get("told"):
        _tell(job, outcome.faults)
        job.reached["told"] = True
