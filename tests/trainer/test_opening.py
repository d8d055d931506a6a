"""What is written when a run begins: its hyperparameters."""

from __future__ import annotations

import datetime
import enum
import math
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml

from kan_trainer import Run


class Colour(enum.Enum):
    RED = 1


@dataclass
class Schedule:
    warmup: int = 100


def written(directory: Path, config: Any) -> Any:
    Run(directory, config=config).finish()
    return yaml.safe_load((directory / "config.yaml").read_bytes())


def test_a_config_is_written_as_it_was_told(directory: Path) -> None:
    config = {
        "learning_rate": 1e-3,
        "epochs": 10,
        "amp": True,
        "name": "größer",
        "seed": None,
        "model": {"hidden": [5, 5], "spline": {"order": 3, "grid": [-1.0, 1.0]}},
    }
    assert written(directory, config) == config
    assert list(written(directory.with_name("other"), config)) == list(config)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(0.1), 0.1),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (Path("data/train.csv"), "data/train.csv"),
        (Colour.RED, "Colour.RED"),
        (Schedule(), "Schedule(warmup=100)"),
        (torch.float32, "torch.float32"),
        (datetime.date(2024, 2, 29), "2024-02-29"),
        (Decimal("0.1"), "0.1"),
        (b"\x00", "b'\\x00'"),
        ((1, 2), [1, 2]),
        (frozenset({7}), [7]),
        (math.inf, math.inf),
        ({1: {2.5: "a"}}, {"1": {"2.5": "a"}}),
        ("\x1b[31m \ud800 no: yaml", "\x1b[31m \ud800 no: yaml"),
        ("yes", "yes"),
        ("1e3", "1e3"),
        (len, "<built-in function len>"),
    ],
)
def test_odd_values_are_written_as_something_that_can_be_read(value: Any, expected: Any, directory: Path) -> None:
    found = written(directory, {"value": value})["value"]
    assert found == expected
    assert type(found) is type(expected)


def test_an_empty_config_is_one_too(directory: Path) -> None:
    assert written(directory, {}) == {}


def test_a_run_without_a_config_has_no_file_for_it(directory: Path) -> None:
    Run(directory).finish()
    assert not (directory / "config.yaml").exists()


def test_a_resume_keeps_the_config_of_the_beginning(directory: Path) -> None:
    Run(directory, config={"seed": 1}).finish()
    Run(directory, config={"seed": 2}, resume=True).finish()
    assert yaml.safe_load((directory / "config.yaml").read_bytes()) == {"seed": 1}


def test_the_run_is_named_after_its_directory(tmp_path: Path, recorded_in: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Run(".").finish()
    assert recorded_in(tmp_path / "here").state.name == "here"
