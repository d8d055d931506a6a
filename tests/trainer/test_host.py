"""What the machine says: its memory and that of its container, its processors, disks and network."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from kan_shared.state import Host, Telemetry
from kan_trainer.telemetry.host import HostReader

from .nvml import through_the_state


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
