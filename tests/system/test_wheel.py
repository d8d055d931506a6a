"""What is published: a wheel with three packages, of use without torch."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kan_shared import __version__

ROOT = Path(__file__).parents[2]
#: A tenth of a run, for the monitor to look at.
RUN = """
import sys
from kan_trainer import Run
with Run(sys.argv[1], total_steps=10) as run:
    run.log(1, {"train/loss": 0.5}, tokens=512)
"""
pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run([*map(str, command)], cwd=cwd, env=kept, capture_output=True, text=True, timeout=240)


def pip(*arguments: object, cwd: Path) -> None:
    """pip, or a skip where there is no package index to be had."""
    done = run(sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments, cwd=cwd)
    if "Could not find a version" in done.stderr or "Failed to establish a new connection" in done.stderr:
        pytest.skip(f"no package index: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", ROOT, "--no-deps", "--wheel-dir", folder, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def environment(wheel: Path, place: Path) -> Path:
    """Makes an environment that has the wheel and what it needs, and no torch; the folder of its commands."""
    assert run(sys.executable, "-m", "venv", "--without-pip", place, cwd=wheel.parent).returncode == 0
    python, constraints = place / "bin" / "python", ROOT / "constraints.txt"
    pip("--python", python, "install", "--no-compile", "--constraint", constraints, wheel, cwd=wheel.parent)
    assert run(python, "-c", "import torch", cwd=wheel.parent).returncode == 1
    return python.parent


def test_the_wheel_holds_three_packages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"kan_shared", "kan_monitor", "kan_trainer"}
    assert len(tops) == 4
    packaged = {name for name in names if not name.split("/")[0].endswith(".dist-info")}
    sources = {
        str(path.relative_to(ROOT / folder))
        for folder in ("shared", "monitor", "trainer")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packaged == sources
    assert {"kan_shared/py.typed", "kan_trainer/py.typed", "kan_monitor/py.typed"} <= packaged


def test_without_torch_runs_are_watched_and_training_says_what_it_needs(wheel: Path, tmp_path: Path) -> None:
    """One test for all of it: the environment takes longer than what is done in it."""
    commands = environment(wheel, tmp_path / "environment")
    home = tmp_path / "home"
    home.mkdir()

    for argv in (["regress", "--function", "sinusoid"], ["classify", "--dataset", "digits"]):
        refused = run(commands / "kan-train", *argv, cwd=home)
        assert (refused.returncode, refused.stdout) == (2, "")
        (sentence,) = refused.stderr.splitlines()
        assert "pip install 'kan-monitor[train]'" in sentence
    assert list(home.iterdir()) == []

    recorded = run(commands / "python", "-c", RUN, "experiments/mine", cwd=home)
    assert (recorded.returncode, recorded.stderr) == (0, "")
    for arguments in ([], ["experiments/mine"]):
        watched = run(commands / "kan-monitor", "--headless", "--once", *arguments, cwd=home)
        assert (watched.returncode, watched.stderr) == (0, "")
        assert "Loss: 0.5" in watched.stdout
        assert "Complete" in watched.stdout

    for command in ("kan-monitor", "kan-train"):
        assert run(commands / command, "--version", cwd=home).stdout == f"{command} {__version__}\n"
        assert run(commands / command, "--help", cwd=home).returncode == 0
