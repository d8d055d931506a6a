"""The table of severities (F §10.3), at every boundary."""

from __future__ import annotations

import math

import pytest

from kan_monitor import thresholds
from kan_monitor.thresholds import (
    GRADIENT_NORM,
    MATCH_PERCENT,
    MEMORY_PERCENT,
    POWER_PERCENT,
    TEMPERATURE_CELSIUS,
    UTILIZATION_PERCENT,
    Bands,
    classify,
    temperature_bands,
)

ALL_BANDS = [bands for name, bands in vars(thresholds).items() if name.isupper() and isinstance(bands, tuple)]


@pytest.mark.parametrize(
    ("bands", "value", "severity"),
    [
        (UTILIZATION_PERCENT, 0, "warn"),
        (UTILIZATION_PERCENT, 49.9, "warn"),
        (UTILIZATION_PERCENT, 50, "good"),
        (UTILIZATION_PERCENT, 85, "good"),
        (UTILIZATION_PERCENT, 85.1, "great"),
        (UTILIZATION_PERCENT, 100, "great"),
        (MEMORY_PERCENT, 69.9, "good"),
        (MEMORY_PERCENT, 70, "warn"),
        (MEMORY_PERCENT, 90, "warn"),
        (MEMORY_PERCENT, 90.1, "bad"),
        (TEMPERATURE_CELSIUS, 59.9, "good"),
        (TEMPERATURE_CELSIUS, 60, "warn"),
        (TEMPERATURE_CELSIUS, 80, "warn"),
        (TEMPERATURE_CELSIUS, 80.1, "bad"),
        (POWER_PERCENT, 69.9, "good"),
        (POWER_PERCENT, 70, "warn"),
        (POWER_PERCENT, 90, "warn"),
        (POWER_PERCENT, 90.1, "bad"),
        (GRADIENT_NORM, 0.0, "info"),
        (GRADIENT_NORM, 0.0009, "info"),
        (GRADIENT_NORM, 0.001, "none"),
        (GRADIENT_NORM, 0.0999, "none"),
        (GRADIENT_NORM, 0.1, "good"),
        (GRADIENT_NORM, 10, "good"),
        (GRADIENT_NORM, 10.1, "warn"),
        (GRADIENT_NORM, 100, "warn"),
        (GRADIENT_NORM, 100.1, "bad"),
        (GRADIENT_NORM, math.inf, "bad"),
        (GRADIENT_NORM, math.nan, "bad"),
        (MATCH_PERCENT, 49.9, "bad"),
        (MATCH_PERCENT, 50, "warn"),
        (MATCH_PERCENT, 80, "good"),
        (MATCH_PERCENT, 100, "good"),
    ],
)
def test_every_boundary(bands, value, severity):
    assert classify(bands, value)[0] == severity


@pytest.mark.parametrize("bands", ALL_BANDS)
def test_what_is_unknown_is_neither_good_nor_bad(bands: Bands):
    assert classify(bands, None) == ("none", "")


@pytest.mark.parametrize("bands", ALL_BANDS)
def test_what_needs_a_look_has_a_word(bands: Bands):
    assert all(band.word for band in bands if band.severity in ("warn", "bad", "info"))


@pytest.mark.parametrize("bands", ALL_BANDS)
def test_bands_rise_and_leave_nothing_out(bands: Bands):
    limits = [band.limit for band in bands]
    assert limits == sorted(set(limits))
    assert limits[-1] == math.inf


@pytest.mark.parametrize(
    ("throttle", "shutdown", "good", "warn", "bad"),
    [
        (92, 97, 81.9, 82, 92),
        (83, None, 72.9, 91.0 - 10, 83),
        (None, 97, 81.9, 82, 92),
        (None, None, 59.9, 80, 80.1),
    ],
)
def test_a_temperature_is_judged_by_where_its_card_slows_down(throttle, shutdown, good, warn, bad):
    bands = temperature_bands(throttle, shutdown)
    assert [classify(bands, value) for value in (good, warn, bad)] == [("good", ""), ("warn", "warm"), ("bad", "hot")]
