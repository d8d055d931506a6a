"""What the hardware says, by the real binding of NVML over a fake driver."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pynvml
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kan_shared.liveness import this_process
from kan_shared.state import Gpu, Host, State, Telemetry, decode_state, encode_state
from kan_trainer.telemetry import Sampler
from kan_trainer.telemetry.host import HostReader


def _helper() -> Any:
    path = Path(__file__).parents[1] / "fake_nvml" / "fake_nvml.py"
    spec = importlib.util.spec_from_file_location("fake_nvml", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


fake_nvml = _helper()
H200 = fake_nvml.H200
NOT_SUPPORTED, NO_PERMISSION, DRIVER_NOT_LOADED, FUNCTION_NOT_FOUND, LOST, UNKNOWN = 3, 4, 9, 13, 15, 999


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if fake_nvml.compiler() is None:
        pytest.skip("the fake NVML needs a C compiler")
    return fake_nvml.build(tmp_path_factory.mktemp("nvml"))


@pytest.fixture
def driver(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A driver that this process's pynvml talks to, with two cards until it says otherwise."""
    driver = fake_nvml.FakeNvml(library, tmp_path / "answers")
    driver.say(H200, H200)
    driver.load(monkeypatch)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return driver


@pytest.fixture
def sampler() -> Iterator[Sampler]:
    sampler = Sampler()
    yield sampler
    sampler.close()


def through_the_state(telemetry: Telemetry) -> Telemetry:
    """`telemetry` as a monitor reads it; fails where it breaks the contract."""
    state = State(
        run_id="r",
        name="n",
        status="running",
        producer=this_process(),
        revision=0,
        started_seconds=0,
        heartbeat_seconds=0,
        elapsed_seconds=0,
        telemetry=telemetry,
    )
    found = decode_state(encode_state(state)).telemetry
    assert found is not None
    return found


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


# --------------------------------------------------------------------------------------
# The host


def machine(root: Path, group: str = "/", **files: str) -> HostReader:
    """A reader of a made-up machine whose control group `group` holds `files`, "cpu_max" for cpu.max."""
    directory = root / "sys/fs/cgroup" / group.strip("/")
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (directory / (name.replace("cpu_", "cpu.") if name.startswith("cpu_") else f"memory.{name}")).write_text(
            content
        )
    (root / "proc/self").mkdir(parents=True, exist_ok=True)
    (root / "proc/self/cgroup").write_text(f"9:name=systemd:/\n0::{group}\n")
    return HostReader(root=root)


def test_the_memory_of_this_machine() -> None:
    host = HostReader().read()
    assert host.memory_used_bytes is not None
    assert host.memory_total_bytes is not None
    assert 0 < host.memory_used_bytes < host.memory_total_bytes


def test_a_containers_limit_is_the_total_and_droppable_cache_is_not_in_use(tmp_path: Path) -> None:
    stat = f"anon {60 * 2**20}\ninactive_file {20 * 2**20}\n"
    host = machine(tmp_path, max=f"{100 * 2**20}\n", current=f"{90 * 2**20}\n", stat=stat).read()
    assert (host.memory_used_bytes, host.memory_total_bytes) == (70 * 2**20, 100 * 2**20)


def test_the_limit_of_any_group_above_counts(tmp_path: Path) -> None:
    machine(tmp_path, "/job", max=f"{2**27}", current=f"{2**26}")
    host = machine(tmp_path, "/job/step", max="max\n", current="5").read()
    assert (host.memory_used_bytes, host.memory_total_bytes) == (2**26, 2**27)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"max": "max", "current": "4096"},
        {"max": "9223372036854771712", "current": "4096"},
        {"max": "4096"},
        {"max": "garbage", "current": "\0"},
    ],
    ids=["no files", "no limit", "a limit above the machine's", "half of them", "garbage"],
)
@pytest.mark.parametrize("group", ["/", "/../../elsewhere", "/not/mounted"])
def test_without_a_limit_the_machines_memory_counts(tmp_path: Path, group: str, files: dict[str, str]) -> None:
    reader = machine(tmp_path, "/", **files)
    (tmp_path / "proc/self/cgroup").write_text(f"0::{group}\n")
    assert reader.read().memory_total_bytes == HostReader().read().memory_total_bytes


def test_a_limit_is_found_where_the_groups_path_is_not_mounted(tmp_path: Path) -> None:
    """Docker with the host's cgroup namespace: the path is the host's, the mount begins at the container's group."""
    reader = machine(tmp_path, "/", max=f"{2**27}", current="4096")
    (tmp_path / "proc/self/cgroup").write_text("0::/docker/4f2a\n")
    assert reader.read().memory_total_bytes == 2**27


def test_the_processor_is_unknown_at_first_and_never_zero_by_default() -> None:
    reader = HostReader()
    assert reader.read().cpu_percent is None
    until = time.monotonic() + 0.15
    while time.monotonic() < until:
        pass
    percent = reader.read().cpu_percent
    assert percent is not None
    assert 0 < percent <= 100


def test_a_containers_processors_are_those_it_may_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 102.0])
    monkeypatch.setattr("kan_trainer.telemetry.host.time.monotonic", lambda: next(clock))
    reader = machine(tmp_path, cpu_max="50000 100000\n", cpu_stat="usage_usec 7000000\nnr_periods 3\n")
    first = reader.read()
    assert (first.cpu_percent, first.cpu_cores) == (None, 0.5)
    machine(tmp_path, cpu_stat="usage_usec 7400000\n")
    assert reader.read().cpu_percent == pytest.approx(40), "0.4 of the 1.0 seconds that half a processor has in two"


@pytest.mark.parametrize("limit", ["max 100000", "garbage", "0 0", "-1 100000", "900000000 100000"])
def test_without_a_limit_the_machines_processors_count(tmp_path: Path, limit: str) -> None:
    reader = machine(tmp_path, cpu_max=limit, cpu_stat="usage_usec 1\n")
    assert reader.read().cpu_cores == psutil.cpu_count()


def test_the_disk_of_the_run_the_process_and_the_swap(tmp_path: Path) -> None:
    ballast = b"x" * 2**25
    host = HostReader(tmp_path).read()
    space = shutil.disk_usage(tmp_path)
    assert host.disk_total_bytes == space.total
    assert host.disk_free_bytes == pytest.approx(space.free, rel=0.1)
    assert host.process_memory_bytes is not None
    assert len(ballast) < host.process_memory_bytes < space.total
    assert host.swap_total_bytes == psutil.swap_memory().total


def test_a_run_whose_directory_is_gone_has_no_disk(tmp_path: Path) -> None:
    host = HostReader(tmp_path / "gone").read()
    assert (host.disk_free_bytes, host.disk_total_bytes) == (None, None)
    assert host.memory_total_bytes


def test_disk_and_network_are_what_the_counters_grew_by_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([10.0, 12.0])
    monkeypatch.setattr("kan_trainer.telemetry.host.time.monotonic", lambda: next(clock))
    disks = iter([SimpleNamespace(read_bytes=1000, write_bytes=50), SimpleNamespace(read_bytes=5000, write_bytes=40)])
    monkeypatch.setattr(psutil, "disk_io_counters", lambda: next(disks))
    cards = iter([(0, 0), (6000, 200)])

    def counters(pernic: bool) -> dict[str, Any]:
        received, sent = next(cards)
        outward, inward = (
            SimpleNamespace(bytes_recv=received, bytes_sent=sent),
            SimpleNamespace(bytes_recv=received * 99, bytes_sent=1),
        )
        return {"eth0": outward, "lo": inward, "veth7": inward}

    monkeypatch.setattr(psutil, "net_io_counters", counters)
    reader = HostReader()
    assert reader.read().network_received_bytes_per_second is None, "there is nothing to compare with yet"
    host = reader.read()
    assert host.disk_read_bytes_per_second == 2000
    assert host.disk_write_bytes_per_second is None, "a counter that went back tells nothing"
    assert host.network_received_bytes_per_second == 3000
    assert host.network_sent_bytes_per_second == 100


def test_a_file_that_is_written_shows_in_the_rate_of_the_disks(tmp_path: Path) -> None:
    """psutil for real: whatever it says is unknown or within the contract."""
    reader = HostReader(tmp_path)
    reader.read()
    (tmp_path / "file").write_bytes(b"x" * 2**20)
    host = reader.read()
    rates = [host.disk_read_bytes_per_second, host.disk_write_bytes_per_second,
             host.network_received_bytes_per_second, host.network_sent_bytes_per_second]  # fmt: skip
    assert all(rate is None or rate >= 0 for rate in rates)
    through_the_state(Telemetry(seconds=0, host=host))


def test_a_host_that_psutil_cannot_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)
    assert unknown_host(HostReader(root=tmp_path)) == set(Host.__struct_fields__)


def unknown_host(reader: HostReader) -> set[str]:
    host = reader.read()
    return {name for name in host.__struct_fields__ if getattr(host, name) is None}


def test_nothing_is_imported_before_the_first_sample() -> None:
    code = "import sys; from kan_trainer.telemetry import Sampler; Sampler(); print(*sys.modules)"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pynvml", "psutil"} & set(child.stdout.split())
