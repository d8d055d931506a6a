"""The other series of the run, small, beside the loss: each on its own scale, all over the same part of the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kan_monitor.curves import Curves
from kan_monitor.dashboard import Dashboard
from kan_monitor.ink import Line
from kan_monitor.panels import tile
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.grid import LOWEST, grid_of
from kan_monitor.panels.lines import stack
from kan_monitor.viewport import ChartOptions

#: Who wants to see more than so many at once has a view for them.
_MOST: Final = 8
_COMFORTABLE_WIDTH: Final = 38
#: A chart of more rows than this leaves one free below it.
_LOW: Final = 8


def room_for(width: int, height: int) -> int:
    """How many charts a panel of that size has room for."""
    inner_width, inner_height = inner_size(width, height)
    return min(_MOST, max(1, inner_width // _COMFORTABLE_WIDTH) * max(1, inner_height // LOWEST))


def draw(
    dashboard: Dashboard,
    curves: Curves,
    names: Sequence[str],
    options: ChartOptions,
    width: int,
    height: int,
    *,
    plain: bool = False,
) -> list[Line]:
    """The series `names` in their order."""
    inner_width, inner_height = inner_size(width, height)
    beside_each_other = inner_width >= 2 * _COMFORTABLE_WIDTH
    grid = grid_of(inner_width, inner_height, len(names), None if beside_each_other else 1)
    cell_width, cell_height = grid.cell
    progress = dashboard.progress
    total_steps = None if (whole := progress.step.whole.value) is None else int(whole)
    planned = _up_to(curves.extent(options, total_steps).stop, progress.learning_rate_plan)

    def cell(name: str) -> list[Line]:
        lines = tile.draw(
            curves,
            name,
            options,
            cell_width,
            cell_height - (cell_height > _LOW),
            total_steps=total_steps,
            plan=planned if name == "learning_rate" else (),
            utc_offset_seconds=dashboard.utc_offset_seconds,
            plain=plain,
        )
        return stack(lines, cell_width, cell_height)

    cells = [cell(name) for name in names[: grid.cells]]
    return framed(grid.paste(cells), width, height, title="charts", note="2 shows all series")


def _up_to(stop: float, plan: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """What is planned up to a step: a plan to its end would have its chart go on where the others do not."""
    points = sorted(plan)
    inside = [point for point in points if point[0] <= stop]
    if 0 < len(inside) < len(points):
        (left, before), (right, after) = points[len(inside) - 1 : len(inside) + 1]
        inside.append((stop, before + (after - before) * (stop - left) / (right - left)))
    return inside
