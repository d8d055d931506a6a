"""The model that learns: found offline, held as asked, and never an errand boy of whoever made it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from kan_shared.errors import UsageError
from kan_trainer.config.finetune import LoraConfig, ModelConfig
from kan_trainer.finetune.model import add_adapters, attention_kernel, dtype_of, learning_parameters, load_base

CPU = torch.device("cpu")


def test_a_model_of_the_hub_is_found_in_its_cache_and_no_code_is_fetched(model_folder: Path, tmp_path: Path) -> None:
    """With a package `kernels` installed bitsandbytes would have it fetch code, and run that."""
    snapshot = tmp_path / "hub" / "models--some--coder" / "snapshots" / "abc"
    shutil.copytree(model_folder, snapshot)
    (tmp_path / "hub" / "models--some--coder" / "refs").mkdir()
    (tmp_path / "hub" / "models--some--coder" / "refs" / "main").write_text("abc")
    (tmp_path / "modules" / "kernels").mkdir(parents=True)
    (tmp_path / "modules" / "kernels" / "__init__.py").write_text("open('fetched', 'w')\n")
    code = """
import torch
from kan_trainer.finetune.model import load_base, model_folder
from kan_trainer.finetune.tokenizer import load_tokenizer
base = load_base("some/coder", "qlora", torch.bfloat16, torch.device("cpu"))
base(input_ids=torch.ones(1, 3, dtype=torch.long))
print(type(base.model.layers[0].mlp.up_proj).__name__, end=" ")
print(model_folder("some/coder").name, load_tokenizer("some/coder").eos_token)
"""
    paths = os.pathsep.join([str(tmp_path / "modules"), *sys.path])
    environment = {**os.environ, "HF_HUB_CACHE": str(tmp_path / "hub"), "HF_HUB_OFFLINE": "1", "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=120
    )
    assert (done.stdout, done.stderr) == ("Linear4bit abc <|im_end|>\n", "")
    assert not (tmp_path / "fetched").exists()


def test_code_that_comes_with_a_model_is_not_run(model_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model_folder, folder)
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "stranger", "auto_map": {"AutoModelForCausalLM": "own.Model", "AutoConfig": "own.Config"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(UsageError, match=r"the model .* cannot be loaded: "):
        load_base(str(folder), "lora", torch.float32, CPU)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("/nowhere", "there is no folder /nowhere"),
        ("a/b/c", "there is no folder a/b/c"),
        ("nobody/nothing", r"the model nobody/nothing cannot be loaded: .*\.$"),
    ],
)
def test_a_model_that_is_not_there_is_one_sentence(name: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint) as error:
        load_base(name, "lora", torch.float32, CPU)
    assert "\n" not in str(error.value)


def test_a_folder_or_a_file_that_is_no_model_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no model"):
        load_base(str(tmp_path), "lora", torch.float32, CPU)
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file"):
        load_base(str(tmp_path / "file"), "lora", torch.float32, CPU)


def test_four_bits_take_an_eighth_of_the_linear_layers(model_folder: Path) -> None:
    sizes = {
        method: sum(
            parameter.numel() * parameter.element_size()
            for name, parameter in load_base(str(model_folder), method, torch.float32, CPU).named_parameters()
            if "proj.weight" in name
        )
        for method in ("qlora", "lora")
    }
    assert sizes["lora"] == 8 * sizes["qlora"]


def test_adapters_are_float32_beside_a_base_that_stays_as_it_is(model_folder: Path) -> None:
    base = load_base(str(model_folder), "lora", torch.bfloat16, CPU)
    model = add_adapters(base, LoraConfig(rank=4, target_modules=("q_proj", "down_proj")), seed=1)
    moved = learning_parameters(model)
    assert len(moved) == 2 * 2 * 2 and {parameter.dtype for parameter in moved.values()} == {torch.float32}
    frozen = {parameter.dtype for name, parameter in model.named_parameters() if name not in moved}
    assert frozen == {torch.bfloat16}


def test_what_is_computed_in() -> None:
    assert dtype_of(ModelConfig(method="qlora"), CPU) == torch.bfloat16
    assert dtype_of(ModelConfig(method="lora"), CPU) == torch.float32
    assert dtype_of(ModelConfig(method="lora", precision="bfloat16"), CPU) == torch.bfloat16
    assert dtype_of(ModelConfig(method="qlora", precision="float32"), CPU) == torch.float32


def test_flash_attention_is_taken_where_it_is_installed_and_refused_where_not() -> None:
    assert attention_kernel("auto", CPU) == "sdpa"
    assert attention_kernel("eager", CPU) == "eager"
    with pytest.raises(UsageError, match="pip install flash-attn"):
        attention_kernel("flash_attention_2", CPU)
