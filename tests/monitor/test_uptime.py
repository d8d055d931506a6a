"""When a run was up: from the first to the last record of each of its segments."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.charts.timeline import CLOCK, Timeline
from kan_monitor.uptime import Uptime
from kan_shared.series import Record, SeriesFile


class TestUptime:
    """When the run was up is looked up in a series, with a few small reads."""

    @pytest.fixture
    def uptime(self, series) -> Uptime:
        return Uptime(SeriesFile(series.path))

    def segment(self, number: int, begin: float, count: int) -> list[Record]:
        return [Record(at, begin + at, 0.0, number) for at in range(count)]

    def test_is_from_the_first_to_the_last_record_of_each_segment(self, series, uptime):
        series.append(self.segment(0, 1000, 501))
        assert uptime.timeline() == Timeline.of([(1000, 1500)])
        series.append([*self.segment(1, 9000, 1), *self.segment(4, 20_000, 101)])
        assert uptime.timeline() == Timeline.of([(1000, 1500), (9000, 9000), (20_000, 20_100)])
        series.append(self.segment(5, 50_000, 7))
        assert uptime.timeline() == Timeline.of([(1000, 1500), (9000, 9000), (20_000, 20_100), (50_000, 50_006)])

    def test_of_nothing_is_the_clock(self, uptime):
        assert uptime.timeline() == CLOCK

    def test_is_known_in_spite_of_broken_records(self, series, uptime):
        series.append([*self.segment(0, 1000, 100), *self.segment(1, 5000, 100)])
        data = bytearray(series.path.read_bytes())
        for at in (0, 99, 100, 150):
            data[at * 32] ^= 1
        series.path.write_bytes(data)
        assert uptime.timeline() == Timeline.of([(1001, 1098), (5001, 5099)])

    def test_begins_anew_with_another_file(self, series, uptime):
        series.append([*self.segment(0, 1000, 100), *self.segment(1, 5000, 100)])
        uptime.timeline()
        series.start_over(self.segment(0, 7000, 10))
        assert uptime.timeline() == Timeline.of([(7000, 7009)])

    @given(noise=st.binary(max_size=32 * 50))
    def test_of_noise_is_harmless(self, noise):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "noise"
            path.write_bytes(noise)
            assert Uptime(SeriesFile(path)).timeline() == CLOCK
