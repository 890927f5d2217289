"""Import: parse, then carry every record through the real processes at its own dates.

All or nothing in one transaction, or with rejects: what the rules refuse is set aside with its reason, found by
halving the batch. Each record's key is kept with a hash of what it said, in the transaction that made it, so a
repeated or continued run changes nothing twice, wherever an earlier one was stopped.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.interfaces.acts import entries_since
from backstay.interfaces.cli.report import defuse
from backstay.interfaces.imports import making
from backstay.interfaces.imports.kinds import KINDS
from backstay.interfaces.imports.mapping import Map, load
from backstay.interfaces.imports.reading import Fault
from backstay.interfaces.imports.records import Record, parse
from backstay.platform import rows
from backstay.platform.context import work
from backstay.platform.models import ImportedRow

ACTOR = "system:import"
BATCH = 500
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do."""

    rows: int = 0
    made: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)
    totals: dict[str, Decimal] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    entries: list[str] = field(default_factory=list)
    sums: dict[str, str] = field(default_factory=dict)


def run_import(
    company: int,
    kind: str,
    files: Sequence[Path],
    mapping: Path,
    *,
    dry_run: bool = False,
    rejects: Path | None = None,
    through: str = "order",
    ship_missing_on: date | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Import files of a kind. Raises Refusal with the first fault unless ``rejects`` is given."""
    mapped = load(mapping, kind)
    records, faults = parse(mapped, list(files))
    outcome = Outcome(rows=len(records), faults=faults, totals=making.totals(kind, records))
    if faults and rejects is None:
        raise Refusal(
            "import.row", _summary(faults), "Correct the file, or set bad rows aside with --rejects FILE."
        )
    job = making.Job(mapped, through, ship_missing_on)
    with transaction.atomic() if dry_run or rejects is None else nullcontext():
        with work(company, ACTOR) as ctx:
            first = rows.execute("SELECT coalesce(max(id), 0) FROM entry WHERE company_id = %s", [company])[
                0
            ][0]
        _import(company, job, records, outcome, rejects is not None, progress)
        if dry_run:
            with work(company, ACTOR) as ctx:
                outcome.entries = entries_since(ctx, first + 1)
                outcome.sums = making.sums_since(ctx, first + 1)
            transaction.set_rollback(True)
    if rejects is not None and not dry_run:
        write_rejects(rejects, outcome.faults)
    return outcome


def _summary(faults: Sequence[Fault]) -> str:
    shown = "; ".join(str(f) for f in faults[:5])
    return shown + (f"; and {len(faults) - 5} more" if len(faults) > 5 else "")


def _import(
    company: int,
    job: making.Job,
    records: list[Record],
    outcome: Outcome,
    set_aside: bool,
    progress: Progress | None,
) -> None:
    done = 0
    for stage in making.stages(job, records):
        todo = stage.records
        for n in range(0, len(todo), BATCH):
            batch = [r for r in todo[n : n + BATCH] if r.key not in job.refused]
            if batch:
                _batch(company, job, stage, batch, outcome, set_aside)
            done += len(todo[n : n + BATCH])
            if progress:
                progress(done, max(done, stage.total))


def _batch(
    company: int,
    job: making.Job,
    stage: making.Stage,
    records: list[Record],
    outcome: Outcome,
    set_aside: bool,
) -> None:
    """One batch of one stage in a transaction; with rejects a refused batch is halved until the bad rows stand alone."""
    try:
        with work(company, ACTOR, f"import {job.mapped.kind}") as ctx:
            fresh = _fresh(ctx, stage, records, outcome)
            if fresh:
                ids = stage.make(ctx, job, fresh)
                _remember(stage, fresh, ids)
    except Refusal as exc:
        if not set_aside:
            if len(records) > 1:  # name the row, not the batch
                _name_row(company, job, stage, records, exc)
            raise Refusal(
                exc.code, f"{records[0].file} row {records[0].row}: {exc.message}", exc.remedy, exc.where
            ) from exc
        if len(records) == 1:
            record = records[0]
            outcome.faults.append(
                Fault(
                    record.file,
                    record.row,
                    KINDS[job.mapped.kind].key,
                    record.key,
                    f"{exc.code}: {exc.message}",
                )
            )
            job.refused.add(record.key)
            return
        middle = len(records) // 2
        _batch(company, job, stage, records[:middle], outcome, set_aside)
        _batch(company, job, stage, records[middle:], outcome, set_aside)
        return
    outcome.steps[stage.name] = outcome.steps.get(stage.name, 0) + len(fresh)
    if stage.name == stage.kind:
        outcome.made += len(fresh)
        outcome.unchanged += len(records) - len(fresh)


def _name_row(
    company: int, job: making.Job, stage: making.Stage, records: list[Record], exc: Refusal
) -> None:
    """Find the first row of a refused batch that is refused by itself, each tried alone and taken back."""
    for record in records:
        try:
            with work(company, ACTOR) as ctx:
                stage.make(ctx, job, [record])
                transaction.set_rollback(True)
        except Refusal as alone:
            raise Refusal(
                alone.code, f"{record.file} row {record.row}: {alone.message}", alone.remedy, alone.where
            ) from exc


def _fresh(ctx: Ctx, stage: making.Stage, records: list[Record], outcome: Outcome) -> list[Record]:
    """Records that this stage has not made yet. Raises Refusal (``import.changed``) for a key that said otherwise."""
    found = {
        r.key: r
        for r in rows.of(ImportedRow, "key", [r.key for r in records], "key", "kind", "digest")
        if r.kind == stage.name
    }
    fresh = []
    for record in records:
        known = found.get(record.key)
        if known is None:
            fresh.append(record)
        elif known.digest != record.digest():
            raise Refusal(
                "import.changed",
                f"{stage.kind} {record.key} was imported before and says something else now",
                "Change what was imported on the screen, or give the row a key of its own.",
                f"{record.file} row {record.row}",
            )
    return fresh


def _remember(stage: making.Stage, records: list[Record], ids: Sequence[int]) -> None:
    rows.insert(
        ImportedRow,
        {
            "kind": [stage.name] * len(records),
            "key": [r.key for r in records],
            "digest": [r.digest() for r in records],
            "object_id": list(ids),
        },
    )


def write_rejects(path: Path, faults: Sequence[Fault]) -> None:
    """Rejected rows as CSV: file, row, column, value, reason; cells that look like formulas are defused."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["file", "row", "column", "value", "reason"])
        writer.writerows([[f.file, f.row, f.column, defuse(f.value), defuse(f.reason)] for f in faults])


__all__ = ["Map", "Outcome", "run_import"]
