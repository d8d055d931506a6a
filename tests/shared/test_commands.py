"""The line that a person is told to type works where they are, and says nothing to their terminal."""

import os
import sys
from pathlib import Path

import pytest

from kan_shared.commands import command_line


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A virtual environment with one command, below the working directory."""
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "kan-monitor").touch(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    monkeypatch.setenv("PATH", os.defpath)
    return programs


def test_in_an_activated_environment_the_name_is_enough(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(environment))
    assert command_line("kan-monitor", "experiments/mine") == "kan-monitor experiments/mine"


def test_in_another_shell_it_is_the_path(environment: Path) -> None:
    assert command_line("kan-monitor", "experiments/mine") == ".venv/bin/kan-monitor experiments/mine"


def test_what_is_not_beside_python_keeps_its_name(environment: Path) -> None:
    assert command_line("kan-train", "--resume") == "kan-train --resume"


def test_arguments_are_quoted_and_harmless(environment: Path) -> None:
    assert command_line("kan-train", "my run") == "kan-train 'my run'"
    assert "\x1b" not in command_line("kan-train", "run\x1b]52;c;aGk=\x07")
