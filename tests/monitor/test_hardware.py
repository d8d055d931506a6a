"""The hardware of a run: what its view says, what its panel draws at every size, and both headless formats."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from kan_monitor.dashboard import Figure
from kan_monitor.headless.stream import FORMATS
from kan_monitor.ink import plain_text
from kan_monitor.panels import hardware as panel
from kan_monitor.panels.lines import width_of
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.sources.hardware import TAIL_RECORDS
from kan_monitor.text import amount_a_second, energy
from kan_shared.experiment import Experiment
from kan_shared.ranks import rank_file
from kan_shared.series import Record, SeriesWriter
from kan_shared.state import Gpu, Telemetry

from .cases import HOSTILE
from .hardware_cases import MACHINES, MIB, WHOLE_HOST, Machine, h100, machine_with, on, rank
from .looking import PLACE, Look, look
from .making import ELSEWHERE, GONE, NOW

FOLDER = "hardware"
#: The panel as it stands in the dashboard, and with a screen of its own, on several screens.
SIZES = ((47, 9), (72, 12), (60, 16), (80, 22), (120, 32), (200, 48))


@pytest.fixture(scope="module")
def look_at_machine(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Look]:
    seen: dict[str, Look] = {}

    def find(name: str) -> Look:
        if name not in seen:
            seen[name] = _look(MACHINES[name](), tmp_path_factory.mktemp(name))
        return seen[name]

    return find


def _look(machine: Machine, home: Path, now: float = NOW) -> Look:
    with contextlib.chdir(home):
        machine.write(PLACE)
        return look(ExperimentSource(PLACE), now)


def drawn(seen: Look, width: int, height: int) -> str:
    return plain_text(panel.draw(seen.dashboard.hardware, width, height))


def expected_files() -> set[str]:
    sizes = {f"{name}-{width}x{height}.txt" for name in MACHINES for width, height in SIZES}
    return sizes | {f"{name}.{format}.txt" for name in MACHINES for format in FORMATS}


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("name", MACHINES)
def test_every_machine_at_every_size(name, width, height, look_at_machine, golden):
    golden(f"{FOLDER}/{name}-{width}x{height}.txt", drawn(look_at_machine(name), width, height))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", MACHINES)
def test_every_machine_headless(name, format, look_at_machine, golden):
    line = FORMATS[format](look_at_machine(name).dashboard, None)
    if format == "text":
        golden(f"{FOLDER}/{name}.{format}.txt", line[: line.index("Sample")])
        return
    hardware = ("gpu", "energy", "mean", "ranks", "host", "hardware")
    fields = {key: value for key, value in json.loads(line).items() if key.startswith(hardware)}
    golden(f"{FOLDER}/{name}.{format}.txt", json.dumps(fields, indent=1))


def test_no_golden_is_left_over():
    folder = Path(__file__).parents[2] / "snapshots" / FOLDER
    assert {path.name for path in folder.iterdir()} == expected_files()


@pytest.mark.parametrize("name", MACHINES)
def test_every_line_is_as_wide_as_the_panel(name, look_at_machine):
    view = look_at_machine(name).dashboard.hardware
    for width in (*range(1, 130, 7), 200):
        for height in (1, 2, 3, 4, 7, 9, 14, 22, 33, 48):
            lines = panel.draw(view, width, height)
            assert (len(lines), {width_of(line) for line in lines}) == (height, {width}), (width, height)


class TestThrottling:
    def test_a_card_that_is_slowed_by_its_heat_is_worse_than_one_at_its_power_limit(self, look_at_machine):
        gpus = look_at_machine("eight-throttled").dashboard.hardware.gpus
        assert [gpu.index for gpu in gpus[:2]] == [5, 2]
        assert [gpu.throttle_severity for gpu in gpus[:3]] == ["bad", "warn", "none"]
        assert gpus[0].throttle_reasons == ("thermal slowdown (hardware)", "power cap")

    def test_which_cards_are_is_said_where_there_is_no_room_for_why(self, look_at_machine):
        seen = look_at_machine("eight-throttled")
        assert "throttled: GPU 2, 5" in drawn(seen, 47, 12)
        assert "throttled: thermal slowdown (hardware), power cap" in drawn(seen, 120, 32)

    def test_limits_are_shown_where_there_is_room(self, look_at_machine):
        wide = drawn(look_at_machine("eight-throttled"), 140, 14)
        assert "88/87°C hot" in wide
        assert "445/700 W" in wide

    def test_a_card_that_does_not_say_is_not_called_free(self, tmp_path):
        run = on(machine_with(h100(0, throttle_reasons=None)))
        fields = json.loads(FORMATS["json"](_look(Machine(run=run), tmp_path).dashboard, None))
        assert fields["gpu"]["throttle_reasons"] is None

    def test_words_of_a_run_are_harmless(self, tmp_path):
        reason = HOSTILE.replace("\ud83d", "")[:190]
        seen = _look(Machine(run=on(machine_with(h100(0, throttle_reasons=(reason,))))), tmp_path)
        for width, height in SIZES:
            assert all(line.isprintable() for line in drawn(seen, width, height).splitlines())


class TestEnergy:
    def test_is_that_of_all_cards_and_segments_with_its_mean(self, look_at_machine):
        hardware = look_at_machine("eight-throttled").dashboard.hardware
        assert (hardware.energy.text, hardware.energy.unit) == ("9.77", "kWh")
        assert hardware.mean_power.text == "3 448"

    @pytest.mark.parametrize(
        ("joules", "written"),
        [
            (None, ("—", "")),
            (0, ("0", "Wh")),
            (1500, ("0.42", "Wh")),
            (3600 * 12.4, ("12", "Wh")),
            (3.6e6 * 0.9994, ("999", "Wh")),
            (3.6e6 * 0.9996, ("1.00", "kWh")),
            (3.6e9, ("1000", "kWh")),
        ],
    )
    def test_is_written_as_it_is_paid_for(self, joules, written):
        assert energy(joules) == written

    def test_is_unknown_where_no_card_tells(self, tmp_path):
        telemetry = Telemetry(seconds=NOW, gpus=(Gpu(index=0, power_watts=300),), energy_seconds=10)
        hardware = _look(Machine(run=on(telemetry)), tmp_path).dashboard.hardware
        assert (hardware.energy.known, hardware.mean_power.known) == (False, False)


class TestTheHost:
    @pytest.mark.parametrize(
        ("rate", "written"),
        [
            (None, ("—", "")),
            (0.0, ("0", "B/s")),
            (999.4, ("999", "B/s")),
            (999.6, ("0.976", "kB/s")),
            (73.4 * MIB, ("73.4", "MB/s")),
            (2.0**50, ("1.0e6", "GB/s")),
        ],
    )
    def test_rates_are_written_in_the_unit_that_fits(self, rate, written):
        assert amount_a_second(rate) == written

    @pytest.mark.parametrize(
        ("free", "severity", "word"), [(0, "bad", "disk full"), (5 * 2**30, "warn", "low"), (20 * 2**30, "good", "")]
    )
    def test_a_disk_with_little_room_says_so(self, tmp_path, free, severity, word):
        host = msgspec.structs.replace(WHOLE_HOST, disk_free_bytes=free)
        seen = _look(Machine(run=on(Telemetry(seconds=NOW, host=host, gpus=(h100(0),)))), tmp_path)
        figure = seen.dashboard.hardware.disk.figure
        assert (figure.severity, figure.word) == (severity, word)
        assert ("disk free" in drawn(seen, 60, 9)) == bool(word)

    def test_what_nobody_measured_is_unknown(self, tmp_path):
        view = _look(Machine(run=on(Telemetry(seconds=NOW))), tmp_path).dashboard.hardware
        gauges = (view.cpu, view.memory, view.swap, view.disk, view.disk_read, view.network_sent)
        assert {gauge.figure.text for gauge in gauges} == {"—"}
        assert view.process_memory.text == "—"


class TestWhatIsPast:
    @pytest.mark.parametrize("name", ["ended", "crashed"])
    def test_is_said_and_drawn_in_greys(self, name, look_at_machine):
        view = look_at_machine(name).dashboard.hardware
        assert re.fullmatch(r"as of \d\d:53(, 3 h ago)?", view.as_of)
        for width, height in SIZES:
            lines = panel.draw(view, width, height)
            assert view.as_of in plain_text(lines)
            inside = {span.ink for line in lines[1:-1] for span in line if span.text.strip()}
            assert inside <= {"label", "track", "frame", "faint"}

    def test_is_said_in_a_line_too(self, look_at_machine):
        assert drawn(look_at_machine("ended"), 80, 1).startswith(" 10:53 GPU 0 ")
        assert drawn(look_at_machine("one"), 80, 1).startswith(" GPU 0 ")

    def test_is_a_driver_that_hangs_while_the_run_goes_on(self, tmp_path):
        run = on(msgspec.structs.replace(machine_with(h100(0)), seconds=NOW - 42))
        assert _look(Machine(run=run), tmp_path).dashboard.hardware.as_of == "as of 13:52"

    @pytest.mark.parametrize("condition", ["running", "paused"])
    def test_what_is_measured_now_is_not(self, tmp_path, condition):
        run = on(machine_with(h100(0))).but(status=condition)
        assert _look(Machine(run=run), tmp_path).dashboard.hardware.as_of == ""


class TestRanks:
    def test_the_dead_and_those_behind_come_first(self, look_at_machine):
        ranks = look_at_machine("ranks").dashboard.hardware.ranks
        assert [(rank.number, rank.word) for rank in ranks.ranks] == [
            (1, "crashed"), (2, "behind"), (0, "running"), (3, "running"),
        ]  # fmt: skip
        assert (ranks.summary, ranks.severity) == ("4 ranks: #1 crashed, #2 80 steps behind", "bad")

    def test_a_gpu_that_two_ranks_see_is_shown_once(self, look_at_machine):
        gpus = look_at_machine("ranks").dashboard.hardware.gpus
        assert sorted((gpu.host, gpu.index) for gpu in gpus) == [
            ("far-box", 0), ("far-box", 1), ("gpu-box", 0), ("gpu-box", 1),
        ]  # fmt: skip

    def test_a_run_of_one_process_has_none(self, look_at_machine):
        assert look_at_machine("one").dashboard.hardware.ranks is None

    def test_all_well_is_said_too(self, tmp_path):
        run = on(machine_with(h100(0))).but(world_size=3)
        ranks = [rank(1, run.state, step=2399), rank(2, run.state)]
        view = _look(Machine(run=run, ranks=ranks), tmp_path).dashboard.hardware.ranks
        assert (view.summary, view.severity) == ("3 ranks, 1 step apart", "none")

    def test_one_that_has_not_begun_is_waited_for_and_then_missed(self, tmp_path):
        run = on(machine_with(h100(0))).but(world_size=3, segment_started_seconds=NOW - 30)
        machine = Machine(run=run, ranks=[rank(1, run.state)])
        young = _look(machine, tmp_path).dashboard.hardware.ranks
        assert (young.summary, young.severity) == ("3 ranks, 1 still to come", "none")
        late = _look(replace_run(machine, segment_started_seconds=NOW - 600), tmp_path).dashboard.hardware.ranks
        assert (late.summary, late.severity) == ("3 ranks: #2 not heard of", "warn")

    def test_a_rank_of_another_host_that_is_silent_is_unreachable(self, tmp_path):
        run = on(machine_with(h100(0))).but(world_size=2)
        silent = rank(1, run.state, producer=ELSEWHERE, heartbeat_seconds=NOW - 60)
        view = _look(Machine(run=run, ranks=[silent]), tmp_path).dashboard.hardware.ranks
        assert view.summary == "2 ranks: #1 unreachable"

    def test_many_are_counted_and_not_listed(self, tmp_path):
        run = on(machine_with(h100(0))).but(world_size=500)
        dead = [rank(number, run.state, producer=GONE) for number in range(1, 400)]
        view = _look(Machine(run=run, ranks=dead), tmp_path).dashboard.hardware.ranks
        assert (
            view.summary
            == "500 ranks: #1, #2, #3, #4 and 395 more crashed, #400, #401, #402, #403 and 96 more not heard of"
        )

    def test_files_of_ranks_that_are_none_of_the_run_are_passed_over(self, tmp_path):
        run = on(machine_with(h100(0))).but(world_size=2)
        others = [rank(number, run.state, producer=GONE) for number in (0, 2, 77)]
        machine = Machine(run=run, ranks=[rank(1, run.state), *others])
        seen = _look(machine, tmp_path)
        assert [one.number for one in seen.dashboard.hardware.ranks.ranks] == [0, 1]
        rank_file(Experiment(tmp_path / PLACE).ranks, 1).write_bytes(b"\x00" * 500)
        assert _look(Machine(run=run), tmp_path).dashboard.hardware.ranks.summary == "2 ranks: #1 not heard of"

    def test_the_trouble_of_a_rank_is_seen_on_a_small_screen(self, look_at_machine):
        assert "#1 crashed" in drawn(look_at_machine("ranks"), 60, 1)


@pytest.mark.usefixtures("home")
class TestOverTime:
    def test_only_what_a_series_has_grown_by_is_read(self):
        telemetry = machine_with(h100(0))
        on(telemetry).write(PLACE)
        source = ExperimentSource(PLACE)
        name = "system/gpu0/power_watts"
        before = source.poll(NOW).recent_hardware[name]
        assert source.poll(NOW).recent_hardware[name] is before
        assert (len(before.values), before.recorded) == (120, 120)
        writer = SeriesWriter(Experiment(PLACE).series(name))
        writer.append([Record(1, NOW, 111.0, 0)])
        assert source.poll(NOW).recent_hardware[name] == ((*before.values, 111.0), 121)
        writer.append([Record(1, NOW, float(value), 0) for value in range(1000)])
        writer.close()
        newest = tuple(map(float, range(1000 - TAIL_RECORDS, 1000)))
        assert source.poll(NOW).recent_hardware[name] == (newest, 1121)

    def test_a_series_that_was_replaced_is_read_anew(self):
        on(machine_with(h100(0))).write(PLACE)
        source = ExperimentSource(PLACE)
        source.poll(NOW)
        name = "system/host/cpu_percent"
        path = Experiment(PLACE).series(name)
        path.unlink()
        writer = SeriesWriter(path)
        writer.append([Record(1, NOW, 5.0, 0)])
        writer.close()
        assert source.poll(NOW).recent_hardware[name] == ((5.0,), 1)

    def test_a_gpu_without_a_record_has_a_bar_in_its_place(self, look_at_machine):
        shown = drawn(look_at_machine("ranks"), 120, 32)
        block = shown[shown.index("far-box") :].splitlines()
        assert "━" in block[2] and "█" not in block[2]

    def test_the_screen_of_its_own_has_everything(self, look_at_machine):
        shown = drawn(look_at_machine("eight-throttled"), 120, 32)
        for text in (
            *("cpu 34 % of 16 cores", "disk read 73.4 MB/s", "net out 11.0 kB/s", "trainer 3.2 GB"),
            *("disk free 412.0 / 900.0 GB", "swap 0.5 / 2.0 GB", "clock 1 215 / 1 980 MHz", "used 9.77 kWh"),
        ):
            assert text in shown

    def test_sixty_four_gpus_are_counted_where_they_do_not_fit(self, tmp_path):
        run = on(machine_with(*(h100(index, utilization_percent=50) for index in range(64))))
        seen = _look(Machine(run=run), tmp_path)
        assert re.search(r"and \d+ more", drawn(seen, 47, 12))
        assert re.search(r"and \d+ more", drawn(seen, 120, 32))


def figures_in(part: object) -> list[Figure]:
    if isinstance(part, Figure):
        return [part]
    if isinstance(part, msgspec.Struct):
        # The share of a whole is the length of a bar, on the screen; how old all of it is, is said where it is old.
        return [figure for name in part.__struct_fields__ if name not in ("share", "age", "ranks")
                for figure in figures_in(getattr(part, name))]  # fmt: skip
    return [figure for piece in part for figure in figures_in(piece)] if isinstance(part, tuple) else []


@pytest.mark.parametrize("name", ["one", "ranks", "no-nvml", "ended"])
def test_the_screen_and_the_text_have_every_figure(name, look_at_machine):
    seen = look_at_machine(name)
    texts = {figure.text for figure in figures_in(seen.dashboard.hardware) if figure.known}
    for shown in (FORMATS["text"](seen.dashboard, None), drawn(seen, 200, 48)):
        assert {text for text in texts if not re.search(rf"(?<![\d.]){re.escape(text)}(?![\d.]\d)", shown)} == set()


def replace_run(machine: Machine, **changes: object) -> Machine:
    return Machine(run=machine.run.but(**changes), ranks=machine.ranks)


def test_the_dashboard_keeps_its_place_for_it(look_at_machine):
    """One GPU with all that it can say takes no more rows than before."""
    shown = look_at_machine("one").text(120, 34).splitlines()
    top = next(number for number, line in enumerate(shown) if "─ hardware ─" in line)
    assert "─ progress ─" in shown[top + 9]
