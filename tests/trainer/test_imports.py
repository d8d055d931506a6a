"""What importing the producer costs a training loop: no framework but its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ["torch", "numpy", "textual", "rich", "psutil", "pynvml", "watchdog", "yaml", "kan_monitor", "asyncio"]
#: A whole run, with a look at what was loaded.
RUN = """
import sys
from kan_trainer import Run
with Run(sys.argv[1]) as run:
    run.log(1, {"train/loss": 1.0}, tokens=512)
    run.sample(1, input="a", target="b", generated="c")
    run.event("note")
print(*sys.modules)
"""


def modules_after(code: str, *arguments: object) -> set[str]:
    """The modules that a fresh interpreter has loaded after `code`."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


@pytest.mark.parametrize("statement", ["import kan_trainer", "from kan_trainer import Run"])
def test_importing_it_loads_nothing_heavy(statement: str) -> None:
    loaded = modules_after(f"import sys; {statement}; print(*sys.modules)")
    assert "kan_trainer.run" in loaded
    assert sorted(loaded & set(HEAVY)) == []


def test_using_it_loads_what_reads_the_hardware_and_no_more(directory: Path) -> None:
    loaded = modules_after(RUN, directory)
    assert sorted(loaded & {"torch", "numpy", "textual", "rich", "kan_monitor", "yaml", "asyncio"}) == []


LANGUAGE = ("transformers", "peft", "bitsandbytes", "tokenizers", "huggingface_hub", "tensorboard")
#: kan-train where the libraries of language models are not installed.
WITHOUT = f"""
import sys
for name in {LANGUAGE}:
    sys.modules[name] = None
from kan_trainer.cli import main
sys.exit(main(sys.argv[1:]))
"""


def without_language(*argv: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT, *map(str, argv)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_a_network_is_trained_without_the_libraries_of_language_models(directory: Path) -> None:
    done = without_language("regress", "--function", "sinusoid", "--epochs", 1, "--output", directory)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "task",
    [["finetune", "--dataset", "rust-tests"], ["pretrain"], ["generate", "--model", ".", "--dataset", "rust-tests"]],
)
def test_a_language_model_without_them_says_what_to_install(task: list[str], tmp_path: Path) -> None:
    done = without_language(*task, "--output", tmp_path / "out")
    assert done.returncode == 2
    assert re.fullmatch(
        r"kan-train: .* needs \w+, .*: pip install 'kan-monitor\[finetune\]' brings it.", done.stderr.splitlines()[-1]
    )
