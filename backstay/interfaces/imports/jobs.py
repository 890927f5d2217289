"""Imports as long work: looked through, taken whole, or taken row by row with the bad ones set aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.interfaces.imports import declared, making, profile
from backstay.interfaces.imports.mapping import Map, build
from backstay.interfaces.imports.reading import Fault, Kept
from backstay.interfaces.imports.run import Outcome, Run, spec_of
from backstay.platform import files, work
from backstay.platform.context import work as transaction
from backstay.platform.models import Import

MOST_REFUSED = 500  # a check looks no further
TOLD = 5_000  # faults written in one statement


def opened(ctx: Ctx, ident: int) -> tuple[Import, Kept]:
    """An import and its file."""
    found = Import.objects.get(pk=ident)
    _stored, content = files.read(ctx, found.file_id)
    return found, Kept(found.name, content)


def map_of(company: int, actor: str, found: Import) -> Map:
    """The mapping that was chosen on the screen. Refusal (``import.mapping``) when something is missing."""
    spec = spec_of(company, found.path, actor)
    if spec is None:
        raise Refusal("import.kind", f"{found.path} cannot be imported", "Choose another list.")
    columns = {c["name"]: c for c in found.profile["columns"]}
    return build(profile.content_of(found.told, spec, columns), found.path, spec, found.name)


def _run(job: work.Job, **how: Any) -> Run:
    with transaction(job.company, job.actor, f"work:{job.id}") as ctx:
        found, kept = opened(ctx, job.args["import"])
    job.phase = _("Reading")
    mapped = map_of(job.company, job.actor, found)

    def say(done: int, total: int) -> None:
        job.phase = job.args["phase"]
        job.done, job.total = done, total
        job.check()

    return Run(job.company, making.Job(mapped), [kept], job.actor, progress=say, **how)


def _tell(job: work.Job, faults: Sequence[Fault]) -> None:
    ordered = sorted(faults, key=lambda f: (f.row, f.column))
    for n in range(0, len(ordered), TOLD):
        job.faults([
            {"name": _("Row %(n)s") % {"n": f.row}, "place": f.row, "field": f.column, "value": f.value, "reason": f.reason} for f in ordered[n : n + TOLD]
        ])  # fmt: skip


def _facts(job: work.Job, outcome: Outcome, made: int, bad: int, word: str) -> list[list[str]]:
    facts = [[_("Rows"), f"{job.args['rows']:,}"], [word, f"{made:,}"]]
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
        "facts": _facts(job, outcome, outcome.made, bad, _("Would be made")), "text": text, "href": job.args["href"],
        "made": outcome.made, "unchanged": outcome.unchanged, "bad": bad, "gave_up": outcome.gave_up, "sums": list(outcome.sums.items()),
    }  # fmt: skip


def _told(job: work.Job, outcome: Outcome, made: int) -> dict[str, Any]:
    names = _(declared.brought(job.args["path"]).names[1])
    text = _("%(title)s: %(made)s %(names)s made.") % {
        "title": job.title,
        "made": f"{made:,}",
        "names": names,
    }
    bad = _bad(outcome.faults)
    return {"facts": _facts(job, outcome, made, bad, _("Made")), "text": text, "href": job.args["href"], "made": made, "bad": bad}  # fmt: skip


@work.long("import.whole", keeps=False)
def whole(job: work.Job) -> dict[str, Any]:
    """All of it, or nothing."""
    outcome = _run(job).carry()
    return _told(job, outcome, outcome.made)


@work.long("import.rows", keeps=True)
def row_by_row(job: work.Job) -> dict[str, Any]:
    """Batch by batch, the bad rows set aside. Each row is known by its key, so a run that is taken up again makes none
    twice; how many were made is counted in the transaction that made them."""

    def count(made: int) -> None:
        job.reached["made"] = int(job.reached.get("made", 0)) + made

    run = _run(job, set_aside=True, do=job.do, count=count)
    outcome = run.carry()
    made = int(job.reached.get("made", 0))
    outcome.unchanged -= made - outcome.made
    job.do(lambda _ctx: _end(job, outcome))
    return _told(job, outcome, made)


def _end(job: work.Job, outcome: Outcome) -> None:
    if not job.reached.get("told"):
        _tell(job, outcome.faults)
        job.reached["told"] = True
