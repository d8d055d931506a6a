"""Runs to look at: an experiment directory for every state that the monitor can meet."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import msgspec

from kan_shared.journal import Sample
from kan_shared.series import Record
from kan_shared.state import Goal, Gpu, Loss, Rate, State, Telemetry

from .making import (
    ELSEWHERE,
    GIB,
    GONE,
    HERE,
    NOW,
    Run,
    ending,
    event,
    falling,
    machine_with,
    rtx_4090,
    series_of,
    summaries,
    summary,
    warmed_up_cosine,
)
from .networks import leaving
from .source import source_run


def _slow() -> Run:
    return source_run().but(last_step_seconds=NOW - 25, heartbeat_seconds=NOW - 0.4)


def _paused() -> Run:
    return source_run().but(status="paused", last_step_seconds=NOW - 70).having(event("pause", ago=65, step=2400))


def _complete() -> Run:
    run = source_run()
    further = {
        name: [*records, *series_of(lambda _, at=records[-1].value: at * 0.96, [4500])]  # type: ignore[misc]
        for name, records in run.series.items()
    }
    ended = run.but(
        status="complete",
        step=4500,
        epoch=15,
        ended_seconds=NOW - 7200,
        heartbeat_seconds=NOW - 7200,
        last_step_seconds=NOW - 7201,
        elapsed_seconds=765.0,
        metrics=summaries(further),
        rate=None,
    )
    return replace(ended, series=further).having(event("complete", ago=7200, step=4500))


def _stopped() -> Run:
    stopped = source_run().but(
        status="stopped", message="interrupted by SIGTERM", ended_seconds=NOW - 300, heartbeat_seconds=NOW - 300
    )
    return stopped.having(event("stopped", "interrupted by SIGTERM", ago=15, step=2400))


def _error() -> Run:
    message = "OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 23.99 GiB total capacity)"
    failed = source_run().but(
        status="error", message=message, ended_seconds=NOW - 60, heartbeat_seconds=NOW - 60, rate=None
    )
    return failed.having(event("error", message, ago=10, step=2400))


def _stalled() -> Run:
    return source_run().but(heartbeat_seconds=NOW - 42, last_step_seconds=NOW - 43)


def _deadlocked() -> Run:
    return source_run().but(heartbeat_seconds=NOW - 0.5, last_step_seconds=NOW - 400)


def _crashed() -> Run:
    return source_run().but(producer=GONE, heartbeat_seconds=NOW - 2.4, last_step_seconds=NOW - 2.5)


def _unreachable() -> Run:
    return source_run().but(producer=ELSEWHERE, heartbeat_seconds=NOW - 95, last_step_seconds=NOW - 95)


def kan_run() -> Run:
    """A KAN on a machine without a GPU, judged by a metric that is no loss of ours."""
    series = {
        "train/loss": ending(series_of(falling(0.31, 1.4e-5, 170, noise=0.4), range(1, 1801)), 1.46e-5),
        "validation/loss": ending(
            series_of(falling(0.30, 1.6e-5, 175, noise=0.1, seed=2), range(60, 1801, 60)), 1.61e-5
        ),
        "learning_rate": ending(series_of(warmed_up_cosine(0.02, 100, 3000), range(1, 1801)), 0.0076),
        "gradient_norm": ending(series_of(falling(1.1, 0.034, 300, noise=0.3, seed=9), range(1, 1801)), 0.0342),
        "r2": ending(series_of(lambda step: 1 - math.exp(-step / 200), range(60, 1801, 60)), 0.99987),
    }
    goals: dict[str, Goal] = {"r2": "maximize"}
    state = State(
        run_id="kan",
        name="sinusoid",
        task="regress",
        model="KAN 1→5→1",
        status="running",
        producer=msgspec.structs.replace(HERE, host="laptop"),
        revision=1800,
        started_seconds=NOW - 31,
        heartbeat_seconds=NOW - 0.2,
        elapsed_seconds=31.2,
        last_step_seconds=NOW - 0.2,
        longest_gap_seconds=0.4,
        seconds_per_step=0.017,
        step=1800,
        total_steps=3000,
        epoch=60,
        total_epochs=100,
        rate=Rate(unit="samples", per_second=58_212.7),
        metrics=summaries(series, goals),
        goals=goals,
        telemetry=machine_with(problem="no NVIDIA driver on this machine"),
    )
    sample = Sample(seconds=NOW - 1, step=1800, input="x = 0.375", target="0.7071", generated="0.7069", match=0.9997)
    return Run(
        state=state, series=series, samples=[sample], events=[event("best", "validation 1.58e-5", ago=4, step=1740)]
    )


def _nan_loss() -> Run:
    run = kan_run()
    diverged = dict(run.series)
    diverged["train/loss"] = [
        record._replace(value=math.nan) if record.step > 1650 else record for record in run.series["train/loss"]
    ]
    diverged["gradient_norm"] = ending(run.series["gradient_norm"], math.inf)
    alert = event(
        "alert",
        "loss is NaN since step 1651: gradient norm ∞ → lower the learning rate or clip at 1.0",
        ago=3,
        step=1651,
    )
    return replace(run.but(metrics=summaries(diverged, run.state.goals)), series=diverged).having(alert)


def _two_gpus() -> Run:
    first = rtx_4090(0, utilization_percent=96, memory_used_bytes=18 * GIB, temperature_celsius=58, power_watts=300)
    second = rtx_4090(1, utilization_percent=31, temperature_celsius=49, power_watts=141)
    return source_run().but(telemetry=machine_with(first, second))


def _eight_gpus() -> Run:
    cards = [
        rtx_4090(
            index,
            name="NVIDIA H100 80GB HBM3",
            utilization_percent=88 + index,
            memory_used_bytes=(50 + index) * GIB,
            memory_total_bytes=80 * GIB,
            temperature_celsius=51 + index,
            power_watts=430 + 3 * index,
            power_limit_watts=700,
        )
        for index in range(8)
    ]
    hot = {"temperature_celsius": 91, "memory_used_bytes": round(76.4 * GIB), "power_watts": 688}
    cards[5] = msgspec.structs.replace(cards[5], utilization_percent=42, **hot)
    return source_run().but(telemetry=machine_with(*cards))


def _silent_gpu() -> Run:
    nothing = Gpu(index=0, name="NVIDIA GB10", utilization_percent=0)
    return source_run().but(telemetry=Telemetry(seconds=NOW, gpus=(nothing,)))


def _very_long() -> Run:
    steps = range(21_000, 8_421_001, 21_000)
    series = {
        "train/loss": ending(series_of(falling(4.2, 0.8, 2e6, noise=0.05), steps), 0.8512),
        "learning_rate": series_of(warmed_up_cosine(3e-4, 100_000, 10_000_000), steps),
    }
    state = source_run().state
    changes: dict[str, Any] = {
        "name": "a-run-of-ten-million-steps",
        "metrics": summaries(series),
        "step": 8_421_337,
        "total_steps": 10_000_000,
        "epoch": None,
        "total_epochs": None,
        "started_seconds": NOW - 12 * 86_400,
        "elapsed_seconds": 1_031_642.0,
        "seconds_per_step": 0.1225,
        "rate": Rate(unit="tokens", per_second=1_284_311.0),
    }
    milestones = [
        event("checkpoint", f"step-{step}", ago=(8_421_337 - step) * 0.1225, step=step)
        for step in range(2_000_000, 8_421_337, 2_000_000)
    ]
    return Run(state=msgspec.structs.replace(state, **changes), series=series, events=milestones)


def _unknown() -> Run:
    return Run(
        state=State(
            run_id="?",
            name="something",
            status="running",
            producer=HERE,
            revision=0,
            started_seconds=NOW - 5,
            heartbeat_seconds=NOW - 0.1,
            elapsed_seconds=0.0,
        )
    )


def _starting() -> Run:
    state = source_run().state
    nothing_yet: dict[str, Any] = {
        "metrics": {},
        "step": None,
        "epoch": None,
        "rate": None,
        "last_step_seconds": None,
        "longest_gap_seconds": None,
        "seconds_per_step": None,
        "elapsed_seconds": 0.0,
        "started_seconds": NOW - 12,
    }
    return Run(state=msgspec.structs.replace(state, **nothing_yet))


def _resumed() -> Run:
    run = source_run()
    series = {}
    for name, records in run.series.items():
        before = [record for record in records if record.step <= 1600]
        after = [record._replace(segment=1) for record in records if record.step > 1500]
        series[name] = [*before, *after]
    resume = event("resume", "from checkpoint step-1500", ago=100, step=1500)
    return replace(run.but(segment=1), series=series).having(resume)


def _diverging() -> Run:
    run = source_run()
    series = dict(run.series)
    rising = series_of(lambda step: 2.0 + step / 1000, range(1, 2401))
    series["train/loss"] = rising
    series["gradient_norm"] = ending(run.series["gradient_norm"], 512.0)
    return replace(run.but(metrics=summaries(series)), series=series)


#: One of everything that a terminal, Rich or Textual would obey.
HOSTILE: Final = (
    "\x1b]52;c;aGFja2Vk\x07\x1b[31mred\x1b[0m \x9b31mC1 \u202egnp.evil\u202c zero\u200bwidth\ufeff [/foo] "
    "[@click=app.quit]x[/] [INST] $name \ud83d \x00\x7f 漢字かな 👩‍💻é \U0001f525"
)
_WIRE_HOSTILE: Final = HOSTILE.replace("\ud83d", "")  # JSON has no lone surrogate


def _hostile() -> Run:
    run = source_run()
    text = _WIRE_HOSTILE
    lines = f"{text}\n\ttab\r\nwindows\rmac\n" + "long " * 1500
    metrics = dict(run.state.metrics)
    metrics["[red]metric[/] \x1b[2J\u202e"] = metrics["train/loss"]
    hostile = run.but(
        name=text[:190],
        task="[bold]task\x1b[5m",
        model="[/]\x9b2J 模型 🔥",
        status="error",
        message=f"{text}\n{text}",
        producer=msgspec.structs.replace(HERE, host="[link=x]host\x1b[2K"),
        telemetry=machine_with(rtx_4090(name="RTX\x1b[1A [/b] 漢字" + "x" * 150)),
        lost=None,
        metrics=metrics,
    )
    sample = Sample(seconds=NOW, step=2400, input=lines, target=text, generated=lines[:8192], match=0.4)
    return replace(hostile, samples=[sample]).having(
        event("[b]kind\x1b[7m", text, ago=2, step=2399), event("alert", lines[:8000], ago=1, step=2400)
    )


def _lost() -> Run:
    return source_run().but(lost=Loss(records=1204, reason="no space left on device"))


_SEVEN: Final = "⠀⣀⣀⣀⡀\n⠀⠉⢉⡿⠁\n⠀⠀⣼⠃⠀\n⠀⠠⠟⠀⠀"


def _image_sample() -> Run:
    run = kan_run()
    state: dict[str, Any] = {"name": "digits", "task": "classify", "model": "KAN 64→32→10", "goals": {}}
    sample = Sample(seconds=NOW - 1, step=1800, input=_SEVEN, target="7", generated="7", match=1.0)
    return replace(run.but(**state), samples=[sample])


def _many_metrics() -> Run:
    run = source_run()
    metrics = dict(run.state.metrics)
    for number in range(24):
        name = f"evaluation/a_metric_with_a_long_name/{number}" if number % 5 == 0 else f"layer_{number}/sparsity"
        metrics[name] = summary([Record(2400, NOW, 10.0 ** (number - 12), 0)])
    return run.but(metrics=metrics)


def _kan() -> Run:
    """Of which more than a quarter of what the second layer is given leaves its grid."""
    return replace(kan_run(), network=leaving())


def _planned() -> Run:
    """Half-way through a schedule that is known to its end, with a step down that is still to come."""
    plan = ((0, 0.0), (240, 1.186e-3), (2400, 5.8e-4), (3300, 4e-4), (3301, 1e-4), (4500, 1e-5))
    changed = event("learning_rate", "5.80e-4", ago=1, step=2391)
    return source_run().but(learning_rate_plan=plan).having(changed)


def _newer(directory: Path) -> None:
    _put(directory, b'{"schema_version":99,"run_id":"x"}')


def _corrupt(directory: Path) -> None:
    _put(directory, b'{"schema_version":1,"run_id":"07","na')


def _put(directory: Path, data: bytes) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "state.json").write_bytes(data)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One state to look at: what is written before the first look, and what happens to it before the second."""

    run: Callable[[], Run] | None = None
    then: Callable[[Path], None] | None = None


CASES: Final[dict[str, Case]] = {
    "waiting": Case(),
    "running": Case(run=source_run),
    "starting": Case(run=_starting),
    "slow": Case(run=_slow),
    "paused": Case(run=_paused),
    "complete": Case(run=_complete),
    "stopped": Case(run=_stopped),
    "error": Case(run=_error),
    "stalled": Case(run=_stalled),
    "deadlocked": Case(run=_deadlocked),
    "crashed": Case(run=_crashed),
    "unreachable": Case(run=_unreachable),
    "no-gpu": Case(run=kan_run),
    "two-gpus": Case(run=_two_gpus),
    "eight-gpus": Case(run=_eight_gpus),
    "silent-gpu": Case(run=_silent_gpu),
    "nan-loss": Case(run=_nan_loss),
    "diverging": Case(run=_diverging),
    "very-long": Case(run=_very_long),
    "unknown": Case(run=_unknown),
    "resumed": Case(run=_resumed),
    "hostile": Case(run=_hostile),
    "newer-version": Case(then=_newer),
    "corrupt": Case(run=source_run, then=_corrupt),
    "lost-records": Case(run=_lost),
    "image-sample": Case(run=_image_sample),
    "many-metrics": Case(run=_many_metrics),
    "planned-rate": Case(run=_planned),
    "kan": Case(run=_kan),
}
