"""A card figure by figure: what fails alone, what cannot be, what slows it down and what it has used."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kan_shared.state import Gpu, Telemetry
from kan_trainer.telemetry import Sampler

from .nvml import FUNCTION_NOT_FOUND, H200, NOT_SUPPORTED, UNKNOWN, fake_nvml, through_the_state

# --------------------------------------------------------------------------------------
# Fields

FIELDS = {
    "nvmlDeviceGetName": {"name"},
    "nvmlDeviceGetUtilizationRates": {"utilization_percent"},
    "nvmlDeviceGetTemperature": {"temperature_celsius"},
    "nvmlDeviceGetTemperatureThreshold": {"throttle_celsius", "shutdown_celsius"},
    "nvmlDeviceGetPowerUsage": {"power_watts"},
    "nvmlDeviceGetEnforcedPowerLimit": {"power_limit_watts"},
    "nvmlDeviceGetClockInfo": {"clock_megahertz"},
    "nvmlDeviceGetMaxClockInfo": {"clock_limit_megahertz"},
    "nvmlDeviceGetCurrentClocksEventReasons": set(),
    "nvmlDeviceGetTotalEnergyConsumption": set(),
}


@pytest.mark.parametrize("code", [NOT_SUPPORTED, FUNCTION_NOT_FOUND, UNKNOWN])
@pytest.mark.parametrize("function", FIELDS)
def test_a_field_that_fails_fails_alone(driver: Any, sampler: Sampler, function: str, code: int) -> None:
    driver.say({**H200, function: code})
    telemetry = sampler.sample(0)
    assert unknown(telemetry.gpus[0]) == FIELDS[function]
    assert telemetry.gpu_problem is None


def unknown(gpu: Gpu) -> set[str]:
    return {name for name in gpu.__struct_fields__ if getattr(gpu, name) is None}


def test_memory_by_the_old_call_counts_what_the_driver_reserves(driver: Any, sampler: Sampler) -> None:
    driver.say({**H200, "nvmlDeviceGetMemoryInfo_v2": FUNCTION_NOT_FOUND})
    assert sampler.sample(0).gpus[0].memory_used_bytes == 91 * fake_nvml.GIB


def test_memory_that_no_call_gives_is_unknown(driver: Any, sampler: Sampler) -> None:
    both = {"nvmlDeviceGetMemoryInfo_v2": NOT_SUPPORTED, "nvmlDeviceGetMemoryInfo": NOT_SUPPORTED}
    driver.say({**H200, **both})
    assert unknown(sampler.sample(0).gpus[0]) == {"memory_used_bytes", "memory_total_bytes"}


@pytest.mark.parametrize(
    ("lie", "field"),
    [
        ({"utilization": 101}, "utilization_percent"),
        ({"utilization": 2**32 - 1}, "utilization_percent"),
        ({"memory_total": 0}, "memory_total_bytes"),
        ({"memory_total": 2**64 - 1}, "memory_total_bytes"),
        ({"memory_used": 200 * fake_nvml.GIB}, "memory_used_bytes"),
        ({"temperature": 2**32 - 1}, "temperature_celsius"),
        ({"slowdown": 0}, "throttle_celsius"),
        ({"power": 2**32 - 1}, "power_watts"),
        ({"power_limit": 0}, "power_limit_watts"),
        ({"shutdown": 0}, "shutdown_celsius"),
        ({"clock": 2**32 - 1}, "clock_megahertz"),
        ({"max_clock": 0}, "clock_limit_megahertz"),
    ],
)
def test_a_figure_that_cannot_be_is_unknown(driver: Any, sampler: Sampler, lie: dict[str, int], field: str) -> None:
    driver.say({**H200, **lie})
    gpu = through_the_state(sampler.sample(0)).gpus[0]
    assert getattr(gpu, field) is None


numbers = st.integers(0, 2**64 - 1) | st.integers(0, 1000)
answers = st.fixed_dictionaries(
    {
        "name": st.binary(max_size=120).filter(lambda name: b"\n" not in name and b"\0" not in name),
        **{key: numbers for key in H200 if key not in ("name", "uuid")},
    }
)


@given(gpus=st.lists(answers, max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_driver_says_makes_a_state_that_can_be_read(driver: Any, gpus: list[dict[str, Any]]) -> None:
    driver.say(*gpus)
    sampler = Sampler()
    telemetry = sampler.sample(0)
    sampler.close()
    assert through_the_state(telemetry) == telemetry
    assert len(telemetry.gpus) == len(gpus)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("Quadro™ 4".encode(), "Quadro™ 4"), (b"NVIDIA \xff\xe9", "NVIDIA ��"), (b"", None)],
)
def test_a_name_of_any_bytes(driver: Any, sampler: Sampler, raw: bytes, shown: str | None) -> None:
    driver.say({**H200, "name": raw})
    assert through_the_state(sampler.sample(0)).gpus[0].name == shown


def test_more_cards_than_a_state_holds(driver: Any, sampler: Sampler) -> None:
    driver.say(*[{"temperature": 40}] * 64, count=70)
    assert len(through_the_state(sampler.sample(0)).gpus) == 64


# --------------------------------------------------------------------------------------
# What slows it down, what it has used


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        (0, ()),
        (0x01 | 0x02 | 0x100, ()),
        (0x04, ("power cap",)),
        (0x20 | 0x04, ("thermal slowdown (software)", "power cap")),
        (0x08, ("hardware slowdown",)),
        (0x08 | 0x40, ("thermal slowdown (hardware)",)),
        (0x08 | 0x80, ("power brake",)),
        (0x10, ("sync boost",)),
        (2**64 - 1, ("thermal slowdown (hardware)", "thermal slowdown (software)", "power brake", "power cap",
                     "sync boost", "board limit", "reliability limit")),
    ],
)  # fmt: skip
def test_what_slows_a_card_down_is_said_in_words(
    driver: Any, sampler: Sampler, bits: int, words: tuple[str, ...]
) -> None:
    driver.say({**H200, "throttle_reasons": bits})
    assert through_the_state(sampler.sample(0)).gpus[0].throttle_reasons == words


def test_an_older_driver_knows_them_by_their_older_name(driver: Any, sampler: Sampler) -> None:
    driver.say({**H200, "throttle_reasons": 4, "nvmlDeviceGetCurrentClocksEventReasons": FUNCTION_NOT_FOUND})
    assert sampler.sample(0).gpus[0].throttle_reasons == ("power cap",)


def test_a_card_that_does_not_say_is_not_taken_for_one_that_is_not_slowed(driver: Any, sampler: Sampler) -> None:
    driver.say({key: value for key, value in H200.items() if key != "throttle_reasons"})
    assert sampler.sample(0).gpus[0].throttle_reasons is None


def joules_over(driver: Any, sampler: Sampler, *cards: dict[str, object], every: float = 1.0) -> list[float | None]:
    """The energy of one card that says these things, so many seconds apart."""
    found = []
    for number, card in enumerate(cards):
        driver.say(card)
        found.append(through_the_state(sampler.sample(1000 + number * every)).gpus[0].energy_joules)
    return found


def test_energy_is_counted_from_where_the_run_began(driver: Any, sampler: Sampler) -> None:
    counters = [{**H200, "energy": energy} for energy in (5_000_000, 5_612_000, 6_224_500)]
    assert joules_over(driver, sampler, *counters) == [0, 612, 1224.5]


def test_energy_of_a_card_without_a_counter_is_its_power_over_time(driver: Any, sampler: Sampler) -> None:
    powers = [{**H200, "energy": "", "nvmlDeviceGetTotalEnergyConsumption": NOT_SUPPORTED, "power": power}
              for power in (300_000, 500_000, 500_000)]  # fmt: skip
    assert joules_over(driver, sampler, *powers, every=2.0) == [0, 800, 1800]


def test_energy_while_nobody_looked_is_not_made_up(driver: Any, sampler: Sampler) -> None:
    silent = {**H200, "nvmlDeviceGetTotalEnergyConsumption": NOT_SUPPORTED}
    assert joules_over(driver, sampler, silent, silent, every=3600) == [0, 0]


def test_a_counter_that_fails_for_a_while_counts_on(driver: Any, sampler: Sampler) -> None:
    first, last = {**H200, "energy": 1_000_000}, {**H200, "energy": 3_000_000}
    failing = {**H200, "nvmlDeviceGetTotalEnergyConsumption": UNKNOWN}
    assert joules_over(driver, sampler, first, failing, last) == [0, 0, 2000]


@pytest.mark.parametrize("lie", [0, 500, 2**64 - 1])
def test_a_counter_that_leaps_begins_anew(driver: Any, sampler: Sampler, lie: int) -> None:
    counters = [{**H200, "energy": energy} for energy in (1_000_000, 2_000_000, lie, lie)]
    assert joules_over(driver, sampler, *counters)[2:] == [1000, 1000]


def test_energy_of_a_card_that_tells_nothing_is_unknown(driver: Any, sampler: Sampler) -> None:
    driver.say({"name": "old"})
    telemetry = sampler.sample(0)
    assert telemetry.gpus[0].energy_joules is None
    assert telemetry.energy_seconds is None


def test_what_former_segments_used_goes_along(driver: Any) -> None:
    sampler = Sampler(earlier=Telemetry(seconds=0, earlier_energy_joules=3.6e6, energy_seconds=7200))
    assert sampler.sample(1000).energy_seconds == 7200
    telemetry = through_the_state(sampler.sample(1030))
    assert (telemetry.earlier_energy_joules, telemetry.energy_seconds) == (3_600_000, 7230)
    sampler.close()
