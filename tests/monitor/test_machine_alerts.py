"""Alerts of the machine: memory that runs out, heat, and steps that take longer than they did."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kan_monitor.alerts.hardware import seconds_to_full, slowed_down
from kan_shared.series import Record
from kan_shared.state import Gpu, Host, Telemetry

from .making import GIB, NOW
from .scripted import Scripted, from_step, said, steps_with_validation


def with_memory(run: Scripted, name: str, grows: float, *, seconds: int = 300, used: float = 20 * GIB) -> None:
    """Gives the run a memory series of a record a second, up to `used`, and puts that into its state."""
    sizes = [used - grows * (seconds - 1 - at) for at in range(seconds)]
    run.append(name, [Record(at, run.now - seconds + 1 + at, size, 0) for at, size in enumerate(sizes)])


class TestMemory:
    def machine(self, run: Scripted, used: float, host_used: float = 8 * GIB) -> Telemetry:
        gpu = Gpu(index=0, memory_used_bytes=int(used), memory_total_bytes=24 * GIB)
        host = Host(memory_used_bytes=int(host_used), memory_total_bytes=64 * GIB)
        return Telemetry(seconds=run.now, gpus=(gpu,), host=host)

    def test_that_grows_is_said_to_run_out_with_the_time_left(self, scripted):
        run = scripted()
        run.play(100)
        with_memory(run, "system/gpu0/memory_bytes", grows=4 * GIB / 720)
        run.write(telemetry=self.machine(run, 20 * GIB))
        alert = run.look()["oom 0"]
        assert said(alert) == "memory of GPU 0 runs out: 20.0 of 24.0 GB in use, full in about 12 min"
        assert alert.finding.severity == "warn"

    def test_of_the_host_too(self, scripted):
        run = scripted()
        run.play(100)
        with_memory(run, "system/host/memory_bytes", grows=GIB / 10, used=60 * GIB)
        run.write(telemetry=self.machine(run, 10 * GIB, 60 * GIB))
        assert said(run.look()["oom host"]) == "memory of the host runs out: 60.0 of 64.0 GB in use, full in about 40 s"

    @pytest.mark.parametrize(
        "of", [lambda at: min(at, 40) * GIB / 2, lambda at: (at % 7) * GIB / 4, lambda _: 20 * GIB]
    )
    def test_that_was_taken_at_the_start_or_comes_and_goes_does_not_run_out(self, of):
        records = [Record(at, NOW + 5 * at, float(of(at)), 0) for at in range(60)]
        assert seconds_to_full(records, 20 * GIB, 24 * GIB) is None

    def test_that_lasts_until_the_end_of_the_run_is_enough(self, scripted):
        run = scripted(state={"total_steps": 150})
        run.play(100)
        with_memory(run, "system/gpu0/memory_bytes", grows=4 * GIB / 720)
        run.write(telemetry=self.machine(run, 20 * GIB))
        assert "oom 0" not in run.look()

    def test_that_is_nearly_full_is_said_to_be_though_it_does_not_grow(self, scripted):
        run = scripted()
        run.play(100)
        run.write(telemetry=self.machine(run, 23.8 * GIB))
        assert said(run.look()["oom 0"]) == "memory of GPU 0 is nearly full: 23.8 of 24.0 GB in use"

    @settings(max_examples=100)
    @given(st.lists(st.tuples(st.floats(0, 1e11), st.floats(allow_nan=False, allow_infinity=False)), max_size=60))
    def test_may_be_any_series(self, values):
        found = seconds_to_full([Record(0, seconds, value, 0) for seconds, value in values], 1, 2)
        assert found is None or found >= 0


class TestHeat:
    def telemetry(self, **gpu: object) -> Telemetry:
        return Telemetry(seconds=NOW, gpus=(Gpu(index=3, **gpu),))  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("degrees", "limit", "hot"),
        [(82, 83, True), (80, 83, False), (85, 95, False), (85, None, True), (79, None, False), (None, 83, False)],
    )
    def test_is_near_the_drivers_limit_or_in_the_tables_worst_band(self, scripted, degrees, limit, hot):
        run = scripted()
        run.play(10)
        run.write(telemetry=self.telemetry(temperature_celsius=degrees, throttle_celsius=limit))
        assert ("heat 3" in run.look()) is hot

    def test_slows_a_gpu_down(self):
        (found,) = slowed_down(3, ["power cap", "thermal slowdown (hardware)"])
        assert (found.verdict, found.evidence) == ("GPU 3 is slowed down", "thermal slowdown (hardware)")
        assert not list(slowed_down(3, ["power cap", "sync boost"]))


class TestThroughput:
    @pytest.mark.parametrize("pace", [0.02, 0.1, 1.0])
    def test_that_has_dropped_is_found(self, scripted, pace):
        run = scripted(
            seconds=from_step(800, steps_with_validation(pace * 2.5), steps_with_validation(pace, pause=10 * pace))
        )
        run.play(799)
        assert "throughput" not in run.look()
        played = 0
        while "throughput" not in run.look():
            run.play(int(max(20, 5 / pace)))
            played += 1
            assert played < 4
        evidence = run.look()["throughput"].finding.evidence
        assert re.search(r"steps/s, (3[6-9]|4[0-4]) % of the ", evidence), evidence
        assert "throughput" in run.look_anew()
