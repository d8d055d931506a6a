"""An adapter merged into its base: what comes out is what was trained, in a folder that any library loads."""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("bitsandbytes")
pytest.importorskip("peft")

from safetensors.torch import load_file, save_file  # noqa: E402  after the skips
from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: E402

from kan_shared.errors import DirectoryTaken, KanError, NoSuchRun, UsageError  # noqa: E402
from kan_trainer.finetune.attaching import load_trained  # noqa: E402
from kan_trainer.finetune.drift import Drift, measure_drift  # noqa: E402
from kan_trainer.finetune.exporting import new_folder, write_adapter, write_model  # noqa: E402
from kan_trainer.finetune.inference import inference, is_four_bit  # noqa: E402
from kan_trainer.finetune.libraries import quietly  # noqa: E402
from kan_trainer.finetune.merging import base_dtype, default_base, merge  # noqa: E402
from kan_trainer.finetune.model import load_base  # noqa: E402
from kan_trainer.finetune.tokenizer import load_tokenizer  # noqa: E402
from kan_trainer.finetune.trained import find_trained  # noqa: E402

from .adapters import CPU, as_trained, make_run, rows, write_settings  # noqa: E402
from .tiny_models import tiny_model_folder  # noqa: E402

VARIANTS: dict[str, dict[str, Any]] = {"LoRA": {}, "rsLoRA": {"use_rslora": True}, "DoRA": {"use_dora": True}}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base whose weights are large enough that 4 bits lose something, stored in bfloat16 as published models are."""
    folder = tiny_model_folder(tmp_path_factory.mktemp("base"), initializer_range=0.1)
    AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def qlora(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("runs") / "qlora", base)


@pytest.fixture(scope="module")
def lora(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("runs") / "lora", base, method="lora")


def drift(trained: Any, merged: Any) -> Drift:
    measured = measure_drift(trained, merged, rows())
    assert measured is not None
    return measured


@pytest.mark.parametrize("variant", VARIANTS)
def test_merged_into_what_4_bits_stand_for_drifts_a_twentieth_of_naive_merges(
    base: Path, tmp_path: Path, variant: str
) -> None:
    known, model = as_trained(make_run(tmp_path / "run", base, **VARIANTS[variant]))
    ours = drift(model, merge(known, "dequantised", dtype=torch.bfloat16, device=CPU))
    plain = drift(model, merge(known, "plain", dtype=torch.bfloat16, device=CPU))
    four_bit = load_trained(known, CPU)
    with quietly(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Merge lora module to 4-bit", UserWarning)  # what is measured here
        in_four_bits = drift(model, four_bit.merge_and_unload())
    assert 20 * ours.divergence <= min(plain.divergence, in_four_bits.divergence)
    assert ours.agreement > 0.95
    assert ours.merged_loss == pytest.approx(ours.trained_loss, abs=0.005)


def test_a_model_does_not_drift_from_itself_and_does_from_its_base(qlora: Path, base: Path) -> None:
    _, model = as_trained(qlora)
    itself = drift(model, model)
    assert (itself.divergence, itself.agreement, itself.tokens) == (0.0, 1.0, 120)
    assert drift(model, load_base(str(base), "qlora", torch.bfloat16, CPU)).divergence > 0.01
    assert measure_drift(model, model, []) is None


def test_the_divergence_is_that_of_the_distributions_over_label_tokens(qlora: Path, lora: Path) -> None:
    models = [as_trained(run)[1] for run in (qlora, lora)]
    [row] = rows(1)
    with inference(models[0]), inference(models[1]):
        first, second = (model(input_ids=torch.tensor([row.ids])).logits[0, 19:39].float() for model in models)
    expected = torch.nn.functional.kl_div(
        second.log_softmax(-1), first.log_softmax(-1), log_target=True, reduction="batchmean"
    )
    measured = measure_drift(*models, [row])
    assert measured is not None and measured.tokens == 20
    assert measured.divergence == pytest.approx(float(expected), rel=1e-3)
    loss = torch.nn.functional.cross_entropy(first, torch.tensor(row.ids[20:]))
    assert measured.trained_loss == pytest.approx(float(loss), rel=1e-3)


def test_weights_that_were_laid_out_for_inference_are_no_measure(base: Path, tmp_path: Path) -> None:
    """Why a model that is compared answers with frozen layout: DoRA's norms are computed from the weights."""
    if not torch.cpu._is_avx512_bf16_supported():
        pytest.skip("this CPU's weights are never laid out anew")
    known, model = as_trained(make_run(tmp_path / "run", base, use_dora=True))
    packed = load_trained(known, CPU)
    with inference(packed, frozen_layout=False):
        packed(input_ids=torch.tensor([[5, 6, 7]]))
    assert drift(model, packed).divergence > 1e-3


def test_a_plain_merge_of_lora_is_exact(lora: Path) -> None:
    known, model = as_trained(lora)
    assert default_base(known) == "plain"
    assert drift(model, merge(known, "plain", dtype=torch.float32, device=CPU)).divergence < 1e-9


def test_the_merged_folder_is_loaded_by_transformers_alone_tied_and_in_its_dtype(
    qlora: Path, base: Path, tmp_path: Path
) -> None:
    known = find_trained(qlora)
    merged = merge(known, "dequantised", dtype=base_dtype(str(base)), device=CPU)
    with new_folder(tmp_path / "model") as folder:
        write_model(folder, merged, load_tokenizer(str(base)))
    again = AutoModelForCausalLM.from_pretrained(tmp_path / "model")
    assert not any(is_four_bit(module) for module in again.modules())
    assert again.dtype == torch.bfloat16
    assert again.lm_head.weight is again.model.embed_tokens.weight
    assert drift(merged, again).divergence == 0.0
    assert "quantization_config" not in json.loads((tmp_path / "model" / "config.json").read_text())
    shapes = {name: tensor.shape for name, tensor in load_file(tmp_path / "model" / "model.safetensors").items()}
    assert shapes == {name: tensor.shape for name, tensor in load_file(base / "model.safetensors").items()}
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "model")
    assert tokenizer.chat_template == load_tokenizer(str(base)).chat_template
    assert tokenizer.convert_tokens_to_ids("<|im_end|>") in again.generation_config.eos_token_id


def test_an_adapter_is_exported_byte_by_byte(qlora: Path, base: Path, tmp_path: Path) -> None:
    known = find_trained(qlora)
    with new_folder(tmp_path / "adapter") as folder:
        write_adapter(folder, known, load_tokenizer(str(base)))
    assert (tmp_path / "adapter" / "adapter_model.safetensors").read_bytes() == known.weights.read_bytes()
    alone = find_trained(tmp_path / "adapter", method="qlora", model=str(base))
    assert drift(as_trained(qlora)[1], load_trained(alone, CPU)).divergence == 0.0


def test_a_run_is_known_by_its_best_checkpoint_and_else_by_its_newest(qlora: Path, tmp_path: Path) -> None:
    run = shutil.copytree(qlora, tmp_path / "run")
    best = run / "checkpoints" / "best"
    assert find_trained(run).adapter == best
    assert find_trained(best).run == run
    shutil.copytree(best, run / "checkpoints" / "step-9")
    best.rename(run / "checkpoints" / "step-10")
    (run / "checkpoints" / "step-11").mkdir()
    assert find_trained(run).adapter.name == "step-10"


def _other_base(run: Path, tmp_path: Path) -> None:
    _point_at(run, tiny_model_folder(tmp_path / "other", hidden_size=128))


def _deeper_base(run: Path, tmp_path: Path) -> None:
    _point_at(run, tiny_model_folder(tmp_path / "deeper", num_hidden_layers=3))


def _shallow_base(run: Path, tmp_path: Path) -> None:
    _point_at(run, tiny_model_folder(tmp_path / "shallow", num_hidden_layers=1))


def _no_base(run: Path, tmp_path: Path) -> None:
    _point_at(run, tmp_path / "nowhere")


def _unknown_modules(run: Path, _: Path) -> None:
    path = run / "checkpoints" / "best" / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "target_modules": ["attention_of_another_model"]}))


def _not_finite(run: Path, _: Path) -> None:
    path = run / "checkpoints" / "best" / "adapter_model.safetensors"
    save_file({name: tensor.fill_(torch.nan) for name, tensor in load_file(path).items()}, path)


def _torn(run: Path, _: Path) -> None:
    path = run / "checkpoints" / "best" / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])


def _point_at(run: Path, base: Path) -> None:
    shutil.copytree(run / "checkpoints", run.parent / "kept")
    shutil.rmtree(run)
    write_settings(run, base, "qlora")
    (run.parent / "kept").rename(run / "checkpoints")


MISFITS: dict[str, tuple[Callable[[Path, Path], None], str]] = {
    "a wider base": (_other_base, "does not fit the base"),
    "a deeper base": (_deeper_base, "is missing in the file"),
    "a shallower base": (_shallow_base, "has no place in the base"),
    "no base": (_no_base, "nowhere"),
    "modules that there are not": (_unknown_modules, "attention_of_another_model"),
    "values that are no numbers": (_not_finite, "not finite"),
    "a torn file": (_torn, "does not fit|cannot be read"),
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_what_does_not_fit_is_one_sentence(qlora: Path, tmp_path: Path, misfit: str) -> None:
    spoil, words = MISFITS[misfit]
    run = shutil.copytree(qlora, tmp_path / "run")
    spoil(run, tmp_path)
    with pytest.raises(UsageError, match=words) as caught:
        merge(find_trained(run), "dequantised", dtype=torch.float32, device=CPU)
    assert "\n" not in str(caught.value)


def test_what_is_no_adapter_is_named(qlora: Path, lora: Path, tmp_path: Path) -> None:
    with pytest.raises(NoSuchRun, match="no folder"):
        find_trained(tmp_path / "nowhere")
    with pytest.raises(NoSuchRun, match="no adapter"):
        find_trained(tmp_path)
    alone = shutil.copytree(qlora / "checkpoints" / "best", tmp_path / "alone")
    with pytest.raises(UsageError, match="--method"):
        find_trained(alone)
    with pytest.raises(UsageError, match="--base plain"):
        merge(find_trained(lora), "dequantised", dtype=torch.float32, device=CPU)
    (tmp_path / "full" / "checkpoints" / "best").mkdir(parents=True)
    (tmp_path / "full" / "checkpoints" / "best" / "model.safetensors").touch()
    with pytest.raises(UsageError, match="in full"):
        find_trained(tmp_path / "full")
    (alone.parent / "config.yaml").write_text("task: classify\n")
    with pytest.raises(UsageError, match=r"config\.yaml"):
        find_trained(shutil.copytree(alone, tmp_path / "checkpoints" / "best"))


def test_a_folder_is_there_whole_or_not_at_all_and_never_over_another(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), new_folder(tmp_path / "model") as folder:
        (folder / "half").touch()
        raise RuntimeError
    assert os.listdir(tmp_path) == []
    with new_folder(tmp_path / "model") as folder:
        (folder / "whole").touch()
        assert not (tmp_path / "model").exists()
    with pytest.raises(DirectoryTaken, match="nothing is written over"), new_folder(tmp_path / "model"):
        pass
    assert [path.name for path in tmp_path.rglob("*")] == ["model", "whole"]


def test_a_disk_that_is_full_leaves_nothing(base: Path, mount: Callable[[str], Path]) -> None:
    disk = mount("size=64k")
    model = AutoModelForCausalLM.from_pretrained(base)
    with pytest.raises(KanError, match="nothing is left"), new_folder(disk / "model") as folder:
        write_model(folder, model, load_tokenizer(str(base)))
    assert os.listdir(disk) == []
