"""The real app on runs that say the worst in every text they have: all is shown as text, and nothing is obeyed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from textual.binding import Binding
from textual.pilot import Pilot

from kan_monitor.app.choices import Choices
from kan_monitor.app.monitor_app import MonitorApp
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.sources.facts import Facts
from kan_shared.experiment import Experiment
from kan_shared.journal import Event, Sample
from kan_shared.state import Loss

from ..monitor.making import ELSEWHERE, NOW, Run, machine_with, rtx_4090  # noqa: TID252
from ..monitor.source import source_run  # noqa: TID252
from .fuzzing import PAYLOADS, befall
from .stage import MONITOR, Pty

Open = Callable[..., Pty]

#: A sequence that a terminal obeys, or the beginning of one: what kind it is, without its parameters.
_SEQUENCE = re.compile(r"\x1b\[([<-?]?)[\d;:]*([ -/]*[@-~])|\x1b([^\[])|([\x80-\x9f\x00-\x08\x0b-\x1a\x1c-\x1f\x7f])")
_BIDI_AND_INVISIBLE = re.compile("[\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
ENCODABLE = [payload for payload in PAYLOADS if "\ud800" not in payload]


def saying(payload: str) -> Run:
    """A run that says `payload` wherever it can say anything."""
    text, kind = payload[:190], payload[:60]
    run = source_run()
    loss = run.state.metrics["train/loss"]
    hostile = run.but(
        name=text,
        task=text,
        model=text,
        notes=payload[:2000],
        message=payload[:2000],
        tags=(text,),
        status="error",
        producer=msgspec.structs.replace(ELSEWHERE, host=text),
        metrics={**run.state.metrics, text: loss, f"{text[:150]} 2": loss},
        telemetry=machine_with(rtx_4090(name=text), problem=text),
        lost=Loss(records=3, reason=text),
    )
    events = [Event(kind=kind, seconds=NOW - ago, detail=payload) for ago in range(3)]
    sample = Sample(seconds=NOW, step=1, input=payload, target=payload, generated=payload, match=0.5)
    return replace(hostile, events=events, samples=[sample])


def hostile_place(home: Path, payload: str) -> Path:
    """A directory with such a run, and with its name on everything in it."""
    name = os.fsdecode((payload.replace("/", "").replace("\0", "")[:50].strip(". ") or "run").encode())
    place = home / "experiments" / name
    saying(payload).write(place)
    experiment = Experiment(place)
    experiment.log.write_text(f"{payload}\nlast line {payload}")
    experiment.config.write_text(f"model: {payload!r}\n")
    experiment.series(payload[:30] or "x").write_bytes(experiment.series("train/loss").read_bytes())
    return place


def obeyed(app: MonitorApp) -> Iterator[str]:
    """What is on the screen that would be obeyed, or was."""
    for row, strip in enumerate(app.screen._compositor.render_strips()):
        if not strip.text.isprintable():
            yield f"row {row} has {strip.text!r}"
        for segment in strip:
            style = segment.style
            if style and (style.link or any("click" in key for key in style.meta)):
                yield f"row {row} has a link or an action under {segment.text!r}"


async def every_key(app: MonitorApp, pilot: Pilot[None]) -> list[str]:
    """Presses each key that the screen and the app have, and goes back; what was wrong on the way."""
    bindings = [*type(app.screen).BINDINGS, *app.BINDINGS]
    keys = [key for binding in bindings if isinstance(binding, Binding) for key in binding.key.split(",")]
    found = [*obeyed(app)]
    for key in dict.fromkeys(keys):
        if "quit" not in (key, *(b.action for b in bindings if isinstance(b, Binding) and key in b.key.split(","))):
            await pilot.press(key)
            found += [f"after {key}: {fault}" for fault in obeyed(app)]
            await pilot.press("escape")
            assert app.is_running, key
    return found


@pytest.mark.parametrize("payload", ENCODABLE, ids=ascii)
async def test_every_screen_shows_what_a_run_says_and_obeys_none_of_it(home: Path, payload: str) -> None:
    app = MonitorApp(hostile_place(home, payload), Choices(refresh_seconds=0.2), clock=lambda: NOW)
    async with app.run_test(size=(120, 34)) as pilot:
        assert await every_key(app, pilot) == []
        shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "[/foo]" in shown or "[/foo]" not in payload
        assert app.is_running


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the app looked."""
    poll, times = ExperimentSource.poll, []

    def counted(source: ExperimentSource, now: float) -> Facts:
        times.append(now)
        return poll(source, now)

    monkeypatch.setattr(ExperimentSource, "poll", counted)
    return times


@pytest.mark.parametrize("number", range(6))
async def test_the_app_outlives_what_befalls_its_run(home: Path, number: int, looks: list[float]) -> None:
    """One thing happens to it after another until little is left, and then it is made anew."""
    dice, place = Random(number), hostile_place(home, PAYLOADS[number])
    app = MonitorApp(place, Choices(refresh_seconds=0.1), clock=lambda: NOW)
    async with app.run_test(size=(120, 34)) as pilot:
        for happened in range(10):
            if happened == 6:
                shutil.rmtree(place)
                source_run().write(place)
            befall(place, dice)
            looked = len(looks)
            while len(looks) < looked + 2:
                await pilot.pause(0.01)
            assert [*obeyed(app)] == []
        assert app.is_running


def kinds(sent: bytes) -> set[tuple[str, ...]]:
    """The kinds of all sequences that a terminal was sent."""
    return {match.groups(default="") for match in _SEQUENCE.finditer(sent.decode(errors="replace"))}


def keys_pressed(dashboard: Pty) -> bytes:
    """All that a dashboard sends while its keys are pressed, until it was left."""
    for keys, shown in ((b"", "─ loss "), (b"ls\t\r\r?", "─ help "), (b"?r", "─ runs ")):
        dashboard.press(keys)
        dashboard.wait_for(shown)
    dashboard.press(b"q")
    assert dashboard.wait() == 0
    return dashboard.sent


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, ...]]:
    """The kinds of sequences that the app sends of its own, with a run that says nothing odd."""
    home = tmp_path_factory.mktemp("usual")
    source_run().write(home / "experiments" / "mine")
    dashboard = Pty(*MONITOR, "experiments/mine", cwd=home)
    try:
        return kinds(keys_pressed(dashboard))
    finally:
        dashboard.close()


@pytest.mark.parametrize("numbers", [(0, 1, 2), (3, 4, 5), (6, 8, 9)], ids=str)
def test_a_terminal_gets_no_sequence_that_the_app_does_not_send_by_itself(
    numbers: tuple[int, ...], home: Path, at_pty: Open, usual: set[Any]
) -> None:
    place = hostile_place(home, "".join(PAYLOADS[number] for number in numbers))
    sent = keys_pressed(at_pty(place))
    assert kinds(sent) <= usual
    assert not _BIDI_AND_INVISIBLE.search(sent.decode(errors="replace"))
