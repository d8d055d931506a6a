"""A fine-tuning: exact from seed to adapter, whatever interrupts it, and however its steps are cut."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from kan_shared.errors import UsageError
from kan_trainer.finetune import loop as loop_module
from kan_trainer.finetune.libraries import quietly
from kan_trainer.recording.orders import Diverged
from kan_trainer.training import checkpoint as checkpoint_module
from kan_trainer.training.checkpoint import Checkpoints

from .commands import series
from .small_finetuning import adapter_sha256, rows, settings, tune, tuning
from .small_training import Crash, events_of

SERIES = ("train/loss", "gradient_norm", "learning_rate", "validation/loss", "validation/accuracy")


def assert_same_stream(directory: Path, whole: Path) -> None:
    """Every value of `directory` is that of `whole`, to the last bit, and none is missing."""
    for name in SERIES:
        expected = {step: value for step, value, _ in series(whole, name)}
        records = series(directory, name)
        assert [(step, value) for step, value, _ in records if expected[step] != value] == []
        assert {step for step, _, _ in records} == set(expected)


def losses(directory: Path) -> list[float]:
    return [value for _, value, _ in series(directory, "train/loss")]


METHODS: dict[str, dict[str, Any]] = {
    "lora": {},
    "qlora": {"model": {"method": "qlora"}},
    "full": {"model": {"method": "full"}, "training": {"learning_rate": 0.002}},
    "packed, with noise": {"data": {"packing": True, "max_length": 40}, "training": {"neftune_alpha": 5, "epochs": 4}},
    "dora, checkpointed": {"lora": {"dora": True, "rslora": True}, "model": {"gradient_checkpointing": "on"}},
}


@pytest.mark.parametrize("method", METHODS)
def test_one_seed_is_one_stream_of_losses_and_one_file(model_folder: Path, tmp_path: Path, method: str) -> None:
    """Once through, and once crashed twice: the same bytes."""
    config = settings(model_folder, METHODS[method])
    last = f"step-{tune(config, tmp_path / 'whole').step}"
    for crash_at in (6, 11):
        with pytest.raises(Crash):
            tune(config, tmp_path / "crashed", crash_at)
    tune(config, tmp_path / "crashed")
    assert_same_stream(tmp_path / "crashed", tmp_path / "whole")
    assert adapter_sha256(tmp_path / "crashed", last) == adapter_sha256(tmp_path / "whole", last)
    assert adapter_sha256(tmp_path / "crashed", "best") == adapter_sha256(tmp_path / "whole", "best")
    assert losses(tmp_path / "whole")[-1] < losses(tmp_path / "whole")[0]


def test_another_seed_is_another_stream(model_folder: Path, tmp_path: Path) -> None:
    for seed in (1, 2):
        tune(settings(model_folder, {"training": {"seed": seed}}), tmp_path / str(seed))
    assert losses(tmp_path / "1")[0] != losses(tmp_path / "2")[0]
    assert adapter_sha256(tmp_path / "1") != adapter_sha256(tmp_path / "2")


def test_without_its_random_numbers_a_resumed_run_would_part(
    model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the tests above can fail."""
    tune(settings(model_folder), tmp_path / "whole")
    with pytest.raises(Crash):
        tune(settings(model_folder), tmp_path / "crashed", 6)
    monkeypatch.setattr(loop_module, "seed_for", lambda *_: None)
    tune(settings(model_folder), tmp_path / "crashed")
    whole, again = (
        {step: value for step, value, _ in series(tmp_path / name, "train/loss")} for name in ("whole", "crashed")
    )
    assert next(step for step in whole if whole[step] != again[step]) == 6
    assert adapter_sha256(tmp_path / "whole") != adapter_sha256(tmp_path / "crashed")


@pytest.mark.parametrize("written", range(1, 5))
def test_a_crash_in_the_midst_of_a_save_costs_no_more_than_that_checkpoint(
    model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """Each checkpoint is four files, the process dies after so many of them."""
    tune(settings(model_folder), tmp_path / "whole")
    real, count = checkpoint_module._write_durably, 0

    def dying(path: Path, content: bytes) -> None:
        nonlocal count
        if path.parent.name == ".step-8.new":
            count += 1
            real(path, content[: len(content) // 2] if count == written else content)
            if count == written:
                raise Crash
        else:
            real(path, content)

    monkeypatch.setattr(checkpoint_module, "_write_durably", dying)
    with pytest.raises(Crash):
        tune(settings(model_folder), tmp_path / "crashed")
    monkeypatch.undo()
    # kill -9 does not clear up what an exception does
    (tmp_path / "crashed" / "checkpoints" / ".step-8.new").mkdir()
    (tmp_path / "crashed" / "checkpoints" / ".step-8.new" / "adapter_model.safetensors").write_bytes(b"half")
    tune(settings(model_folder), tmp_path / "crashed")
    assert_same_stream(tmp_path / "crashed", tmp_path / "whole")
    assert adapter_sha256(tmp_path / "crashed") == adapter_sha256(tmp_path / "whole")
    assert sorted(os.listdir(tmp_path / "crashed" / "checkpoints")) == ["best", "step-12", "step-14"]


@pytest.mark.parametrize("harm", ["a file is missing", "a file is cut", "a bit is wrong", "the manifest is half"])
def test_a_damaged_checkpoint_is_passed_over(
    model_folder: Path, tmp_path: Path, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    tune(settings(model_folder), tmp_path / "whole")
    with pytest.raises(Crash):
        tune(settings(model_folder), tmp_path / "crashed", 9)
    damaged = tmp_path / "crashed" / "checkpoints" / "step-8"
    file = damaged / "training.safetensors"
    match harm:
        case "a file is missing":
            file.unlink()
        case "a file is cut":
            file.write_bytes(file.read_bytes()[:-5])
        case "a bit is wrong":
            content = bytearray(file.read_bytes())
            content[-1] ^= 1
            file.write_bytes(content)
        case _:
            manifest = damaged / "checkpoint.json"
            manifest.write_bytes(manifest.read_bytes()[:40])
    tune(settings(model_folder), tmp_path / "crashed")
    assert "step-8 cannot be used, so the one before it is" in caplog.text
    assert_same_stream(tmp_path / "crashed", tmp_path / "whole")
    assert adapter_sha256(tmp_path / "crashed") == adapter_sha256(tmp_path / "whole")


@pytest.mark.parametrize("method", ["lora", "qlora"])
def test_small_batches_added_up_are_one_big_batch(model_folder: Path, tmp_path: Path, method: str) -> None:
    """Rows of unlike lengths: a mean of the means of the micro-batches would be another number."""
    common = {"dropout": 0.0}, {"method": method, "precision": "float32"}, {"length_bucketing": False}
    cuts = {"one": (8, 1), "two": (4, 2), "eight": (1, 8)}
    for name, (size, steps) in cuts.items():
        lora, model, data = common
        training = {"batch_size": size, "gradient_accumulation_steps": steps}
        config = settings(model_folder, {"lora": lora, "model": model, "data": data, "training": training})
        tune(config, tmp_path / name)
    for name in ("two", "eight"):
        # the order of rows depends on their seed alone, so all see the same rows in a step
        assert losses(tmp_path / name) == pytest.approx(losses(tmp_path / "one"), abs=2e-6)
        norms = [[value for _, value, _ in series(tmp_path / case, "gradient_norm")] for case in (name, "one")]
        assert norms[0] == pytest.approx(norms[1], rel=1e-4)


def test_an_adapter_is_what_peft_loads(model_folder: Path, tmp_path: Path) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    loop = tune(settings(model_folder), tmp_path)
    folder = tmp_path / "checkpoints" / "step-14"
    told = json.loads((folder / "adapter_config.json").read_text())
    assert told["base_model_name_or_path"] == str(model_folder)
    assert told["target_modules"] == sorted(told["target_modules"]) and len(told["target_modules"]) == 7
    base = AutoModelForCausalLM.from_pretrained(model_folder)
    with quietly():
        model = PeftModel.from_pretrained(base, str(folder)).eval()
    ids = torch.tensor([rows(1, 0)[0].ids])
    with torch.no_grad():
        torch.testing.assert_close(model(input_ids=ids).logits, loop.model.eval()(input_ids=ids).logits)


def test_a_model_trained_in_full_is_what_transformers_loads(model_folder: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    loop = tune(settings(model_folder, {"model": {"method": "full"}}), tmp_path)
    best = AutoModelForCausalLM.from_pretrained(tmp_path / "checkpoints" / "step-14")
    ids = torch.tensor([rows(1, 0)[0].ids])
    with torch.no_grad():
        assert torch.equal(best(input_ids=ids).logits, loop.model.eval()(input_ids=ids).logits)
    assert AutoTokenizer.from_pretrained(tmp_path / "checkpoints" / "best").eos_token == "<|im_end|>"


def test_it_is_validated_before_it_learns_and_shows_what_it_writes(model_folder: Path, tmp_path: Path) -> None:
    loop = tune(settings(model_folder), tmp_path)
    assert [step for step, _, _ in series(tmp_path, "validation/loss")] == [0, 5, 10, 14]
    samples = [json.loads(line) for line in (tmp_path / "samples.jsonl").read_text().splitlines()]
    assert [sample["step"] for sample in samples] == [0, 5, 10, 14]
    assert all(sample["target"] for sample in samples)
    assert len({sample["target"] for sample in samples}) > 1  # each turn another row
    assert loop.best is not None and loop.values["validation/loss"] >= loop.best.values["validation/loss"]


def test_neither_validations_nor_samples_change_what_is_learned(model_folder: Path, tmp_path: Path) -> None:
    tune(settings(model_folder), tmp_path / "often")
    seldom = {"training": {"validate_steps": 14}, "samples": {"sample_count": 0}}
    tune(settings(model_folder, seldom), tmp_path / "seldom")
    assert adapter_sha256(tmp_path / "often") == adapter_sha256(tmp_path / "seldom")


def test_tensorboard_has_the_same_figures(model_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Crash):
        tune(settings(model_folder), tmp_path, 6)
    tune(settings(model_folder), tmp_path)
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    board = EventAccumulator(str(tmp_path / "tensorboard"))
    board.Reload()
    found = {event.step: event.value for event in board.Scalars("train/loss")}
    expected = {step: value for step, value, _ in series(tmp_path, "train/loss")}
    assert found == pytest.approx(expected, rel=1e-6)


def test_enough_validations_without_a_better_one_end_the_run(model_folder: Path, tmp_path: Path) -> None:
    early = {"training": {"learning_rate": 3.0, "validate_steps": 2, "early_stopping": 2, "epochs": 4, "save_steps": 3}}
    config = settings(model_folder, early)
    whole = tune(config, tmp_path / "whole")
    assert whole.best is not None and whole.step == whole.best.step + 4 < 28
    with pytest.raises(Crash):
        tune(config, tmp_path / "crashed", whole.step - 1)
    again = tune(config, tmp_path / "crashed")
    assert (again.step, again.best) == (whole.step, whole.best)
    assert adapter_sha256(tmp_path / "crashed", f"step-{whole.step}") == adapter_sha256(
        tmp_path / "whole", f"step-{whole.step}"
    )


def test_other_rows_or_another_adapter_cannot_be_gone_on_with(model_folder: Path, tmp_path: Path) -> None:
    tune(settings(model_folder), tmp_path)
    latest = Checkpoints(tmp_path / "checkpoints").latest()
    assert latest is not None
    with pytest.raises(UsageError, match="the data has changed since the run began"):
        tuning(settings(model_folder), data=1).resume(latest)
    with pytest.raises(UsageError, match="cannot go on from its checkpoint"):
        tuning(settings(model_folder, {"lora": {"rank": 8}})).resume(latest)


def test_a_loss_that_is_no_number_ends_the_run_where_it_should(model_folder: Path, tmp_path: Path) -> None:
    config = settings(
        model_folder, {"training": {"learning_rate": 1e30, "on_divergence": "stop", "gradient_clipping": 0}}
    )
    with pytest.raises(Diverged, match=r"the validation loss is \w+ at step 5"):
        tune(config, tmp_path)


def test_a_disk_without_room_costs_checkpoints_and_the_last_one_the_run(
    model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = checkpoint_module._write_durably

    def full(path: Path, content: bytes) -> None:
        if path.parent.name in (".step-8.new", ".step-14.new"):
            raise OSError(28, "No space left on device")
        real(path, content)

    monkeypatch.setattr(checkpoint_module, "_write_durably", full)
    complaint = "the checkpoint of the last step, 14, cannot be written (No space left on device): make room"
    with pytest.raises(Exception, match=re.escape(complaint)) as error:
        tune(settings(model_folder), tmp_path / "full")
    assert getattr(error.value, "exit_code", None) == 1
    assert [step for step, _ in events_of(tmp_path / "full", "error")][:2] == [8, 14]
    latest = Checkpoints(tmp_path / "full" / "checkpoints").latest()
    assert latest is not None and latest.position.step == 12
    monkeypatch.undo()
    tune(settings(model_folder), tmp_path / "full")
    tune(settings(model_folder), tmp_path / "whole")
    assert adapter_sha256(tmp_path / "full") == adapter_sha256(tmp_path / "whole")


def test_only_the_asked_for_learns(model_folder: Path) -> None:
    loop = tuning(settings(model_folder))
    moved = {name for name, parameter in loop.model.named_parameters() if parameter.requires_grad}
    assert all("lora_" in name for name in moved) and len(moved) == 2 * 7 * 2
    full = tuning(settings(model_folder, {"model": {"method": "full"}}))
    assert full.parameters == sum(parameter.numel() for parameter in full.model.parameters())
    learned = safetensors.torch.load_file(model_folder / "model.safetensors")
    assert full.parameters == sum(tensor.numel() for tensor in learned.values())
