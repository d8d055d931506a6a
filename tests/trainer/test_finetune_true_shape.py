"""QLoRA on a model of the true shape, that of Qwen2.5-Coder-0.5B with random weights: only with KAN_SOAK=1."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from .commands import series
from .small_finetuning import adapter_sha256, settings, tune
from .tiny_models import tiny_model_folder

QWEN = {
    "vocab_size": 151_936,
    "hidden_size": 896,
    "num_hidden_layers": 24,
    "num_attention_heads": 14,
    "num_key_value_heads": 2,
    "intermediate_size": 4864,
}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(os.environ.get("KAN_SOAK") != "1", reason="a gigabyte and minutes: with KAN_SOAK=1")
def test_four_steps_of_the_true_shape_in_four_bits(tmp_path: Path) -> None:
    from safetensors import safe_open

    folder = tiny_model_folder(tmp_path / "model", dtype="bfloat16", **QWEN)
    with safe_open(folder / "model.safetensors", "pt") as file:
        shapes = [file.get_slice(name).get_shape() for name in file.keys()]  # noqa: SIM118  it is no mapping
    assert len(shapes) == 290
    assert sum(map(math.prod, shapes)) == 494_032_768
    training = {"batch_size": 1, "gradient_accumulation_steps": 7, "epochs": 1, "validate_steps": 4, "save_steps": 4}
    config = settings(
        folder,
        {
            "model": {"method": "qlora"},
            "lora": {"rank": 16, "alpha": 32, "dropout": 0.05},
            "training": {**training, "learning_rate": 0.001},
            "samples": {"sample_count": 0},
        },
    )
    loop = tune(config, tmp_path / "run")
    assert (loop.step, loop.parameters) == (4, 8_798_208)
    assert loop.model.get_memory_footprint() <= 0.27 * 4 * 494_032_768
    losses = [value for _, value, _ in series(tmp_path / "run", "train/loss")]
    assert len(losses) == 4 and all(map(math.isfinite, losses))
    assert losses[-1] < losses[0]
    validations = [value for _, value, _ in series(tmp_path / "run", "validation/loss")]
    assert validations[-1] < validations[0]
    assert len(adapter_sha256(tmp_path / "run", "step-4")) == 64
