"""An adapter over a tiny base, trained for a moment, so that merging it changes something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import yaml

from kan_trainer.finetune.attaching import load_trained
from kan_trainer.finetune.libraries import library, quietly
from kan_trainer.finetune.model import load_base
from kan_trainer.finetune.tokens import TokenRow
from kan_trainer.finetune.trained import Trained, find_trained

CPU = torch.device("cpu")
STEPS = 12
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def make_run(run: Path, base: Path, *, method: str = "qlora", **options: Any) -> Path:
    """A run that was over after a few steps: its settings, and its best checkpoint, in peft's format."""
    write_settings(run, base, method)
    peft = library("peft")
    torch.manual_seed(0)
    dtype = torch.bfloat16 if method == "qlora" else torch.float32
    adapters = peft.LoraConfig(r=8, lora_alpha=16, target_modules=PROJECTIONS, task_type="CAUSAL_LM", **options)
    with quietly():
        model = peft.get_peft_model(load_base(str(base), method, dtype, CPU), adapters)
    _learn(model.train())
    model.save_pretrained(run / "checkpoints" / "best", save_embedding_layers=False)
    return run


def write_settings(run: Path, base: Path, method: str) -> None:
    """A config.yaml as the training writes it, with all defaults left out."""
    run.mkdir(parents=True)
    settings = {"task": "finetune", "model": {"model": str(base), "method": method}}
    (run / "config.yaml").write_text(yaml.safe_dump(settings))


def rows(count: int = 6, length: int = 40) -> list[TokenRow]:
    """Rows of tokens that no training has seen, labelled in their second halves."""
    drawn = torch.randint(3, 200, (count, length), generator=torch.Generator().manual_seed(5)).tolist()
    return [TokenRow(ids, [-100] * (length // 2) + ids[length // 2 :]) for ids in drawn]


def as_trained(run: Path) -> tuple[Trained, Any]:
    """What is known of the run, and its model."""
    trained = find_trained(run)
    return trained, load_trained(trained, CPU)


def _learn(model: Any) -> None:
    optimizer = torch.optim.AdamW([weight for weight in model.parameters() if weight.requires_grad], lr=5e-3)
    generator = torch.Generator().manual_seed(1)
    for _ in range(STEPS):
        ids = torch.randint(3, 64, (4, 24), generator=generator)
        model(input_ids=ids, labels=ids).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
