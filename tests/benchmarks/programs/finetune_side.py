"""One side of `bench_finetune`, in a process of its own: fine-tunes on the rows of a file, and prints what it took.

`finetune_side.py SIDE MODEL ROWS ORDER DEVICE`: SIDE is a key of `SIDES`, ORDER is `random`, or `alike` where rows of
like length go together. All do the same: rank-16 adapters on seven projections from one seed, without dropout, AdamW at
a constant rate, the norm of the gradient held to 1, four rows a step in one order, every loss recorded, nothing
validated or saved in between.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

os.environ["HF_HUB_OFFLINE"] = "1"  # read when the library of the hub is imported

import torch

from kan_trainer.command.settings import changed
from kan_trainer.config import FinetuneConfig
from kan_trainer.finetune.batches import Batches, Batching
from kan_trainer.finetune.tokens import TokenRow
from kan_trainer.run import Run

BATCH: Final = 4
RATE: Final = 2e-4
SEED: Final = 42
#: Steps before the clock starts: what is allocated and chosen once.
WARM: Final = 1


class Steps:
    """What each step of a side told."""

    def __init__(self, device: str) -> None:
        self._cuda = device == "cuda"
        self._ends: list[tuple[float, float]] = []
        self.losses: list[float] = []
        self.tokens: list[int] = []

    def end(self) -> None:
        """A step is over."""
        if self._cuda:
            torch.cuda.synchronize()
        self._ends.append((time.process_time(), time.perf_counter()))

    def seconds(self) -> tuple[float, float]:
        """Of the processor, and on the wall, since the warm steps."""
        (cpu, wall), (cpu_end, wall_end) = self._ends[WARM - 1], self._ends[-1]
        return cpu_end - cpu, wall_end - wall


def ours(model: Path, rows: list[TokenRow], steps: Steps, place: Path, device: str, alike: bool) -> None:
    """`FineTuning`, as `kan-train finetune` runs it."""
    from kan_trainer.finetune.loop import FineTuning
    from kan_trainer.finetune.model import build_model
    from kan_trainer.finetune.ranks import Ranks
    from kan_trainer.finetune.samples import Sampler
    from kan_trainer.finetune.tokenizer import load_tokenizer
    from kan_trainer.training.checkpoint import Checkpoints

    class Timed(Run):
        def log(self, step: int, values: Mapping[str, Any], **more: Any) -> None:
            super().log(step, values, **more)
            if "train/loss" in values:
                steps.end()
                steps.losses.append(values["train/loss"])
                steps.tokens.append(more["tokens"])

    config = changed(FinetuneConfig(), _settings(model, device, alike))
    assert isinstance(config, FinetuneConfig)
    tokenizer = load_tokenizer(str(model))
    loop = FineTuning(
        build_model(config, torch.device(device)),
        config,
        (rows, [TokenRow(rows[0].ids[:16], rows[0].ids[:16])]),
        title="made-up rows",
        model_name="random weights",
        tokenizer=tokenizer,
        sampler=Sampler([], tokenizer, count=0, max_new_tokens=1),
        ranks=Ranks(torch.device(device)),
    )
    checkpoints = Checkpoints(place / "checkpoints")
    with Timed(place, total_steps=loop.total_steps, resume=True) as run:
        checkpoints.prepare(loop.step)
        loop.train(run, checkpoints)
    steps.losses = [float(loss) for loss in steps.losses]


def trainer(model: Path, rows: list[TokenRow], steps: Steps, place: Path, device: str, alike: bool) -> None:
    """The Trainer of transformers."""
    from transformers import DataCollatorForSeq2Seq, Trainer, TrainingArguments

    tokenizer = _tokenizer(model)
    Trainer(
        model=_adapted(model, device),
        args=TrainingArguments(str(place), **_arguments(device)),
        train_dataset=_dataset(_in_our_order(rows, alike)),
        data_collator=_counting(DataCollatorForSeq2Seq(tokenizer, padding=True), steps),
        callbacks=[_callback(steps)],
    ).train()


def trl(model: Path, rows: list[TokenRow], steps: Steps, place: Path, device: str, alike: bool) -> None:
    """The SFTTrainer of TRL; without `gradient_checkpointing=False` it would do more."""
    from trl import SFTConfig, SFTTrainer
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

    tokenizer = _tokenizer(model)
    SFTTrainer(
        model=_adapted(model, device),
        args=SFTConfig(
            str(place), max_length=None, dataset_kwargs={"skip_prepare_dataset": True}, **_arguments(device)
        ),
        train_dataset=_dataset(_in_our_order(rows, alike)),
        processing_class=tokenizer,
        data_collator=_counting(DataCollatorForLanguageModeling(tokenizer.pad_token_id), steps),
        callbacks=[_callback(steps)],
    ).train()


Side = Callable[[Path, list[TokenRow], Steps, Path, str, bool], None]
SIDES: Final[dict[str, Side]] = {"ours": ours, "Trainer": trainer, "TRL": trl}


def _settings(model: Path, device: str, alike: bool) -> dict[str, dict[str, Any]]:
    return {
        "model": {"model": str(model), "method": "lora", "gradient_checkpointing": "off"},
        "lora": {"dropout": 0.0},
        "data": {"length_bucketing": alike},
        "training": {
            "epochs": 1,
            "batch_size": BATCH,
            "gradient_accumulation_steps": 1,
            "learning_rate": RATE,
            "warmup_ratio": 0.0,
            "min_lr_ratio": 1.0,
            "seed": SEED,
            "device": device,
        },
    }


def _arguments(device: str) -> dict[str, Any]:
    return {
        "num_train_epochs": 1,
        "per_device_train_batch_size": BATCH,
        "learning_rate": RATE,
        "weight_decay": 0.01,
        "lr_scheduler_type": "constant",
        "optim": "adamw_torch_fused",
        "gradient_checkpointing": False,
        "train_sampling_strategy": "sequential",
        "bf16": device == "cuda",
        "use_cpu": device == "cpu",
        "logging_steps": 1,
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "seed": SEED,
    }


def _adapted(model: Path, device: str) -> Any:
    """The model with the same adapters as ours."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    told = FinetuneConfig().lora
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    base = AutoModelForCausalLM.from_pretrained(model, dtype=dtype, device_map={"": device})
    torch.manual_seed(SEED)
    lora = LoraConfig(
        r=told.rank, lora_alpha=told.alpha, target_modules=list(told.target_modules), task_type="CAUSAL_LM"
    )
    return get_peft_model(base, lora)


def _tokenizer(model: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(model)


def _dataset(rows: list[TokenRow]) -> Any:
    from datasets import Dataset

    return Dataset.from_list([{"input_ids": row.ids, "labels": row.labels} for row in rows])


def _counting(collate: Callable[[list[dict[str, Any]]], Any], steps: Steps) -> Callable[[list[dict[str, Any]]], Any]:
    def counted(examples: list[dict[str, Any]]) -> Any:
        steps.tokens.append(sum(len(example["input_ids"]) for example in examples))
        return collate(examples)

    return counted


def _callback(steps: Steps) -> Any:
    from transformers import TrainerCallback

    class Told(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            steps.end()

        def on_log(self, *_: Any, logs: Mapping[str, float], **__: Any) -> None:
            if "loss" in logs:
                steps.losses.append(logs["loss"])

    return Told()


def _in_our_order(rows: list[TokenRow], alike: bool) -> list[TokenRow]:
    """`rows` in the order that ours takes them in; none begins like another."""
    by_start = {tuple(row.ids[:8]): row for row in rows}
    batches = Batches(rows, Batching(batch_size=BATCH, bucketing=alike, pad=0, seed=SEED))
    chosen = [batches.step(step + 1)[0].input_ids.tolist() for step in range(batches.per_epoch)]
    return [by_start[tuple(ids[:8])] for batch in chosen for ids in batch]


@contextmanager
def _utilisation(device: str) -> Iterator[list[int]]:
    """Inside the block the share of time in which the GPU was busy is noted, ten times a second."""
    found: list[int] = []
    if device != "cuda":
        yield found
        return
    import pynvml

    pynvml.nvmlInit()
    card, over = pynvml.nvmlDeviceGetHandleByIndex(torch.cuda.current_device()), Event()

    def look() -> None:
        while not over.wait(0.1):
            found.append(pynvml.nvmlDeviceGetUtilizationRates(card).gpu)

    thread = Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def _peak_bytes(device: str) -> int:
    """The most that this process ever had, on the GPU where it trained there."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024


def main(side: str, model: str, file: str, order: str, device: str) -> None:
    """Prints the figures of one side as JSON."""
    torch.set_num_threads(1)
    rows = [TokenRow(*row) for row in json.loads(Path(file).read_text())]
    steps = Steps(device)
    with tempfile.TemporaryDirectory() as place, _utilisation(device) as busy:
        SIDES[side](Path(model), rows, steps, Path(place), device, order == "alike")
    cpu, wall = steps.seconds()
    told = {
        "tokens": sum(steps.tokens[WARM:]),
        "cpu_seconds": cpu,
        "wall_seconds": wall,
        "peak_bytes": _peak_bytes(device),
        "losses": steps.losses,
        "busy": busy,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
