"""The model that learns: found offline, held as asked, and never an errand boy of whoever made it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch
import torch

from kan_shared.errors import UsageError
from kan_trainer.config.finetune import LoraConfig, ModelConfig
from kan_trainer.finetune.loss import keeps_rows_apart
from kan_trainer.finetune.model import (
    add_adapters,
    attention_kernel,
    dtype_of,
    learning_parameters,
    load_base,
    require_context,
    require_fit,
)
from kan_trainer.finetune.tokenizer import load_tokenizer

from .tiny_models import tiny_tokenizer

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


def spoiled(model_folder: Path, folder: Path, *, drop: str = "", cut: int = 0, **config: object) -> str:
    """A copy of the model without a tensor, without its last bytes, or with another config."""
    shutil.copytree(model_folder, folder)
    file = folder / "model.safetensors"
    if drop:
        tensors = safetensors.torch.load_file(file)
        del tensors[drop]
        safetensors.torch.save_file(tensors, file, {"format": "pt"})
    if cut:
        file.write_bytes(file.read_bytes()[:-cut])
    told = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**told, **config}))
    return str(folder)


def test_what_a_model_lacks_is_not_drawn_at_random(model_folder: Path, tmp_path: Path) -> None:
    folder = spoiled(model_folder, tmp_path / "model", drop="model.layers.1.mlp.up_proj.weight")
    with pytest.raises(UsageError, match=r"has no model\.layers\.1\.mlp\.up_proj\.weight, and so for 1 of its tensors"):
        load_base(folder, "lora", torch.float32, CPU)


@pytest.mark.parametrize("harm", [{"cut": 100}, {"num_attention_heads": 3}, {"hidden_size": 32}, {"vocab_size": 0}])
def test_a_damaged_model_is_one_sentence(model_folder: Path, tmp_path: Path, harm: dict[str, int]) -> None:
    with pytest.raises(UsageError) as error:
        load_base(spoiled(model_folder, tmp_path / "model", **harm), "lora", torch.float32, CPU)
    assert "\n" not in str(error.value)


def test_a_tokenizer_of_another_model_is_refused(model_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(model_folder, tmp_path / "model")
    tiny_tokenizer(tmp_path / "model", vocabulary_size=600)
    model, tokenizer = (
        load_base(str(tmp_path / "model"), "lora", torch.float32, CPU),
        load_tokenizer(str(tmp_path / "model")),
    )
    with pytest.raises(UsageError, match=r"the tokenizer knows \d+ tokens and the model \d+"):
        require_fit(model, tokenizer)


def test_rows_longer_than_the_model_reads_are_refused(model_folder: Path, tmp_path: Path) -> None:
    folder = spoiled(model_folder, tmp_path / "model", max_position_embeddings=64)
    require_context(folder, 64)
    with pytest.raises(UsageError, match="max_length 65 is more than the 64 tokens"):
        require_context(folder, 65)


def test_settings_of_generation_that_contradict_each_other_are_left_behind(model_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(model_folder, tmp_path / "model")
    file = tmp_path / "model" / "generation_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "do_sample": False, "temperature": 0.6, "top_p": 0.9}))
    model = load_base(str(tmp_path / "model"), "full", torch.float32, CPU)
    model.save_pretrained(tmp_path / "again")  # which transformers would refuse
    assert model.generation_config.eos_token_id == model.config.eos_token_id


def test_a_head_that_is_the_embedding_gets_no_adapter(model_folder: Path) -> None:
    base = load_base(str(model_folder), "lora", torch.float32, CPU)
    with pytest.raises(UsageError, match="lm_head has the same weights as the embeddings"):
        add_adapters(base, LoraConfig(target_modules=("q_proj", "lm_head")), seed=1)


def test_a_model_that_does_not_tell_packed_rows_apart_is_found_out(model_folder: Path) -> None:
    from transformers import OPTConfig, OPTForCausalLM

    assert keeps_rows_apart(load_base(str(model_folder), "lora", torch.float32, CPU))
    assert keeps_rows_apart(load_base(str(model_folder), "lora", torch.bfloat16, CPU))
    torch.manual_seed(0)
    opt = OPTForCausalLM(
        OPTConfig(vocab_size=100, hidden_size=32, ffn_dim=64, num_hidden_layers=2, num_attention_heads=2,
                  word_embed_proj_dim=32, init_std=0.5)
    )  # fmt: skip
    assert not keeps_rows_apart(opt.eval())


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
    assert attention_kernel("auto", CPU, torch.float32) is None  # the best that the model has of its own
    assert attention_kernel("eager", CPU, torch.float32) == "eager"
    with pytest.raises(UsageError, match="pip install flash-attn"):
        attention_kernel("flash_attention_2", CPU, torch.bfloat16)
