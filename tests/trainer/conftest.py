"""What the tests of the producer share: a directory to record into and a look at what was recorded."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kan_shared.experiment import Experiment
from kan_shared.journal import Event, JournalReader, Sample
from kan_shared.series import Record, SeriesFile
from kan_shared.state import State
from kan_shared.store import read_state
from kan_trainer.telemetry import Sampler

from .made_up_corpus import corpus  # noqa: F401  fixture
from .nvml import H200, fake_nvml
from .tiny_models import model_folder, tokenizer_folder  # noqa: F401  fixtures

#: How long anything may take on a machine that is busy with other things.
PATIENCE_SECONDS = 30.0


class Recorded:
    """What lies in an experiment directory, as any reader finds it."""

    def __init__(self, directory: Path) -> None:
        self.experiment = Experiment(directory)

    @property
    def state(self) -> State:
        return read_state(self.experiment.state)

    @property
    def names(self) -> list[str]:
        """The series, but for those of the hardware."""
        return [name for name in self.experiment.series_names() if not name.startswith("system/")]

    @property
    def events(self) -> list[Event]:
        reader = JournalReader(self.experiment.events, Event)
        reader.poll()
        return list(reader.entries)

    @property
    def samples(self) -> list[Sample]:
        reader = JournalReader(self.experiment.samples, Sample)
        reader.poll()
        return list(reader.entries)

    @property
    def metrics(self) -> dict[str, Any]:
        """The final figures in `metrics.json`."""
        content: dict[str, Any] = json.loads(self.experiment.metrics.read_bytes())
        return content

    def records(self, name: str) -> list[Record]:
        file = SeriesFile(self.experiment.series(name))
        file.refresh()
        return file.tail(file.count)

    def values(self, name: str) -> list[float]:
        return [record.value for record in self.records(name)]

    def steps(self, name: str) -> list[int]:
        return [record.step for record in self.records(name)]

    def content(self) -> dict[str, bytes]:
        """Every file with its bytes: to see that nothing was changed."""
        top = self.experiment.directory
        return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An experiment directory that is not there yet."""
    return tmp_path / "experiments" / "mine"


@pytest.fixture
def recorded(directory: Path) -> Recorded:
    """A look at what `directory` holds."""
    return Recorded(directory)


@pytest.fixture
def recorded_in() -> Callable[[Path], Recorded]:
    """A look at what another directory holds."""
    return Recorded


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Waits until a condition holds, and fails if it never does."""

    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, "it never came true"
            time.sleep(0.01)

    return wait


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fake NVML, built once."""
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
    """A sampler, closed in the end."""
    sampler = Sampler()
    yield sampler
    sampler.close()
