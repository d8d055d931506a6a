"""The charts of a run as they are seen: crosshair, zoom, marks, branch, what is new, and one chart of any series."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kan_monitor.curves import Curves
from kan_monitor.frame import FrameOptions, draw_panel
from kan_monitor.ink import Ink, Line, plain_text
from kan_monitor.overlay import Overlay
from kan_monitor.panels import overlay, tile
from kan_monitor.panels.lines import shortened
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.viewport import ChartOptions, Window, move_cursor, zoom

from .cases import CASES
from .looking import PLACE, Look, look
from .making import NOW, Run, event, series_of
from .source import source_run

SEEN = "since you last looked"


@pytest.fixture
def seen(home: Path) -> Callable[[Run], Look]:
    """A run is written, and looked at."""

    def see(run: Run) -> Look:
        run.write(PLACE)
        return look(ExperimentSource(PLACE))

    return see


@pytest.fixture
def running(seen) -> Look:
    return seen(source_run())


def loss(seen: Look, chart: ChartOptions, width: int = 100, height: int = 20) -> list[str]:
    return plain_text(drawn(seen, chart, width, height)).splitlines()


def drawn(seen: Look, chart: ChartOptions, width: int = 100, height: int = 20) -> list[Line]:
    return draw_panel("loss", seen.dashboard, seen.curves, FrameOptions(chart=chart), width, height)


def inks(lines: list[Line]) -> set[Ink]:
    return {span.ink for line in lines for span in line}


class TestTheCrosshair:
    def test_reads_the_value_the_average_the_step_and_the_time(self, running):
        readout = loss(running, ChartOptions(cursor=1481.2))[-2]
        assert "step 1 481  00:02:35  ━ train 5.31000 ema 3.72987 " in readout

    def test_reads_validation_at_its_own_step_and_as_it_is(self, running):
        readout = loss(running, ChartOptions(cursor=2149.0))[-2]
        assert "━ validation 2.27100 @ 2 100" in readout

    def test_reads_the_time_of_day_where_that_is_the_axis(self, running):
        readout = loss(running, ChartOptions(x="clock", cursor=NOW - 9.0))[-2]
        assert "step 2 314  Jun 1 13:53:22" in readout

    def test_is_drawn_from_the_top_to_the_axis(self, running):
        frame = loss(running, ChartOptions(cursor=1200.0))
        column = frame[1].index("⡇") if "⡇" in frame[1] else frame[1].index("⢸")
        assert all(line[column] not in " ·" for line in frame[1:-4])

    def test_leaves_the_legend_where_it_is_not(self, running):
        assert "best 2.271 @ 2 100" in loss(running, ChartOptions())[-2]

    def test_of_a_run_that_has_logged_nothing_reads_nothing(self, seen):
        waiting = seen(CASES["starting"].run())
        assert "waiting for the first step" in "\n".join(loss(waiting, ChartOptions(cursor=5.0)))


class TestTheWindow:
    def test_says_how_far_one_has_zoomed(self, running):
        assert "step ×3.33 ─╮" in loss(running, ChartOptions(window=Window(1000, 1750)))[0]
        assert "· step ─╮" in loss(running, ChartOptions())[0]

    def test_goes_by_the_moves(self, running):
        """Zoomed in about the crosshair until each record has columns of its own."""
        extent = running.curves.extent(ChartOptions(), 4500)
        options = move_cursor(ChartOptions(smoothing=0.0), extent, 0, 180)
        for _ in range(20):
            options = zoom(options, extent, 0.5)
        assert options.window.stop - options.window.start == pytest.approx(extent.narrowest)
        assert "2.14600" in loss(running, options)[-2]

    def test_without_a_record_says_so(self, running):
        frame = "\n".join(loss(running, ChartOptions(window=Window(2401.2, 2402.2))))
        assert "nothing was logged in this window" in frame


class TestTheXAxis:
    def test_is_the_time_trained_or_the_time_of_day(self, running):
        assert loss(running, ChartOptions(x="elapsed"))[-3].split()[1:-1] == ["0", "1m", "2m", "3m", "4m", "5m"]
        assert loss(running, ChartOptions(x="clock"))[-3].split()[1:-1] == ["13:50", "13:51", "13:52", "13:53", "13:54"]

    def test_has_the_marks_where_they_happened_on_each(self, running):
        """The alert of step 1481 was 91 seconds before the end of 252 that are shown in 300."""
        for options in (ChartOptions(x="elapsed"), ChartOptions(x="clock")):
            axis = loss(running, options)[-4]
            alert = next(event for event in running.dashboard.events if event.mark == "!")
            place = running.curves.place(options.x, alert.step, alert.seconds)
            start, stop = running.curves.plot("train/loss", 4500, 96, options)[1:]
            assert axis[2 + 8 + int((place - start) / (stop - start) * 88)] == "!"

    def test_marks_a_changed_learning_rate(self, seen):
        changed = seen(source_run().having(event("learning_rate", "5.80e-4", ago=100, step=700)))
        assert "◆" in loss(changed, ChartOptions())[-4]

    def test_leaves_out_the_time_in_which_the_run_was_down(self, seen):
        run = source_run()
        late = [record._replace(seconds=record.seconds + 86_400, segment=1) for record in run.series["train/loss"]]
        halves = [*run.series["train/loss"][:1200], *late[1200:]]
        resumed = seen(Run(state=run.state, series={"train/loss": halves}))
        assert loss(resumed, ChartOptions(x="elapsed"))[-3].split()[1:-1] == ["0", "1m", "2m", "3m", "4m", "5m"]
        assert "Jun 2" in loss(resumed, ChartOptions(x="clock"))[-3]


class TestWhatIsNew:
    def test_has_a_dotted_line_and_its_words(self, running):
        lines = drawn(running, ChartOptions(seen_seconds=NOW - 60))
        assert f"┊ {SEEN} · log" in plain_text(lines[:1])
        assert "⡂" in plain_text(lines[1:2]) or "⢐" in plain_text(lines[1:2])

    def test_keeps_the_other_words_where_there_is_no_room(self, running):
        top = loss(running, ChartOptions(seen_seconds=NOW - 60), width=50)[0]
        assert SEEN not in top
        assert "log · ema 0.6 · step" in top

    def test_says_nothing_out_of_sight(self, running):
        options = ChartOptions(seen_seconds=NOW - 60, window=Window(100, 200))
        assert SEEN not in loss(running, options)[0]


class TestTheLearningRate:
    def test_is_bright_so_far_and_faint_as_planned(self, seen):
        plan = ((0, 0.0), (2400, 5.8e-4), (4500, 1e-5))
        found = seen(source_run().but(learning_rate_plan=plan))
        progress = found.dashboard.progress
        assert len(progress.learning_rates) == 34, "as much of 64 as was done of the run"
        assert len(progress.learning_rates_ahead) == 30
        assert progress.learning_rates[-1] == 5.8e-4
        assert progress.learning_rates_ahead[0] == pytest.approx(5.6e-4, rel=0.03)
        assert progress.learning_rates_ahead[-1] < 2e-5
        lines = draw_panel("progress", found.dashboard, found.curves, FrameOptions(), 60, 10)
        drawn = [span.ink for line in lines for span in line if set(span.text) & set("⠉⠒⠤⣀⠢⠑")]
        assert drawn == ["info", "faint"]

    def test_is_what_was_alone_where_nothing_is_planned(self, running):
        assert len(running.dashboard.progress.learning_rates) == 64
        assert running.dashboard.progress.learning_rates_ahead == ()


def tiled(seen: Look, name: str, options: ChartOptions, width: int, height: int, **more) -> list[Line]:
    return tile.draw(seen.curves, name, options, width, height, total_steps=4500, **more)


class TestATile:
    @pytest.fixture(autouse=True)
    def curves(self, running) -> Curves:
        running.curves.refresh(["train/loss", "gradient_norm", "learning_rate"])
        return running.curves

    @pytest.mark.parametrize(("width", "height"), [(20, 5), (44, 9), (7, 3), (120, 30), (1, 1)])
    @pytest.mark.parametrize("name", ["gradient_norm", "no/such series"])
    def test_has_any_size(self, running, width, height, name):
        lines = tiled(running, name, ChartOptions(cursor=100.0, seen_seconds=NOW - 9), width, height)
        assert [sum(len(span.text) for span in line) for line in lines] == [width] * height

    def test_has_its_name_and_its_latest_value_on_its_own_scale(self, running):
        shown = plain_text(tiled(running, "gradient_norm", ChartOptions(), 44, 9)).splitlines()
        assert shown[0].split() == ["gradient_norm", "3.200"]
        assert " 10 ┤" in "\n".join(shown)

    def test_has_the_value_at_the_crosshair_instead(self, running):
        """The very same crosshair as the loss chart's: it is in the unit of the axis."""
        shown = plain_text(tiled(running, "train/loss", ChartOptions(cursor=1481.0), 44, 9))
        assert shown.splitlines()[0].split() == ["train/loss", "5.310"]

    def test_of_nothing_has_no_value(self, running):
        assert plain_text(tiled(running, "nothing", ChartOptions(), 30, 6)).splitlines()[0].split() == ["nothing", "—"]

    def test_shows_a_plan_faintly_behind(self, running):
        plan = ((0, 0.0), (2400, 5.8e-4), (4500, 1e-5))
        lines = tiled(running, "learning_rate", ChartOptions(log=False), 44, 9, plan=plan, series="series.2")
        assert {"series.2", "series.2.faint"} <= inks(lines)

    def test_cuts_a_long_name_in_its_middle(self):
        assert shortened("train/layer_12/attention/norm", 16) == "train…ntion/norm"
        assert shortened("漢字かな漢字", 7) == "漢…漢字"
        assert [shortened("name", width) for width in (4, 2, 1, 0)] == ["name", "…e", "…", ""]


@pytest.mark.usefixtures("home")
class TestAnOverlay:
    @pytest.fixture
    def runs(self) -> Overlay:
        places = []
        for number in range(9):
            places.append(PLACE.with_name(f"run-{number}"))
            loss = series_of(lambda step, least=number + 1: least + step / 2400, range(1, 2401))
            Run(state=source_run().state, series={"train/loss": loss}).write(places[-1])
        runs = Overlay(places, "train/loss")
        runs.refresh()
        return runs

    def test_has_up_to_eight_curves_each_with_its_number(self, runs):
        lines = overlay.draw(runs, [f"run-{number}" for number in range(9)], ChartOptions(log=False), 100, 30)
        plot = [span for line in lines[:-5] for span in line if span.ink.startswith("series")]
        for number in range(8):
            assert any(str(number + 1) in span.text for span in plot if span.ink == f"series.{number}")
        assert "9" not in "".join(span.text for span in plot)

    def test_has_a_legend_with_the_latest_values_or_those_at_the_crosshair(self, runs):
        del runs.runs[2:]
        shown = plain_text(overlay.draw(runs, ["run-0", "run-1"], ChartOptions(), 60, 20))
        assert shown.splitlines()[-1] == " 1 ━ run-0 2.000   2 ━ run-1 3.000"
        shown = plain_text(overlay.draw(runs, (), ChartOptions(cursor=1200.0), 60, 20))
        assert shown.splitlines()[-1] == " ┃ step 1 200   1 ━ 1.500   2 ━ 2.500"

    def test_zooms_like_any_chart(self, runs):
        options = ChartOptions(log=False)
        zoomed = zoom(options, runs.extent(options), 0.1)
        assert "2.4K" in plain_text(overlay.draw(runs, (), zoomed, 60, 12))

    @pytest.mark.parametrize(("width", "height"), [(60, 12), (20, 5), (3, 2)])
    def test_has_any_size(self, runs, width, height):
        for chosen in (runs, Overlay((), "train/loss")):
            lines = overlay.draw(chosen, (), ChartOptions(), width, height)
            assert [sum(len(span.text) for span in line) for line in lines] == [width] * height


class TestThePictures:
    """As they were looked at and found good."""

    @pytest.mark.parametrize(
        ("name", "chart"),
        [
            ("zoomed", ChartOptions(window=Window(1470, 1610), cursor=1481.0)),
            ("elapsed", ChartOptions(x="elapsed", smoothing=0.0, log=False, seen_seconds=NOW - 60)),
            ("clock", ChartOptions(x="clock", cursor=NOW - 100)),
        ],
    )
    def test_of_the_loss_of_a_resumed_run(self, seen, golden, name, chart):
        golden(f"charts/loss-{name}.txt", "\n".join(loss(seen(CASES["resumed"].run()), chart)))

    def test_of_tiles(self, seen, golden):
        found = seen(CASES["planned-rate"].run())
        plan = found.dashboard.progress.learning_rate_plan
        found.curves.refresh(["train/loss", "gradient_norm", "learning_rate"])
        plans = {"train/loss": (), "gradient_norm": (), "learning_rate": plan}
        options = ChartOptions(log=False, cursor=1481.0)
        tiles = [
            tiled(found, name, options, width, height, plan=plans[name])
            for name in plans
            for width, height in ((20, 5), (44, 9))
        ]
        golden("charts/tiles.txt", "\n".join(plain_text(lines) for lines in tiles))


def test_the_titles_of_two_flows_are_told_apart() -> None:
    names = [f"system/host/{flow}_bytes_per_second" for flow in ("network_sent", "network_received", "disk_read")]
    assert [tile._called("", name, 22) for name in names] == [
        "host/network_sent B/s",
        "host/ne…k_received B/s",
        "host/disk_read B/s",
    ]
    assert tile._called("", names[0], 60) == names[0], "whole where there is room"
    assert tile._called("▸ ", "layer/00/weights_bytes", 12) == "▸ l…ts_bytes", "of any other only the middle goes"
