"""Every example of `docs/kan.md`, run as it stands there, and those of the README."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
import torch

from kan_shared.network import decode_network
from kan_trainer.command.settings import changed

from .small_training import small, train

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/kan.md"
CHAPTER = (ROOT / "README.md").read_text("utf-8").partition("## Kolmogorov–Arnold networks")[2].partition("\n## ")[0]
LIBRARY, WATCHED = re.findall(r"```python\n(.*?)```", CHAPTER, re.DOTALL)


def test_the_examples_give_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    train(changed(small(epochs=1), {"data": {"function": "sinusoid"}}), Path("experiments/sinusoid"))
    found = doctest.testfile(str(DOCUMENT), module_relative=False, optionflags=doctest.REPORT_NDIFF, encoding="utf-8")
    assert found.attempted > 40
    assert not found.failed


@pytest.mark.slow
def test_the_library_in_the_readme_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    exec(LIBRARY, {})
    assert capsys.readouterr().out.count("y = exp(x1**2 + sin(pi*x0))") == 2
    assert (tmp_path / "network.onnx").is_file()


def test_the_loop_in_the_readme_shows_its_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(WATCHED.replace("50_000", "50").replace("50_001", "51"), {})
    assert decode_network((tmp_path / "experiments/watched/network.json").read_bytes()).step == 50
