"""What each panel draws, beyond what the goldens pin: that it says everything without colour too."""

from __future__ import annotations

import re
from dataclasses import replace

import msgspec
import pytest

from kan_monitor.frame import FOCUSABLE, KEYS, FrameOptions, draw_panel, place
from kan_monitor.ink import Line, Span, plain_text
from kan_monitor.panels import footer
from kan_monitor.panels.frame import framed
from kan_monitor.panels.lines import width_of

from .looking import Look, look_at_run
from .making import event, rtx_4090
from .source import source_run


def panel(seen: Look, name: str, width: int, height: int, **options: object) -> list[Line]:
    return draw_panel(name, seen.dashboard, seen.curves, FrameOptions(**options), width, height)


def ink_at(lines: list[Line], text: str) -> str:
    """The ink of the span that has `text`."""
    return next(span.ink for line in lines for span in line if text in span.text)


class TestWithoutColour:
    """Whatever an ink says, a word or a mark says too."""

    @pytest.mark.parametrize(
        ("case", "words"),
        [
            ("running", ["● running", "healthy", "train", "validation", "↓"]),
            ("eight-gpus", ["hot", "OOM risk", "at limit", "high"]),
            ("silent-gpu", ["underused"]),
            ("nan-loss", ["not finite", "exploding", "!"]),
            ("diverging", ["↑", "exploding"]),
            ("paused", ["‖ paused"]),
            ("complete", ["✓ complete"]),
            ("crashed", ["✕ crashed", "process 4242 is gone"]),
            ("unreachable", ["? unreachable", "no word from far-box"]),
            ("corrupt", ["! experiments/", "not valid"]),
            ("lost-records", ["! 1 204 records could not be written"]),
        ],
    )
    def test_what_matters_is_a_word(self, case, words, look_once):
        """On a screen with room for it all."""
        frame = look_once(case).text(250, 50, plain=True)
        assert [word for word in words if word not in frame] == []

    def test_every_coloured_figure_has_its_word(self, case, look_once):
        """A figure in the ink of a severity that needs a look has a word or a mark in that ink beside it."""
        seen = look_once(case)
        for line in [*seen.lines(250, 50), *seen.lines(120, 34), *seen.lines(64, 20)]:
            for at, span in enumerate(line):
                if span.ink in ("warn", "bad", "info") and any(c.isdigit() for c in span.text):
                    around = [other.text for other in line[max(0, at - 2) : at + 4] if other.ink == span.ink]
                    assert re.search(r"[a-z]{3}|[!▲▼↑→]", "".join(around)), (case, span, plain_text([line]))

    def test_the_series_differ_by_their_dots(self, look_once):
        assert look_once("running").text(plain=True) != look_once("running").text(plain=False)


class TestFrames:
    def test_has_title_and_note(self):
        lines = framed([], 30, 3, title="loss", note="log")
        assert (
            plain_text(lines)
            == "╭─ loss ─────────────── log ─╮\n│                            │\n╰────────────────────────────╯"
        )

    def test_gives_the_note_up_first(self):
        assert plain_text(framed([], 13, 2, title="loss", note="log · raw")).splitlines()[0] == "╭─ loss ────╮"

    def test_cuts_a_line_that_is_too_long(self):
        assert plain_text(framed([[Span("abcdefgh")]], 10, 3, title="t")).splitlines()[1] == "│ abcde… │"

    @pytest.mark.parametrize("width", range(12))
    @pytest.mark.parametrize("height", range(5))
    def test_is_exact_at_any_size(self, width, height):
        lines = framed([[Span("some text")]] * 3, width, height, title="title", note="note", focused=True)
        assert [width_of(line) for line in lines] == [width] * height

    @pytest.mark.parametrize("name", FOCUSABLE)
    def test_shows_which_panel_is_in_focus(self, name, look_once):
        seen = look_once("running")
        for other in FOCUSABLE:
            lines = panel(seen, other, 60, 12, focus=name)
            assert (lines[0][0].ink == "key") == (other == name)


class TestHeader:
    def test_gives_way_from_the_left(self, look_once):
        """First the app's own name and the subtitle go; the badge, the clock and the ETA stay."""
        shown = {width: plain_text(panel(look_once("running"), "header", width, 1)) for width in (120, 80, 60, 45)}
        assert shown[120].startswith(" kan-monitor  qwen-rust-tests-07  qlora · Qwen2.5-Coder-0.5B")
        assert shown[120].endswith("● running  00:04:12  eta 00:08:33 done 13:57–14:02")
        assert shown[80].startswith(" qwen-rust-tests-07         ● running")
        assert shown[60] == " qwen-rust-tests-07      ● running  00:04:12  eta 00:08:33"
        assert shown[45].endswith("● running  00:04:12  eta 00:08:33")
        assert plain_text(panel(look_once("running"), "header", 40, 1)) == " qwe…tests-07  ● running  eta 00:08:33"
        assert plain_text(panel(look_once("running"), "header", 20, 1)) == " q…s-07  ● running"

    def test_says_what_is_the_matter_before_what_it_is(self, look_once):
        shown = plain_text(panel(look_once("crashed"), "header", 120, 1))
        assert "process 4242 is gone" in shown
        assert "qlora" not in shown

    def test_says_that_it_is_frozen(self, look_once):
        lines = panel(look_once("running"), "header", 120, 1, frozen=True)
        assert "  frozen  " in plain_text(lines)
        assert ink_at(lines, "frozen") == "warn"

    @pytest.mark.parametrize(
        ("case", "ink"),
        [("running", "good"), ("paused", "warn"), ("error", "bad"), ("complete", "info"), ("waiting", "label")],
    )
    def test_the_badge_has_its_colour(self, case, ink, look_once):
        word = look_once(case).dashboard.header.badge.word
        assert ink_at(panel(look_once(case), "header", 120, 1), f" {word}") == ink


class TestLoss:
    def test_the_gravest_mark_is_in_front(self, tmp_path):
        """Where several events share a cell of the axis, an alert is not hidden by a checkpoint, old or new."""
        for order in (1, -1):
            events = [event("checkpoint", ago=3 + order, step=1200), event("alert", ago=3, step=1200)]
            seen = look_at_run(replace(source_run(), events=events), tmp_path)
            axis = next(line for line in plain_text(panel(seen, "loss", 80, 20)).splitlines() if "└" in line)
            assert "!" in axis
            assert "▲" not in axis

    def test_of_the_alike_the_latest_is_in_front(self, tmp_path):
        events = [event("resume", ago=5, step=1200), event("complete", ago=3, step=1200)]
        seen = look_at_run(replace(source_run(), events=events), tmp_path)
        assert "✓" in plain_text(panel(seen, "loss", 80, 20))

    def test_what_has_no_step_is_not_on_the_axis(self, tmp_path):
        seen = look_at_run(replace(source_run(), events=[event("alert", ago=5)]), tmp_path)
        assert "!" not in plain_text(panel(seen, "loss", 80, 20))

    def test_the_legend_gives_up_what_matters_least(self, look_once):
        seen = look_once("running")
        shown = {width: plain_text(panel(seen, "loss", width, 12)).splitlines()[-2] for width in (72, 58, 44)}
        assert "best 2.271 @ 2 100" in shown[72]
        assert "best" not in shown[58] and "validation 2.310" in shown[58]
        assert all("train 2.146 ↓" in legend for legend in shown.values())

    def test_says_how_it_is_drawn(self, look_once):
        seen = look_once("running")
        options = FrameOptions()
        linear = options.chart._replace(log=False, smoothing=0.0)
        assert "log · ema 0.6 · step" in plain_text(panel(seen, "loss", 80, 20))
        assert "linear · raw · step" in plain_text(panel(seen, "loss", 80, 20, chart=linear))


class TestLossWithoutRoom:
    def test_has_a_curve_in_a_single_row(self, look_once):
        shown = plain_text(panel(look_once("running"), "loss", 40, 1))
        assert re.fullmatch(r" train 2\.146 ↓ +[⠀-⣿]{3,}", shown)

    def test_has_a_chart_in_a_few(self, look_once):
        shown = plain_text(panel(look_once("running"), "loss", 40, 3)).splitlines()
        assert shown[0] == " train 2.146 ↓  validation 2.310"
        assert all(re.search("[⠀-⣿]{8}", line) for line in shown[1:])

    @pytest.mark.parametrize("height", [1, 2, 3])
    def test_says_so_where_nothing_is_known(self, height, look_once):
        assert plain_text(panel(look_once("waiting"), "loss", 40, height)).rstrip() == " train —"


class TestHardware:
    def test_gpus_beyond_the_room_are_the_ones_that_are_well(self, look_once):
        shown = plain_text(panel(look_once("eight-gpus"), "hardware", 80, 7)).splitlines()
        assert shown[1].startswith("│ 5 ")
        assert "hot" in shown[1]

    def test_figures_stand_in_columns(self, look_once):
        """Whatever needs a look, and however it is said: the figures of all GPUs stand under each other."""
        for width in (47, 60, 76, 100):
            shown = plain_text(panel(look_once("eight-gpus"), "hardware", width, 12)).splitlines()[1:9]
            shown_of_two = plain_text(panel(look_once("two-gpus"), "hardware", width, 12)).splitlines()[1:3]
            for unit in (" %", " GB", "°C", " W"):
                assert len({line.index(unit) for line in shown}) == 1, (width, unit)
                assert len({line.index(unit) for line in shown_of_two}) == 1, (width, unit)

    @pytest.mark.parametrize("width", range(20, 100))
    def test_a_figure_is_whole_or_left_out(self, width, look_once):
        """Half a figure would be taken for another one."""
        shown = plain_text(panel(look_once("running"), "hardware", width, 1))
        assert re.fullmatch(r" GPU 0 [━╸─]+ 78 %( +9\.2/24\.0 GB( +67(/83)?°C( +285(/450)? W)?)?)?", shown.rstrip())

    def test_where_there_is_no_room_for_words_there_are_marks(self, look_once):
        worst = plain_text(panel(look_once("eight-gpus"), "hardware", 47, 12)).splitlines()[1]
        assert worst == "│ 5 ━━━──── 42 %▼ 76.4/80.0 GB! 91°C! 688 W!  │"

    def test_a_line_each_on_a_narrow_screen_the_worst_first(self, look_once):
        shown = plain_text(panel(look_once("eight-gpus"), "hardware", 80, 3)).splitlines()
        assert [line.split()[1] for line in shown] == ["5", "6", "7"]

    def test_a_lost_gpu_is_said_beside_the_others(self, tmp_path):
        telemetry = msgspec.structs.replace(source_run().state.telemetry, gpu_problem="GPU 1 fell off the bus")
        telemetry = msgspec.structs.replace(telemetry, gpus=(rtx_4090(0), rtx_4090(2)))
        seen = look_at_run(source_run().but(telemetry=telemetry), tmp_path)
        assert "! GPU 1 fell off the bus" in seen.text()


class TestProgress:
    @pytest.mark.parametrize("width", range(28, 100))
    def test_a_figure_is_whole_or_left_out(self, width, look_once):
        shown = plain_text(panel(look_once("running"), "progress", width, 1)).rstrip()
        figures = r"epoch 8 / 15(  lr 5\.80e-4(  grad 3\.20(  1 420 tok/s)?)?)?"
        assert re.fullmatch(rf" [━╸─]+ 2 400 / 4 500(  {figures})?", shown)

    def test_metrics_of_the_runs_own_stand_in_one_column(self, look_once):
        shown = plain_text(panel(look_once("many-metrics"), "progress", 80, 40)).splitlines()[8:32]
        assert len({re.search(r"\d\.\d\d|10|100|1000", line[25:]).start() for line in shown[1:5]}) == 1
        assert shown[1].startswith("│ layer_1/sparsity ")

    def test_metrics_without_a_place_are_counted(self, look_once):
        shown = plain_text(panel(look_once("many-metrics"), "progress", 60, 10)).splitlines()
        assert shown[-2].startswith("│ and 21 more ")
        assert "more" not in plain_text(panel(look_once("many-metrics"), "progress", 60, 30))

    def test_with_rows_every_figure_has_a_line(self, look_once):
        shown = plain_text(panel(look_once("running"), "progress", 47, 10)).splitlines()
        assert [line[2:8].strip() for line in shown[1:-1]] == ["epoch", "step", "", "lr", "grad", "rate", "pace", ""]
        assert "1 420 tok/s   4.09 steps/s" in shown[6]
        assert "00:01:13 an epoch" in shown[7]

    def test_without_rows_the_rate_is_beside_the_gradient(self, look_once):
        shown = plain_text(panel(look_once("running"), "progress", 47, 6)).splitlines()
        assert shown[4].startswith("│ grad   3.20 healthy   1 420 tok/s")

    def test_steps_are_not_counted_twice(self, tmp_path):
        rate = msgspec.structs.replace(source_run().state.rate, unit="steps", per_second=4.0)
        shown = plain_text(panel(look_at_run(source_run().but(rate=rate), tmp_path), "progress", 47, 10))
        assert shown.count("steps/s") == 1

    def test_the_smallest_screen_that_is_asked_for_has_the_gradient(self, look_once):
        assert "grad 3.20" in look_once("running").text(60, 18)


class TestSample:
    def test_a_picture_stands_on_the_left(self, look_once):
        shown = plain_text(panel(look_once("image-sample"), "sample", 70, 8)).splitlines()
        assert shown[2].startswith("│ ⠀⠉⢉⡿⠁   generated 7")

    def test_what_is_cut_off_says_so(self, look_once):
        shown = plain_text(panel(look_once("running"), "sample", 50, 7))
        assert shown.count(" …") == 1

    def test_with_room_nothing_is_cut_off(self, look_once):
        for size in ((70, 20), (70, 10), (60, 10), (56, 9)):
            shown = plain_text(panel(look_once("running"), "sample", *size, plain=True))
            assert "…" not in shown, size
            assert re.search(r"assert!\(\[-!-\]is_even\(\[-3-\]", shown), size

    def test_with_rows_the_texts_stand_under_each_other(self, look_once):
        shown = plain_text(panel(look_once("running"), "sample", 70, 20)).splitlines()
        assert shown[6].startswith("│ }         ") or shown[6].startswith("│           }")
        assert shown[7].startswith("│ generated #[test]")

    def test_with_columns_they_stand_side_by_side(self, look_once):
        shown = plain_text(panel(look_once("running"), "sample", 72, 10)).splitlines()
        assert re.match(r"│ target +generated", shown[2])
        assert re.match(r"│     assert!\(!is_even\(3\)\); +assert!\(is_even\(4\)\);", shown[6])

    def test_with_neither_they_are_one(self, look_once):
        shown = plain_text(panel(look_once("running"), "sample", 60, 9, plain=True)).splitlines()
        assert shown[2].startswith("│ compared  #[test]")
        assert "assert!([-!-]is_even([-3-]{+4+}));" in shown[5]

    def test_what_differs_has_its_inks(self, look_once):
        lines = panel(look_once("running"), "sample", 60, 9)
        inked = [(span.text, span.ink) for line in lines for span in line if span.ink in ("missing", "extra")]
        assert inked == [("[-!-]", "missing"), ("[-3-]", "missing"), ("{+4+}", "extra")]
        lines = panel(look_once("running"), "sample", 72, 10)
        inked = [(span.text, span.ink) for line in lines for span in line if span.ink in ("missing", "extra")]
        assert inked == [("!", "missing"), ("3", "missing"), ("4", "extra")]

    def test_the_match_has_a_past(self, look_once):
        shown = plain_text(panel(look_once("running"), "sample", 72, 10)).splitlines()
        assert re.match(r"│ match +━+╸?─+  85 %   [⠀-⣿]{7} ", shown[-2])
        assert "⣀" not in plain_text(panel(look_once("no-gpu"), "sample", 72, 10)).splitlines()[-2]


class TestEvents:
    def test_only_what_there_is_room_for_the_latest_first(self, look_once):
        shown = plain_text(panel(look_once("running"), "events", 60, 4)).splitlines()
        assert "best step-2100" in shown[1]
        assert "5 so far" in shown[0]

    def test_an_alert_has_its_colour(self, look_once):
        assert ink_at(panel(look_once("running"), "events", 60, 12), "! ") == "warn"


class TestStatusAndFooter:
    def test_is_the_line_of_the_source(self, look_once):
        shown = plain_text(panel(look_once("running"), "status", 120, 1))
        assert shown == " frame 892    loss 2.146 (−68.9 %)    53.3 %    1 420 tok/s"

    def test_leaves_out_what_matters_least(self, look_once):
        assert (
            plain_text(panel(look_once("running"), "status", 50, 1)) == " frame 892    loss 2.146 (−68.9 %)    53.3 %"
        )

    def test_trouble_comes_before_figures(self, look_once):
        assert plain_text(panel(look_once("lost-records"), "status", 120, 1)).startswith(" ! 1 204 records")

    @pytest.mark.parametrize("width", range(1, 90))
    def test_the_footer_names_whole_keys_only(self, width):
        shown = plain_text(footer.draw(KEYS, width)).split("   ")
        assert [key.strip() for key in shown if key.strip()] == [f"{key} {meaning}" for key, meaning in KEYS][
            : len(shown)
        ] or shown == [""]


def test_a_zoomed_panel_fills_the_screen(look_once):
    seen = look_once("running")
    rect = place(seen.dashboard, 120, 34, zoomed="events")["events"]
    assert "5 done, validation 2.58" in plain_text(panel(seen, "events", rect.width, rect.height))
