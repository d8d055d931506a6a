"""The shipped recipes, and trainings by a call."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
import yaml

import kan_trainer
from kan_shared.errors import UsageError
from kan_trainer.command.options import parse
from kan_trainer.command.plan import layered, recipe
from kan_trainer.command.settings import settings_of
from kan_trainer.config import FinetuneConfig, TrainConfig

from .small_finetuning import adapter_sha256, settings


def planned(*argv: str) -> TrainConfig:
    return layered(parse(["finetune", *argv]))


def test_the_full_recipe_is_the_default() -> None:
    default = msgspec.to_builtins(planned())
    assert msgspec.to_builtins(planned("--config", "qwen2.5-coder-0.5b")) == default
    # F 4.2 and 4.3, of which it names every setting
    told = yaml.safe_load(recipe("qwen2.5-coder-0.5b").read_text())
    assert told["lora"] == {
        "rank": 16,
        "alpha": 32,
        "dropout": 0.05,
        "target_modules": list(default["lora"]["target_modules"]),
    }
    training = planned().training
    assert (training.batch_size, training.learning_rate, training.seed) == (4, 2e-4, 42)  # type: ignore[union-attr]
    assert {"epochs", "gradient_accumulation_steps", "betas", "weight_decay", "warmup_ratio", "min_lr_ratio"} <= set(
        told["training"]
    )


def test_the_tiny_recipe_is_one_epoch_over_a_base_of_ones_own() -> None:
    config = planned("--config", "tiny", "--rank", "8")
    assert isinstance(config, FinetuneConfig)
    assert (config.training.epochs, config.lora.rank, config.data.dataset) == (1, 8, "rust-tests")


def test_a_file_goes_before_a_recipe_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny").write_text("training: {epochs: 7}\n")
    assert planned("--config", "tiny").training.epochs == 7  # type: ignore[union-attr]
    with pytest.raises(UsageError, match="nowhere cannot be read"):
        planned("--config", "nowhere")


def test_every_switch_is_on_the_command_line() -> None:
    config = planned("--packing", "true", "--length-bucketing", "false", "--betas", "0.8,0.9", "--dora", "true")
    assert isinstance(config, FinetuneConfig)
    assert (config.data.packing, config.data.length_bucketing, config.lora.dora) == (True, False, True)
    assert config.training.betas == (0.8, 0.9)
    assert config.training.threads >= 1  # as many as there are cores, said in the run's config
    with pytest.raises(UsageError, match="--packing must be true or false, not 'maybe'"):
        planned("--packing", "maybe")


def test_a_call_trains_as_the_command_does(model_folder: Path, tmp_path: Path) -> None:
    rows = "\n".join(
        f'{{"input": "fn f_{number}(x: u8) -> u8 {{ x + {number} }}", "output": "#[test] fn t() {{ f_{number}(1); }}"}}'
        for number in range(8)
    )
    for split in ("train", "validation", "test"):
        (tmp_path / f"{split}.jsonl").write_text(rows.replace("f_", f"{split}_") + "\n")
    told = {setting.name: setting.value for setting in settings_of(settings(model_folder))}
    done = kan_trainer.train("finetune", output=tmp_path / "run", **{**told, "dataset": str(tmp_path), "epochs": 2})
    assert done.exit_code == 0
    assert done.metrics["train/loss"]["value"] < done.metrics["train/loss"]["first"]
    assert adapter_sha256(done.directory, "best")
    with pytest.raises(UsageError, match="has no setting rnak"):
        kan_trainer.train("finetune", rnak=3)
    with pytest.raises(UsageError, match="there is no task paint"):
        kan_trainer.train("paint")


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        (["--rank", "0"], "rank must be at least 1, not 0."),
        (["--dropout", "1"], "dropout must be 0 or more and less than 1, not 1.0."),
        (["--target-modules", ""], "target_modules must be one or more, not none."),
        (["--betas", "0.9"], "--betas must be 2 numbers, not ['0.9']."),
        (["--betas", "0.9,1"], "betas must be 0 or more and less than 1, not (0.9, 1.0)."),
        (["--max-checkpoints", "1"], "max_checkpoints must be at least 2, not 1."),
        (["--min-lr-ratio", "2"], "min_lr_ratio must be between 0 and 1, not 2.0."),
        (["--gradient-accumulation-steps", "0"], "gradient_accumulation_steps must be at least 1, not 0."),
        (["--early-stopping", "-1"], "early_stopping must be 0 or more, not -1."),
        (["--method", "prefix"], "--method must be one of full, lora, qlora, not 'prefix'."),
        (["--max-length", "2"], "max_length must be at least 8, not 2."),
        (["--validation-fraction", "1"], "validation_fraction must be 0 or more and less than 1, not 1.0."),
        (["--sample-tokens", "0"], "sample_tokens must be at least 1, not 0."),
    ],
)
def test_a_setting_out_of_bounds_is_one_sentence(argv: list[str], complaint: str) -> None:
    with pytest.raises(UsageError, match=re.escape(complaint)):
        planned(*argv)
