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
from typing import Any, TypeVar

from django.db import transaction

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.interfaces.acts import entries_since
from backstay.interfaces.cells import defuse
from backstay.interfaces.imports import changing, declared, making
from backstay.interfaces.imports.kinds import Kind
from backstay.interfaces.imports.mapping import Map, load
from backstay.interfaces.imports.reading import Fault, Source
from backstay.interfaces.imports.records import Record, parse
from backstay.platform import rows
from backstay.platform.context import work
from backstay.platform.models import ImportedRow
from backstay.platform.work import plan_anew

ACTOR = "system:import"
BATCH = 500
SHOWN = 200  # changes that a check shows
T = TypeVar("T")
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do."""

    rows: int = 0
    made: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)
    totals: dict[str, Decimal] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    entries: list[str] = field(default_factory=list)
    sums: dict[str, str] = field(default_factory=dict)
    before: int = 0  # the last entry before it
    gave_up: bool = False  # so much was refused that the rest was not tried
    changes: list[list[Any]] = field(default_factory=list)  # the first: row, what, field, now, then
    revisions: dict[int, int] = field(default_factory=dict)  # of what is here, by row


@dataclass(slots=True)
class _Done:
    """What a batch came to."""

    made: int = 0
    changed: int = 0
    unchanged: int = 0
    wrong: Sequence[changing.Wrong] = ()
    changes: list[list[Any]] = field(default_factory=list)
    revisions: dict[int, int] = field(default_factory=dict)


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
    change: bool = False,
    empties: bool = False,
) -> Outcome:
    """Import files of a kind by a mapping file. Raises Refusal with the first fault unless ``rejects`` is given.

    ``change``: rows of what is here change it; ``empties``: an empty cell empties the field."""
    mapped = load(mapping, kind, spec_of(company, kind, changes=change))
    run = Run(
        company,
        making.Job(mapped, through, ship_missing_on, empties=empties),
        list(files),
        set_aside=rejects is not None,
        dry_run=dry_run,
        progress=progress,
    )
    outcome = run.carry()
    if rejects is not None and not dry_run:
        write_rejects(rejects, outcome.faults)
    return outcome


def spec_of(company: int, kind: str, actor: str = ACTOR, changes: bool = False) -> Kind | None:
    """The kind of a list's address, e.g. ``catalog/items``; None for the kinds that only the command line knows."""
    if "/" not in kind or not declared.importable(declared.brought(kind)):
        if changes:
            raise Refusal("import.change", f"{kind} are not changed by an import", "Name a list of records: catalog/items, parties/parties.")  # fmt: skip
        return None
    with work(company, actor) as ctx:
        return declared.kind_of(ctx, kind, changes)


@dataclass(slots=True)
class Run:
    """An import that runs: all or nothing in one transaction, or (``set_aside``) batch by batch, bad rows apart.

    ``do`` runs a function in a transaction; long work brings its own, which also keeps where it stands. A dry run goes
    through everything, at most ``most`` refusals, and takes it back.
    """

    company: int
    job: making.Job
    files: Sequence[Source]
    actor: str = ACTOR
    set_aside: bool = False
    dry_run: bool = False
    most: int | None = None
    progress: Progress | None = None
    do: Callable[[Callable[[Ctx], Any]], Any] | None = None
    count: Callable[[int, int], None] | None = (
        None  # told inside the transaction how many a batch made and changed
    )
    outcome: Outcome = field(default_factory=Outcome)

    def carry(self) -> Outcome:
        """Do it. Raises Refusal with the first fault where nothing is set aside."""
        mapped, outcome = self.job.mapped, self.outcome
        records, outcome.faults = parse(mapped, list(self.files))
        outcome.rows = len(records)
        if outcome.faults and not self.set_aside:
            raise Refusal(
                "import.row",
                _summary(outcome.faults),
                "Correct the file, or set bad rows aside with --rejects FILE.",
            )
        outcome.totals = making.totals(mapped.kind, records)
        one = self.dry_run or not self.set_aside
        with transaction.atomic() if one else nullcontext():
            self._batches(self._sound(records))
            if self.dry_run:
                with work(self.company, self.actor) as ctx:
                    outcome.entries = entries_since(ctx, outcome.before + 1)
                    outcome.sums = making.sums_since(ctx, outcome.before + 1)
                transaction.set_rollback(True)
        return outcome

    def _step(self, function: Callable[[Ctx], T]) -> T:
        if self.do is not None:
            told: T = self.do(function)
            return told
        with work(self.company, self.actor, f"import {self.job.mapped.kind}") as ctx:
            plan_anew()
            return function(ctx)

    def _sound(self, records: list[Record]) -> list[Record]:
        """Records whose references lead somewhere; the others are faults."""
        with work(self.company, self.actor) as ctx:
            sql = "SELECT coalesce(max(id), 0) FROM entry WHERE company_id = %s"
            self.outcome.before = rows.execute(sql, [self.company])[0][0]
            check = self.job.mapped.spec.check
            if check is None:
                return records
            found: list[Fault] = []
            for n in range(0, len(records), BATCH):
                found += check(ctx, self.job.mapped, records[n : n + BATCH])
                self._say(0, len(records))
        if found and not self.set_aside:
            raise Refusal(
                "import.reference", _summary(found), "Import what is missing first, or correct the rows."
            )
        self.outcome.faults += found
        bad = {(f.file, f.row) for f in found}
        return [r for r in records if not bad & {(r.file, n) for n in (r.row, *r.line_rows)}]

    def _say(self, done: int, total: int) -> None:
        if self.progress:
            self.progress(done, total)

    def _batches(self, records: list[Record]) -> None:
        done = 0
        for stage in making.stages(self.job, records):
            todo = stage.records
            for n in range(0, len(todo), BATCH):
                if self.most is not None and len(self.job.refused) >= self.most:
                    self.outcome.gave_up = True
                    return
                batch = [r for r in todo[n : n + BATCH] if r.key not in self.job.refused]
                if batch:
                    self._batch(stage, batch)
                done += len(todo[n : n + BATCH])
                self._say(done, max(done, stage.total))

    def _batch(self, stage: making.Stage, records: list[Record]) -> None:
        """One batch of one stage in a transaction; with rejects a refused batch is halved until bad rows stand alone."""
        try:
            done = self._step(lambda ctx: self._take(ctx, stage, records))
        except changing.Named:
            raise
        except Refusal as exc:
            self._refused(stage, records, exc)
            return
        told = self.outcome
        told.steps[stage.name] = told.steps.get(stage.name, 0) + done.made
        told.faults += [w.fault for w in done.wrong]
        self.job.refused |= {w.key for w in done.wrong}
        told.changes += done.changes[: SHOWN - len(told.changes)]
        told.revisions |= done.revisions
        if stage.name == stage.kind:
            told.made += done.made
            told.changed += done.changed
            told.unchanged += done.unchanged

    def _take(self, ctx: Ctx, stage: making.Stage, records: list[Record]) -> _Done:
        """Make what is new of a batch, change what is here where the import changes it."""
        spec, told = self.job.mapped.spec, changing.Turned()
        if spec.change is None:
            told.fresh = self._fresh(ctx, stage, records)
            told.unchanged = len(records) - len(told.fresh)
        else:
            told = spec.change(ctx, self.job, records)
            if told.wrong and not self.set_aside:
                raise told.refusal()
        if told.fresh:
            _remember(stage, told.fresh, stage.make(ctx, self.job, told.fresh))
        changing.apply(ctx, spec.plan, told.changes)
        if self.count is not None:
            self.count(len(told.fresh), len(told.changes))
        shown = told.changes if self.dry_run and len(self.outcome.changes) < SHOWN else []
        cells = changing.tell(ctx, shown)
        return _Done(len(told.fresh), len(told.changes), told.unchanged, told.wrong, cells, told.revisions)

    def _refused(self, stage: making.Stage, records: list[Record], exc: Refusal) -> None:
        first = records[0]
        if not self.set_aside:
            if len(records) > 1:  # name the row, not the batch
                self._name_row(stage, records, exc)
            message = f"{first.file} row {first.row}: {exc.message}"
            raise Refusal(exc.code, message, exc.remedy, exc.where) from exc
        if len(records) == 1:
            said = f"{exc.code}: {exc.message}"
            cell = self.job.mapped.header.cells.get(exc.where)
            column = ", ".join(cell.columns) if cell and cell.columns else self.job.mapped.spec.key
            value = str(first.fields.get(exc.where) or "") if cell else first.key
            self.outcome.faults.append(Fault(first.file, first.row, column, value, said))
            self.job.refused.add(first.key)
            return
        middle = len(records) // 2
        self._batch(stage, records[:middle])
        self._batch(stage, records[middle:])

    def _name_row(self, stage: making.Stage, records: list[Record], exc: Refusal) -> None:
        """Find the first row of a refused batch that is refused by itself, each tried alone and taken back."""
        for record in records:
            try:
                with work(self.company, self.actor) as ctx:
                    self._take(ctx, stage, [record])
                    transaction.set_rollback(True)
            except changing.Named:
                raise
            except Refusal as alone:
                message = f"{record.file} row {record.row}: {alone.message}"
                raise Refusal(alone.code, message, alone.remedy, alone.where) from exc

    def _fresh(self, ctx: Ctx, stage: making.Stage, records: list[Record]) -> list[Record]:
        """Records this stage has not made yet. Raises Refusal (``import.changed``) for a key that said otherwise."""
        found = {
            r.key: r
            for r in rows.of(
                ImportedRow, "key", [r.key for r in records], "key", "kind", "digest", "object_id"
            )
            if r.kind == stage.name
        }
        spec = self.job.mapped.spec
        standing = spec.there(ctx, [r for r in records if r.key not in found]) if spec.there else set()
        other = [r for r in records if r.key in found and found[r.key].digest != r.digest()]
        if other and spec.same is not None:  # by other columns, perhaps, the same
            standing |= spec.same(ctx, self.job, [(r, found[r.key].object_id) for r in other])
        fresh = []
        for record in records:
            known = found.get(record.key)
            if record.key in standing:
                continue
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


def _summary(faults: Sequence[Fault]) -> str:
    shown = "; ".join(str(f) for f in faults[:5])
    return shown + (f"; and {len(faults) - 5} more" if len(faults) > 5 else "")


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
        writer.writerows(
            [[defuse(f.file), f.row, defuse(f.column), defuse(f.value), defuse(f.reason)] for f in faults]
        )


__all__ = ["Map", "Outcome", "run_import"]
