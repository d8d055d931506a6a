"""A panel is drawn again only where what it is drawn from is another: so that must differ wherever its lines do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from kan_monitor.curves import VALIDATION, ChartOptions, Curves
from kan_monitor.dashboard import Dashboard
from kan_monitor.frame import PANELS, FrameOptions, draw_panel, drawn_from
from kan_monitor.panels.layout import PanelName
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.view import build
from kan_shared.experiment import Experiment
from kan_shared.series import Record, SeriesWriter, pack, unpack
from kan_shared.store import replace_file, write_state

from .looking import PLACE, UTC_OPTIONS
from .making import NOW, event, write_journal
from .source import source_run

pytestmark = pytest.mark.usefixtures("home")


def log(name: str) -> None:
    """One record more, which is far off the others."""
    writer = SeriesWriter(Experiment(PLACE).series(name))
    writer.append([Record(2450, NOW, 0.02, 0)])
    writer.close()


def rewrite(name: str) -> None:
    """As many records, of which one was another."""
    path = Experiment(PLACE).series(name)
    records = list(unpack(path.read_bytes()))
    records[1000] = records[1000]._replace(value=0.02)
    replace_file(path, pack(records))


def go_on(**changes: object) -> None:
    write_state(Experiment(PLACE).state, source_run().but(revision=10**6, **changes).state)


NEWS: Final[dict[str, tuple[set[PanelName], Callable[[], None]]]] = {
    "loss": ({"loss"}, lambda: log("train/loss")),
    "other values": ({"loss"}, lambda: rewrite("train/loss")),
    "beside": ({"charts"}, lambda: log("gradient_norm")),
    "validation": ({"loss"}, lambda: log(VALIDATION)),
    "event": ({"loss", "events"}, lambda: write_journal(Experiment(PLACE).events, [event("nan", step=700)])),
    "step": ({"progress", "status"}, lambda: go_on(step=2450)),
    "total": ({"progress", "status", "loss", "charts"}, lambda: go_on(total_steps=3000)),
    "name": ({"header"}, lambda: go_on(name="another")),
    "telemetry": ({"hardware"}, lambda: go_on(telemetry=None)),
}
BESIDE: Final = ("gradient_norm", "learning_rate")
USUAL: Final = FrameOptions(beside=BESIDE)
OPTIONS: Final[dict[str, FrameOptions]] = {
    "scale": USUAL._replace(chart=ChartOptions(log=False)),
    "crosshair": USUAL._replace(chart=ChartOptions(cursor=1000.0)),
    "seen": USUAL._replace(chart=ChartOptions(seen_seconds=NOW - 100)),
    "focus": USUAL._replace(focus="loss"),
    "plain": USUAL._replace(plain=True),
    "frozen": USUAL._replace(frozen=True),
}


class Watched:
    """One run that is looked at again and again, as a screen does."""

    def __init__(self) -> None:
        self._source = ExperimentSource(PLACE)
        self.curves = Curves(self._source)

    def look(self, options: FrameOptions = USUAL) -> dict[PanelName, tuple[object, object]]:
        """Of each panel what it is drawn from, and its lines."""
        dashboard = build(self._source.poll(NOW), UTC_OPTIONS, now=NOW, frame=1)
        self.curves.refresh([dashboard.loss.series or "", VALIDATION, *BESIDE])
        return {name: self._seen(name, dashboard, options) for name in PANELS}

    def _seen(self, name: PanelName, dashboard: Dashboard, options: FrameOptions) -> tuple[object, object]:
        source = drawn_from(name, dashboard, self.curves, options)
        return source, draw_panel(name, dashboard, self.curves, options, 80, 14)


def changed(before: dict[PanelName, tuple[object, object]], after: dict[PanelName, tuple[object, object]]) -> set[str]:
    """The panels whose lines are others; all of them are drawn from something else."""
    others = {name for name in PANELS if before[name][1] != after[name][1]}
    assert all(before[name][0] != after[name][0] for name in others)
    return others


def test_nothing_is_drawn_again_where_there_is_no_news() -> None:
    source_run().write(PLACE)
    watched = Watched()
    before, after = watched.look(), watched.look()
    assert [name for name in PANELS if before[name][0] != after[name][0]] == []


@pytest.mark.parametrize("news", NEWS)
def test_what_a_run_does_is_drawn(news: str) -> None:
    source_run().write(PLACE)
    watched, (panels, happen) = Watched(), NEWS[news]
    before = watched.look()
    happen()
    assert panels <= changed(before, watched.look())


@pytest.mark.parametrize("choice", OPTIONS)
def test_what_is_chosen_is_drawn(choice: str) -> None:
    source_run().write(PLACE)
    watched = Watched()
    assert changed(watched.look(), watched.look(OPTIONS[choice]))


def test_the_curves_of_another_run_that_has_come_as_far_are_drawn() -> None:
    source_run().write(PLACE)
    one, other = Watched().look(), Watched().look()
    assert {name for name in PANELS if one[name][0] != other[name][0]} == {"loss", "charts"}
