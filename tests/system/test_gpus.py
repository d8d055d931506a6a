"""GPUs, from a driver to the lines of a monitor: the real binding, a real trainer, a driver made for tests."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .stage import Process, Terminal

Start = Callable[..., Process]
LOST = 15
#: Functions of NVML that a card answers which has fallen off its bus.
FIGURES = (
    "nvmlDeviceGetUtilizationRates",
    "nvmlDeviceGetMemoryInfo",
    "nvmlDeviceGetMemoryInfo_v2",
    "nvmlDeviceGetTemperature",
    "nvmlDeviceGetTemperatureThreshold",
    "nvmlDeviceGetPowerUsage",
    "nvmlDeviceGetEnforcedPowerLimit",
    "nvmlDeviceGetTotalEnergyConsumption",
    "nvmlDeviceGetClockInfo",
    "nvmlDeviceGetMaxClockInfo",
    "nvmlDeviceGetCurrentClocksEventReasons",
    "nvmlDeviceGetCurrentClocksThrottleReasons",
)


@pytest.fixture(scope="module")
def fake() -> Any:
    """The builder of drivers."""
    path = Path(__file__).parents[1] / "fake_nvml" / "fake_nvml.py"
    spec = importlib.util.spec_from_file_location("fake_nvml_of_the_system_tests", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    if module.compiler() is None:
        pytest.skip("the fake NVML needs a C compiler")
    return module


@pytest.fixture
def cards(fake: Any) -> list[dict[str, object]]:
    """What two H200 say, of which the second is rather warm."""
    return [dict(fake.H200), {**fake.H200, "temperature": 88}]


@pytest.fixture
def driver(fake: Any, cards: list[dict[str, object]], tmp_path: Path) -> Any:
    """A driver with these cards; processes with its `environment()` find it."""
    driver = fake.FakeNvml(fake.build(tmp_path), tmp_path / "answers")
    driver.say(*cards)
    return driver


@pytest.fixture(autouse=True)
def all_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def test_two_gpus_are_shown_and_one_of_them_is_lost(
    driver: Any, cards: list[dict[str, object]], directory: Path, train: Start, headless: Start
) -> None:
    training = train(directory, **driver.environment())
    monitor = headless(directory, "--format", "json", "--refresh-ms", 100)
    monitor.wait_for_line(lambda line: '"NVIDIA H200"' in line)
    line = next(line for line in monitor.objects if line["gpus"])
    assert line["gpu_problem"] is None
    assert line["gpu"] == line["gpus"][0]
    assert [gpu["index"] for gpu in line["gpus"]] == [0, 1]
    assert [gpu["temperature_celsius"] for gpu in line["gpus"]] == [62.0, 88.0]
    first = line["gpus"][0]
    assert (first["utilization_percent"], first["vram_used_gb"], first["vram_total_gb"]) == (97.0, 90.0, 141.0)
    assert (first["power_watts"], first["power_limit_watts"], first["throttle_celsius"]) == (612.0, 700.0, 92.0)

    driver.say(cards[0], {**cards[1], **dict.fromkeys(FIGURES, LOST)})
    monitor.wait_for_line(lambda line: "GPU 1 is lost" in line)
    line = monitor.objects[-1]
    assert line["gpu_problem"] == "GPU 1 is lost"
    assert line["gpus"][0]["temperature_celsius"] == 62.0
    lost = line["gpus"][1]
    assert (lost["index"], lost["temperature_celsius"], lost["power_watts"]) == (1, None, None)

    driver.say(*cards)
    before = len(monitor.lines)
    monitor.wait_for_line(lambda line: monitor.lines.index(line) > before and '"gpu_problem":null' in line)
    training.tell("complete")
    assert (training.wait(), monitor.wait()) == (0, 0)
    assert training.complaints == []


def test_what_slows_a_card_and_what_it_used_go_all_the_way(
    driver: Any, cards: list[dict[str, object]], directory: Path, train: Start, headless: Start
) -> None:
    training = train(directory, **driver.environment())
    monitor = headless(directory, "--format", "json", "--refresh-ms", 100)
    monitor.wait_for_line(lambda line: '"throttle_reasons":[]' in line)
    hot = {**cards[1], "throttle_reasons": 0x48, "energy": 8_003_600_000, "clock": 1215}
    driver.say(cards[0], hot)
    monitor.wait_for_line(lambda line: "thermal slowdown" in line)
    line = monitor.objects[-1]
    assert [gpu["throttle_reasons"] for gpu in line["gpus"]] == [[], ["thermal slowdown (hardware)"]]
    assert [gpu["energy_wh"] for gpu in line["gpus"]] == [0, 1]
    assert (line["energy_wh"], line["gpus"][1]["clock_mhz"]) == (1, 1215)

    training.kill()
    assert monitor.wait() == 3
    assert monitor.objects[-1]["hardware_as_of"].startswith("as of ")
    again = train(directory, "--resume", **driver.environment())
    resumed = headless(directory, "--format", "json", "--refresh-ms", 100)
    resumed.wait_for_line(lambda line: '"hardware_as_of":null' in line and '"energy_wh":1' in line)
    assert again.complaints == []


def test_the_dashboard_has_a_line_for_each(
    driver: Any, directory: Path, train: Start, terminal: Callable[..., Terminal]
) -> None:
    train(directory, **driver.environment())
    dashboard = terminal("experiments/mine")
    shown = dashboard.wait_for("97 %", "62°C", "88°C")
    rows = [line for line in shown.splitlines() if "612 W" in line]
    assert len(rows) == 2
    assert "88°C" in rows[0], "the one that needs a look stands on top"
