"""Every example of `docs/kan.md`, run as it stands there."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from kan_trainer.command.settings import changed

from .small_training import small, train

DOCUMENT = Path(__file__).parents[2] / "docs/kan.md"


def test_the_examples_give_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    train(changed(small(epochs=1), {"data": {"function": "sinusoid"}}), Path("experiments/sinusoid"))
    found = doctest.testfile(str(DOCUMENT), module_relative=False, optionflags=doctest.REPORT_NDIFF, encoding="utf-8")
    assert found.attempted > 40
    assert not found.failed
