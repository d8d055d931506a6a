"""What every benchmark needs: rows with targets, interleaved rounds, medians, and the table."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, TypeVar

from rich import box
from rich.console import Console
from rich.table import Table

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What a row should reach: its measured figure or its ratio, at most `bound` or at least."""

    bound: float
    of: Literal["measured", "ratio"] = "measured"
    at_least: bool = False

    def met_by(self, row: Row) -> bool:
        """Whether `row` reaches it; a row without the figure does not."""
        figure = row.measured if self.of == "measured" else row.ratio
        if figure is None:
            return False
        return figure >= self.bound if self.at_least else figure <= self.bound


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One figure; `measured` is None where there was nothing to measure, and `note` says why."""

    name: str
    measured: float | None = None
    unit: str = ""
    ratio: float | None = None
    target: Target | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without one."""
        return None if self.target is None else self.target.met_by(self)


def interleaved(measures: Mapping[str, Callable[[], Found]], *, rounds: int, warm: int = 1) -> dict[str, list[Found]]:
    """Takes every measure once a round, each round in another order; the first `warm` rounds are thrown away."""
    found: dict[str, list[Found]] = {name: [] for name in measures}
    names = list(measures)
    for turn in range(warm + rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            figure = measures[name]()
            if turn >= warm:
                found[name].append(figure)
    return found


def ratio_of_rounds(figures: Sequence[float], references: Sequence[float]) -> float:
    """The median of the rounds' own ratios: what disturbs a whole round falls out."""
    return median(figure / reference for figure, reference in zip(figures, references, strict=True))


def quantile(figures: Sequence[float], share: float) -> float:
    """The smallest figure that at least `share` of all do not exceed."""
    ranked = sorted(figures)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def spread(figures: Sequence[float], scale: float = 1.0) -> str:
    """The range of the rounds, for a note."""
    return f"{_number(min(figures) * scale)} … {_number(max(figures) * scale)}"


def until_idle(cpu_seconds: Callable[[], float], *, share: float = 0.05, limit_seconds: float = 5.0) -> bool:
    """Waits until what `cpu_seconds` counts takes less than `share` of a core; False where it never does."""
    deadline = time.perf_counter() + limit_seconds
    while time.perf_counter() < deadline:
        before = cpu_seconds()
        time.sleep(0.1)
        if cpu_seconds() - before < share * 0.1:
            return True
    return False


def show(title: str, how: str, rows: Sequence[Row], console: Console) -> None:
    """Prints one benchmark: what it measures, and its table."""
    table = Table(box=box.SIMPLE_HEAD, title=title, title_style="bold", title_justify="left", pad_edge=False)
    table.add_column("figure", no_wrap=True)
    for heading in ("measured", "unit", "ratio", "target", "met"):
        table.add_column(heading, justify="left" if heading == "unit" else "right", no_wrap=True)
    table.add_column("note", style="dim")
    for row in rows:
        table.add_row(*_cells(row))
    console.print(table)
    console.print(how.strip(), style="dim", highlight=False, markup=False, soft_wrap=True)
    console.print()


def _cells(row: Row) -> tuple[str, ...]:
    met = {None: "", True: "[green]yes[/]", False: "[red]missed[/]"}[row.met]
    ratio = "" if row.ratio is None else f"{_number(row.ratio)} ×"
    return row.name, _number(row.measured), row.unit, ratio, _target_text(row), met, row.note


def _target_text(row: Row) -> str:
    if row.target is None:
        return ""
    unit = "×" if row.target.of == "ratio" else row.unit
    return f"{'≥' if row.target.at_least else '≤'} {row.target.bound:g} {unit}"


def _number(figure: float | None) -> str:
    """Three significant digits, without an exponent."""
    if figure is None:
        return "–"
    if abs(figure) >= 100 or figure == int(figure):
        return f"{figure:,.0f}"
    return f"{figure:.1f}" if abs(figure) >= 10 else f"{figure:.2f}"
