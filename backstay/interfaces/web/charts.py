"""Charts as SVG made on the server: positions and sizes are attributes in a box of 100 × 100, so no style is needed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from backstay.interfaces.reports.shape import Chart
from backstay.platform.figures import number_text

MARKS = ("b1", "b2", "b3")
LINES = ("s1", "s2", "s3")


def drawn(chart: Chart, places: int) -> dict[str, Any]:
    """What a template needs to draw a chart and to tell it as a table."""
    values = [v for line in chart.series.values() for v in line]
    low, high, step = scale(min(values), max(values))
    names = list(chart.series)
    series = [chart.series[n] for n in names]
    draw = _bars if chart.kind == "bars" else _lines
    return {
        "title": chart.title, "says": chart.says, "kind": chart.kind, "labels": chart.labels,
        "names": [{"name": n, "mark": MARKS[k], "line": LINES[k]} for k, n in enumerate(names)] if len(names) > 1 else [],
        "aria": aria(chart, places), "ticks": [_short(tick) for tick in _ticks(low, high, step)],
        "grid": [{"y": f"{_y(tick, low, high):.2f}", "zero": tick == 0} for tick in _ticks(low, high, step)],
        "marks": draw(series, low, high),
        "table": [{"label": label, "values": [number_text(line[n], places) for line in series]} for n, label in enumerate(chart.labels)],
        "heads": names,
    }  # fmt: skip


def scale(low: Decimal, high: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Round bounds that hold zero and every value, and the step between lines: 1, 2 or 5 by a power of ten."""
    low, high = min(low, Decimal(0)), max(high, Decimal(0))
    reach = (high - low) or Decimal(1)
    step = Decimal(10) ** (reach / 3).adjusted()
    while reach / step > 4:
        step *= 2 if str(step.normalize())[0] in "15" else Decimal("2.5")
    first, last = (
        (low / step).to_integral_value("ROUND_FLOOR") * step,
        (high / step).to_integral_value("ROUND_CEILING") * step,
    )
    return first, last if last > first else first + step, step


def _ticks(low: Decimal, high: Decimal, step: Decimal) -> list[Decimal]:
    count = int((high - low) / step)
    return [high - n * step for n in range(count + 1)]


def _y(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    return (high - value) * 100 / (high - low)


def _bars(series: Sequence[Sequence[Decimal]], low: Decimal, high: Decimal) -> list[dict[str, str]]:
    """A group of bars per label; what it is compared with stands at the left, as time runs."""
    groups, many = len(series[0]), len(series)
    width = Decimal(100) / groups
    bar = min(width * Decimal("0.62") / many, Decimal(6))
    made = []
    for n in range(groups):
        left = n * width + (width - bar * many) / 2
        for k in reversed(range(many)):
            value = series[k][n]
            top, bottom = sorted((_y(value, low, high), _y(Decimal(0), low, high)))
            x = left + bar * (many - 1 - k)
            made.append(
                {
                    "class": MARKS[k],
                    "x": f"{x:.2f}",
                    "y": f"{top:.2f}",
                    "width": f"{bar * Decimal('0.86'):.2f}",
                    "height": f"{bottom - top:.2f}",
                }
            )
    return made


def _lines(series: Sequence[Sequence[Decimal]], low: Decimal, high: Decimal) -> list[dict[str, str]]:
    """A line per series through the middle of each label."""
    made = []
    for k, line in enumerate(series):
        width = Decimal(100) / len(line)
        points = [f"{(n + Decimal('0.5')) * width:.2f} {_y(v, low, high):.2f}" for n, v in enumerate(line)]
        made.append({"class": LINES[k], "d": "M" + " L".join(points), "end": f"M{points[-1]}h.01"})
    return made


def _short(value: Decimal) -> str:
    """An axis label: 20k, 1.5m."""
    for unit, size in (("m", 1_000_000), ("k", 1_000)):
        if abs(value) >= size:
            return f"{number_text(value / size)}{unit}"
    return number_text(value)


def aria(chart: Chart, places: int) -> str:
    """The chart for who does not see it: title and every figure, the longest ones by their ends."""
    parts = []
    for name, line in chart.series.items():
        told = list(zip(chart.labels, line, strict=True))
        shown = told if len(told) <= 12 else [told[0], told[-1]]
        parts.append(
            _("%(name)s: %(figures)s")
            % {"name": name, "figures": ", ".join(f"{label} {number_text(v, places)}" for label, v in shown)}
        )
    return f"{chart.title}. {'; '.join(parts)}."
