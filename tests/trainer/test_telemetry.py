"""Which cards are seen, by the real binding of NVML over a fake driver: none, others', and those that get lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pynvml
import pytest

from kan_shared.state import Gpu
from kan_trainer.telemetry import Sampler

from .nvml import DRIVER_NOT_LOADED, H200, LOST, NO_PERMISSION, UNKNOWN, fake_nvml, through_the_state

# --------------------------------------------------------------------------------------
# Healthy cards


def test_two_gpus_each_say_their_own(driver: Any, sampler: Sampler) -> None:
    driver.say(H200, {**H200, "utilization": 0, "temperature": 31, "power": 75_500})

    telemetry = through_the_state(sampler.sample(1000.0))

    assert telemetry.seconds == 1000.0
    assert telemetry.gpu_problem is None
    assert telemetry.gpus[0] == Gpu(
        index=0,
        name="NVIDIA H200",
        utilization_percent=97,
        memory_used_bytes=90 * fake_nvml.GIB,
        memory_total_bytes=141 * fake_nvml.GIB,
        temperature_celsius=62,
        throttle_celsius=92,
        shutdown_celsius=97,
        power_watts=612,
        power_limit_watts=700,
        clock_megahertz=1755,
        clock_limit_megahertz=1980,
        throttle_reasons=(),
        energy_joules=0,
    )
    assert (telemetry.gpus[1].index, telemetry.gpus[1].utilization_percent) == (1, 0)
    assert telemetry.gpus[1].power_watts == 75.5


def test_figures_follow_the_card(driver: Any, sampler: Sampler) -> None:
    sampler.sample(0)
    driver.say({**H200, "temperature": 91})
    assert sampler.sample(1).gpus[0].temperature_celsius == 91


def test_a_process_finds_the_driver_by_the_loader(library: Path, tmp_path: Path) -> None:
    """Nothing patched: ctypes opens libnvidia-ml.so.1 as it does on a machine with a card."""
    driver = fake_nvml.FakeNvml(library, tmp_path / "answers")
    driver.say(H200)
    code = "from kan_trainer.telemetry import Sampler; print(Sampler().sample(0).gpus[0].name)"
    environment = {**os.environ, **driver.environment()}
    environment.pop("CUDA_VISIBLE_DEVICES", None)
    child = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert child.stdout == "NVIDIA H200\n"


# --------------------------------------------------------------------------------------
# No driver, no card


def test_no_driver_is_said_in_plain_words(monkeypatch: pytest.MonkeyPatch, sampler: Sampler) -> None:
    def no_library(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(pynvml, "nvmlLib", None)
    monkeypatch.setattr(pynvml, "CDLL", no_library)

    telemetry = through_the_state(sampler.sample(0))

    assert (telemetry.gpus, telemetry.gpu_problem) == ((), "no NVIDIA driver")
    assert telemetry.host.memory_total_bytes


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (DRIVER_NOT_LOADED, "the NVIDIA driver is not loaded"),
        (NO_PERMISSION, "no permission to ask the NVIDIA driver"),
        (18, "the NVIDIA driver was updated: no GPU until a reboot"),
        (UNKNOWN, "NVML says: Unknown Error"),
        (12345, "NVML says: an error of the fake NVML"),
    ],
)
def test_a_driver_that_refuses(driver: Any, sampler: Sampler, code: int, words: str) -> None:
    driver.say(nvmlInitWithFlags=code)
    telemetry = through_the_state(sampler.sample(0))
    assert (telemetry.gpus, telemetry.gpu_problem) == ((), words)


def test_a_binding_that_is_not_installed(monkeypatch: pytest.MonkeyPatch, sampler: Sampler) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert sampler.sample(0).gpu_problem == "nvidia-ml-py is not installed"


def test_a_driver_without_a_card(driver: Any, sampler: Sampler) -> None:
    driver.say()
    assert sampler.sample(0).gpu_problem == "no NVIDIA GPU"


def test_a_driver_that_comes_is_found_within_half_a_minute(driver: Any, sampler: Sampler) -> None:
    driver.say(H200, nvmlInitWithFlags=DRIVER_NOT_LOADED)
    assert sampler.sample(0).gpus == ()
    driver.say(H200)
    assert sampler.sample(29).gpus == (), "asking for the driver every second would cost the training time"
    telemetry = sampler.sample(30)
    assert (len(telemetry.gpus), telemetry.gpu_problem) == (1, None)


def test_a_driver_that_answers_is_left_alone(driver: Any, sampler: Sampler) -> None:
    sampler.sample(0)
    driver.say(H200, H200, nvmlInitWithFlags=UNKNOWN)
    assert sampler.sample(3600).gpu_problem is None


def test_the_driver_is_asked_for_again_though_the_clock_was_put_back(driver: Any, sampler: Sampler) -> None:
    driver.say(H200, nvmlInitWithFlags=DRIVER_NOT_LOADED)
    sampler.sample(1e9)
    driver.say(H200)
    assert sampler.sample(1e9 - 3600).gpus


# --------------------------------------------------------------------------------------
# A card that is lost


def test_a_lost_gpu_is_named_and_the_other_goes_on(driver: Any, sampler: Sampler) -> None:
    driver.say(H200, {**H200, "lost_after": 20})
    seen = [sampler.sample(second) for second in range(4)]

    assert seen[0].gpu_problem is None
    assert seen[0].gpus[1].temperature_celsius == 62
    last = through_the_state(seen[-1])
    assert last.gpu_problem == "GPU 1 is lost"
    assert last.gpus[0].temperature_celsius == 62
    assert last.gpus[1] == Gpu(index=1, name="NVIDIA H200", energy_joules=0), "its name stays, its figures are unknown"


def test_a_gpu_that_was_lost_before_the_run(driver: Any, sampler: Sampler) -> None:
    driver.say(H200, {**H200, "nvmlDeviceGetHandleByIndex_v2": LOST})
    telemetry = sampler.sample(0)
    assert telemetry.gpu_problem == "GPU 1 is lost"
    assert telemetry.gpus[1] == Gpu(index=1)
    assert telemetry.gpus[0].power_watts == 612


def test_a_driver_that_goes_and_comes_back(driver: Any, sampler: Sampler) -> None:
    sampler.sample(0)
    driver.say({**H200, "lost_after": 0}, {**H200, "lost_after": 0}, nvmlInitWithFlags=DRIVER_NOT_LOADED)
    assert sampler.sample(10).gpu_problem == "GPU 0 is lost, GPU 1 is lost"
    gone = sampler.sample(40)
    assert gone.gpu_problem == "the NVIDIA driver is not loaded"
    assert [gpu.name for gpu in gone.gpus] == ["NVIDIA H200", "NVIDIA H200"]
    driver.say(H200, H200)
    back = sampler.sample(70)
    assert back.gpu_problem is None
    assert back.gpus[1].temperature_celsius == 62


def test_nvml_shut_down_by_somebody_else_in_the_process(driver: Any, sampler: Sampler) -> None:
    sampler.sample(0)
    pynvml.nvmlShutdown()
    assert (
        sampler.sample(1).gpu_problem == "GPU 0 gives no figures: NVML says: Uninitialized, GPU 1 gives no"
        " figures: NVML says: Uninitialized"
    )
    assert sampler.sample(31).gpu_problem is None


def test_a_sampler_closes_what_it_opened_once(driver: Any) -> None:
    sampler = Sampler()
    sampler.sample(0)
    sampler.close()
    sampler.close()
    with pytest.raises(pynvml.NVMLError_Uninitialized):
        pynvml.nvmlDeviceGetCount()


# --------------------------------------------------------------------------------------
# Which cards


@pytest.mark.parametrize(
    ("visible", "shown"),
    [
        ("3", [3]),
        ("3, 1", [1, 3]),
        ("GPU-3ccc", [3]),
        ("GPU-1aaa-7777,GPU-0", [0, 1]),
        ("0,9,1", [0]),
        ("1,-1,2", [1]),
        ("", []),
        ("none", []),
        ("GPU-ffff", []),
        ("GPU-", []),
        ("MIG-8f2b-11", [0, 1, 2, 3]),
    ],
)
def test_only_the_gpus_of_this_run_are_shown(
    driver: Any, sampler: Sampler, monkeypatch: pytest.MonkeyPatch, visible: str, shown: list[int]
) -> None:
    uuids = ["GPU-0000-7777", "GPU-1aaa-7777", "GPU-2bbb-7777", "GPU-3ccc-7777"]
    driver.say(*({**H200, "uuid": uuid} for uuid in uuids))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)

    telemetry = sampler.sample(0)

    assert [gpu.index for gpu in telemetry.gpus] == shown
    assert telemetry.gpu_problem == (None if shown else "no GPU is left by CUDA_VISIBLE_DEVICES")


def test_the_chosen_gpu_stays_the_same_when_it_is_lost(
    driver: Any, sampler: Sampler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-1")
    cards = [{**H200, "uuid": "GPU-0"}, {**H200, "uuid": "GPU-1"}]
    driver.say(*cards)
    sampler.sample(0)
    driver.say(cards[0], {**cards[1], "nvmlDeviceGetHandleByIndex_v2": LOST, "lost_after": 0})
    sampler.sample(10)
    assert sampler.sample(50).gpu_problem == "GPU 1 is lost"
    driver.say(*cards)
    assert [gpu.index for gpu in sampler.sample(90).gpus] == [1]


def test_cards_that_belong_to_somebody_else_are_not_ours(driver: Any, sampler: Sampler) -> None:
    driver.say({**H200, "nvmlDeviceGetHandleByIndex_v2": NO_PERMISSION}, H200)
    telemetry = sampler.sample(0)
    assert [gpu.index for gpu in telemetry.gpus] == [1]
    assert telemetry.gpu_problem is None


def test_nothing_is_imported_before_the_first_sample() -> None:
    code = "import sys; from kan_trainer.telemetry import Sampler; Sampler(); print(*sys.modules)"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pynvml", "psutil"} & set(child.stdout.split())
