"""A fine-tuning of a tiny model on made-up rows: fourteen steps, with whatever settings a test asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from kan_trainer.command.settings import changed
from kan_trainer.config import FinetuneConfig
from kan_trainer.finetune.loop import FineTuning
from kan_trainer.finetune.model import build_model
from kan_trainer.finetune.ranks import Ranks
from kan_trainer.finetune.samples import Prompt, Sampler
from kan_trainer.finetune.tokenizer import load_tokenizer
from kan_trainer.finetune.tokens import MASKED, TokenRow

from .small_training import train_in

torch.set_num_threads(1)


def settings(model: Path, changes: Mapping[str, Mapping[str, Any]] | None = None) -> FinetuneConfig:
    """Two epochs of seven steps, two micro-batches of two rows each; validated and saved in the midst of epochs."""
    default: dict[str, dict[str, Any]] = {
        "model": {"model": str(model), "method": "lora"},
        "lora": {"rank": 4, "alpha": 8, "dropout": 0.1},
        "training": {
            "epochs": 2,
            "batch_size": 2,
            "gradient_accumulation_steps": 2,
            "learning_rate": 0.01,
            "save_steps": 4,
            "validate_steps": 5,
            "threads": 1,
            "device": "cpu",
        },
        "samples": {"sample_tokens": 3, "sample_count": 1},
    }
    for section, values in (changes or {}).items():
        default[section] = {**default.get(section, {}), **values}
    config = changed(FinetuneConfig(), default)
    assert isinstance(config, FinetuneConfig)
    return config


def rows(count: int, seed: int) -> list[TokenRow]:
    """Rows in which each token follows from the one before it; the first five are the prompt."""
    generator = torch.Generator().manual_seed(seed)
    made = []
    for length in torch.randint(8, 30, (count,), generator=generator).tolist():
        first = int(torch.randint(10, 200, (), generator=generator))
        ids = [10 + (first + 7 * place) % 200 for place in range(length)]
        made.append(TokenRow(ids, [MASKED] * 5 + ids[5:]))
    return made


def tuning(config: FinetuneConfig, ranks: Ranks | None = None, data: int = 0) -> FineTuning:
    """The training of `config` on 28 rows, with six held out."""
    tokenizer = load_tokenizer(config.model.model)
    held_out = rows(6, 100 + data)
    prompts = [Prompt(row.ids[:5], "input", tokenizer.decode(row.ids[5:])) for row in held_out]
    shown = config.samples
    return FineTuning(
        build_model(config, torch.device("cpu")),
        config,
        (rows(28, data), held_out),
        title="made-up rows",
        model_name="tiny",
        tokenizer=tokenizer,
        sampler=Sampler(prompts, tokenizer, count=shown.sample_count, max_new_tokens=shown.sample_tokens),
        ranks=ranks or Ranks(),
    )


def tune(config: FinetuneConfig, directory: Path, crash_at: int = 0) -> FineTuning:
    """Trains in `directory`, or goes on there."""
    loop = tuning(config)
    train_in(directory, loop, crash_at)
    return loop


def adapter_sha256(directory: Path, name: str = "step-14") -> str:
    """Of the file that others would load."""
    files = list((directory / "checkpoints" / name).glob("*model.safetensors"))
    assert len(files) == 1
    return hashlib.sha256(files[0].read_bytes()).hexdigest()
