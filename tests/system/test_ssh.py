"""A run on another machine, over a real ssh: an sshd of the test's own on this machine, with keys of its own."""

from __future__ import annotations

import contextlib
import getpass
import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from .conftest import Start
from .stage import MONITOR, Terminal, until

SSHD = shutil.which("sshd", path=os.defpath + os.pathsep + "/usr/sbin:/usr/local/sbin")


class Host:
    """An sshd: where it listens, and whether it does."""

    def __init__(self, folder: Path) -> None:
        for key in ("host_key", "key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port = found.getsockname()[1]
        (folder / "sshd_config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host_key\nPidFile none\nUsePAM no\n"
            f"AuthorizedKeysFile {folder}/key.pub\nStrictModes no\nPasswordAuthentication no\n"
            f"PermitRootLogin prohibit-password\nPermitUserEnvironment yes\n"
            + (f"SetEnv PYTHONPATH={os.environ['PYTHONPATH']}\n" if "PYTHONPATH" in os.environ else "")
        )
        # What `ssh` finds first: an ssh with this test's settings, rather than those of who runs it.
        (folder / "bin").mkdir()
        (folder / "bin" / "ssh").write_text(
            f"#!/bin/sh\nexec {shutil.which('ssh')} -F none -i {folder}/key -o IdentitiesOnly=yes"
            f' -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "$@"\n'
        )
        (folder / "bin" / "ssh").chmod(0o755)
        self.path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self._folder = folder
        self.start()

    def start(self) -> None:
        command = [SSHD, "-D", "-e", "-f", self._folder / "sshd_config"]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
        until(self._listens, lambda: "sshd does not listen")

    def _listens(self) -> bool:
        if self._process.poll() is not None:
            pytest.skip(f"sshd does not run here: {self._process.stderr.read().decode()[-300:]}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def address(self, directory: Path) -> str:
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{directory}"

    def cut(self) -> None:
        """Ends the sshd with all its connections, as a machine does that goes down."""
        for line in subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True).stdout.splitlines()[1:]:
            pid, parent = map(int, line.split())
            if parent == self._process.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stderr.close()


@pytest.fixture
def host(processes: ExitStack) -> Host:
    if SSHD is None or shutil.which("ssh") is None:
        pytest.skip("there is no sshd: Debian's package openssh-server has one")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it locks itself in
    folder = Path(processes.enter_context(_short_folder()))
    return processes.enter_context(closing(Host(folder)))


@contextlib.contextmanager
def _short_folder() -> Iterator[str]:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="kan-ssh-") as folder:
        yield folder


REMOTE = ("--remote-command", shlex.join(MONITOR))


def test_a_run_is_printed_until_it_ends(host: Host, train: Start, headless: Start, directory: Path):
    train(directory, "--steps", 60)
    monitor = headless(host.address(directory), "--format", "json", *REMOTE, PATH=host.path)
    assert monitor.wait() == 0, monitor.complaints
    assert monitor.objects[-1]["status"] == "Complete"
    assert monitor.objects[-1]["step"] == 60


def test_the_dashboard_draws_it_with_its_curve_and_its_samples(
    host: Host, train: Start, terminal: Callable[..., Terminal], directory: Path
):
    training = train(directory, "--steps", 100_000)
    training.wait_for_line(lambda line: line.startswith("120 "))
    screen = terminal(host.address(directory), *REMOTE, PATH=host.path)
    shown = screen.wait_for("● running", "loss", "100 000")
    assert any("\u2801" <= character <= "\u28ff" for character in shown)
    training.tell("sample")
    screen.wait_for("1 of 1")
    training.tell("complete")
    screen.wait_for("✓ complete")
    screen.press("q")
    screen.wait_for("exit code 0")


def test_a_trainer_that_was_killed_there_is_crashed_here(host: Host, train: Start, headless: Start, directory: Path):
    training = train(directory, "--steps", 100_000)
    monitor = headless(host.address(directory), *REMOTE, PATH=host.path)
    monitor.wait_for_line(lambda line: "Loss:" in line)
    training.kill()
    assert monitor.wait() == 3
    assert any("Crashed: process" in line for line in monitor.lines)


def test_a_connection_that_is_cut_is_made_again(
    host: Host, train: Start, terminal: Callable[..., Terminal], directory: Path
):
    train(directory, "--steps", 100_000)
    screen = terminal(host.address(directory), *REMOTE, PATH=host.path)
    screen.wait_for("● running")
    host.cut()
    screen.wait_for("trying again")
    host.start()
    screen.wait_for("● running", without="trying again")


def test_a_machine_that_does_not_answer_is_one_sentence(host: Host, headless: Start, directory: Path):
    host.cut()
    monitor = headless(host.address(directory), *REMOTE, PATH=host.path)
    assert monitor.wait() == 3
    assert monitor.complaints[0].startswith("kan-monitor: 127.0.0.1 is out of reach: ssh: connect to host 127.0.0.1")
    assert len(monitor.complaints) == 1


def test_a_live_run_costs_less_than_5_kilobytes_a_second_on_the_wire(host: Host, train: Start, directory: Path):
    """What ssh hands out is what went over the wire, less its own cipher's overhead."""
    train(directory, "--steps", 100_000)
    remote = f"{shlex.join(MONITOR)} feed {shlex.quote(str(directory))}"
    command = [f"{host.path.split(os.pathsep)[0]}/ssh", "-T", "-p", str(host.port), "127.0.0.1", remote]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as feed:
        sizes = _read_for(feed, 3.0), _read_for(feed, 8.0)
        feed.send_signal(signal.SIGKILL)
    assert 200 < sizes[1] / 8.0 < 5 * 1024


def _read_for(feed: subprocess.Popen[bytes], seconds: float) -> int:
    """How many bytes come in so long a time."""
    os.set_blocking(feed.stdout.fileno(), False)
    deadline, size = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        with contextlib.suppress(BlockingIOError):
            size += len(os.read(feed.stdout.fileno(), 65536))
        time.sleep(0.02)
    return size
