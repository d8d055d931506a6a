"""The loop: token-weighted steps over micro-batches, validated, sampled and saved, and resumed bit by bit.

Nothing of a step but what it learns outlives it: order and chance follow from its number.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kan_shared.errors import UsageError
from kan_trainer.config.finetune import FinetuneConfig
from kan_trainer.finetune import adapter
from kan_trainer.finetune.batches import Batches, Batching, MicroBatch, in_order_of_length
from kan_trainer.finetune.chance import seed_for
from kan_trainer.finetune.inference import inference, underlying
from kan_trainer.finetune.loss import CompletionLoss, Measured, keeps_rows_apart
from kan_trainer.finetune.model import dtype_of, learning_parameters
from kan_trainer.finetune.moments import moments_of, put_moments_back
from kan_trainer.finetune.ranks import Order, Ranks
from kan_trainer.finetune.samples import Sampler
from kan_trainer.finetune.sharding import gathered, whole
from kan_trainer.finetune.task import GOALS, Answers
from kan_trainer.finetune.tensorboard import TensorBoard
from kan_trainer.finetune.tokens import TokenRow, checksum
from kan_trainer.recording.orders import Diverged
from kan_trainer.run import Run
from kan_trainer.training.checkpoint import Best, Checkpoint, Checkpoints, Position
from kan_trainer.training.schedule import Cosine
from kan_trainer.training.steps import train_on

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_log = logging.getLogger("kan_trainer")


class FineTuning:
    """Trains `model` on rows of tokens.

    Args:
        model: What learns; parameters that require gradients are moved.
        config: How.
        rows: Those to learn from, and those held out.
        title: What they are, in a few words.
        model_name: What learns, in a few words.
        tokenizer: Of the model.
        sampler: Shows what the model writes.
        ranks: The processes that train together.

    Raises:
        UsageError: Rows are to be packed, and the model would not tell them apart.

    Attributes:
        task: What is learned, in words.
        model_name: What learns, in a few words.
        total_steps: Steps of the whole run; fewer once it was stopped early.
        step: Steps done.
        values: What the last validation measured.
        device: Where it learns.
        best: What the best one did; `None` before the first whose loss is finite.
        unsaved_best: Its weights, until they are written with the next checkpoint.
    """

    checkpoint_with_best = True

    def __init__(
        self,
        model: PreTrainedModel,
        config: FinetuneConfig,
        rows: tuple[Sequence[TokenRow], Sequence[TokenRow]],
        *,
        title: str,
        model_name: str,
        tokenizer: PreTrainedTokenizerBase,
        sampler: Sampler,
        ranks: Ranks,
    ) -> None:
        training, validation = rows
        self.task = Answers(title=title, goals=GOALS)
        self.model_name = model_name
        self.model = model.train()  # transformers loads it for evaluation
        self._config = config
        self._told = config.training
        self._ranks = ranks
        self._sampler = sampler
        self.device = next(model.parameters()).device
        self._in_bfloat16 = dtype_of(config.model, self.device) == torch.bfloat16
        self._data = checksum(training, validation)
        batching = _batching(config, tokenizer.pad_token_id, flat=_is_flat(model))
        self._files = adapter.description(model, config.model.model, tokenizer)
        if (batching.pack_to or batching.flat) and not keeps_rows_apart(model):
            raise UsageError("rows that are packed would see each other in this model: set packing to false.")
        self._batches = Batches(training, batching)
        self._validation = in_order_of_length(validation, batching)
        self._validate_every = self._told.validate_steps or self._batches.per_epoch
        self._sample_every = config.samples.sample_steps or self._validate_every
        self.total_steps = self._told.epochs * self._batches.per_epoch
        self._rates = _rates(config, self.total_steps)
        self._loss = CompletionLoss(model)
        self._shared = ranks.wrap(self._loss)
        self._learning = learning_parameters(model)  # which may be others now
        self._optimizer = torch.optim.AdamW(
            self._learning.values(),
            lr=0.0,
            betas=self._told.betas,
            weight_decay=self._told.weight_decay,
            fused=True,
        )
        self._board: TensorBoard | None = None
        self.step = 0
        self.values: dict[str, float] = {}
        self.best: Best | None = None
        self.unsaved_best: Checkpoint | None = None

    @property
    def size(self) -> int:
        """How many weights the model has."""
        return int(underlying(self.model).num_parameters())

    @property
    def parameters(self) -> int:
        """How many weights are moved."""
        return sum(parameter.numel() for parameter in self._learning.values())

    @property
    def beginning(self) -> str:
        """Where it stands, and in which rows: the same in every process that trains with this one."""
        return f"step {self.step} of rows {self._data:08x}"

    def planned_rate(self, step: int) -> float:
        """The learning rate of `step`, counted from 1."""
        return self._rates.rate(step)

    def resume(self, checkpoint: Checkpoint) -> None:
        """Goes back to where `checkpoint` was written: what follows is bit by bit what followed then.

        Raises:
            UsageError: The rows are other ones now, or the weights.
        """
        if checkpoint.position.data != self._data:
            raise UsageError(f"{self.task.title}: the data has changed since the run began, so it cannot go on.")
        try:
            adapter.put_back(self.model, checkpoint.model)
            put_moments_back(self._optimizer, self._learning, checkpoint.training)
        except (ValueError, RuntimeError) as error:
            raise UsageError(f"the run cannot go on from its checkpoint: {error}.") from error
        self.step, self.best = checkpoint.position.step, checkpoint.position.best
        self._stop_early()

    def train(self, run: Run, checkpoints: Checkpoints) -> None:
        """Trains to the last step, or until a signal comes or a stop is asked for: that ends with a checkpoint, and
        then by its exception.

        Raises:
            Diverged: The validation loss is not finite, and the config says to stop then; or `run` was told to stop on
                what a loss does.
        """
        self._board = TensorBoard(run.directory / "tensorboard", self.step)
        try:
            if self.step in (0, self.total_steps):  # where it begins; or it was killed after its last checkpoint
                self._validate(run)
                self._sample(run)
            train_on(self, run, checkpoints, checkpoint_every=self._told.save_steps)
        finally:
            self._board.close()
            self._ranks.order(Order.END)

    def take_part(self, run: Run) -> None:
        """Does what the first process does, until that ends."""
        while (order := self._ranks.next_order()) != Order.END:
            if order == Order.STEP:
                self._train_step(run)
            elif order == Order.VALIDATE:
                self._measure()
            elif self._ranks.sharded:
                self._help(order, run)

    def advance(self, run: Run) -> None:
        """Does one step and what is due after it."""
        self._ranks.order(Order.STEP)
        self._train_step(run)
        if self.step % self._validate_every == 0 or self.step == self.total_steps:
            self._validate(run)
            self._stop_early()
        if self.step % self._sample_every == 0 or self.step == self.total_steps:
            self._sample(run)

    def checkpoint(self) -> Checkpoint:
        """All that the steps to come depend on."""
        self._ranks.order(Order.GATHER)
        return self._gathered(resumable=True)

    def _help(self, order: Order, run: Run) -> None:
        """What the first process could do alone, if it had all of the model."""
        if order == Order.SAMPLE:
            self._show(run)
        else:
            self._gathered(resumable=order == Order.GATHER)

    def _train_step(self, run: Run) -> None:
        step = self.step + 1
        batches = self._batches.step(step)
        labels = sum(len(batch.targets) for batch in batches)
        for group in self._optimizer.param_groups:
            group["lr"] = self._rates.rate(step)
        loss = self._ranks.total(self._accumulate(step, batches, labels))
        limit = self._told.gradient_clipping or math.inf
        norm = whole(torch.nn.utils.clip_grad_norm_(self._learning.values(), limit))
        self._optimizer.step()
        self._optimizer.zero_grad()
        self.step = step
        values = {"train/loss": loss, "learning_rate": self._rates.rate(step), "gradient_norm": norm}
        self._record(run, values, tokens=sum(batch.tokens for batch in batches))

    def _accumulate(self, step: int, batches: Sequence[MicroBatch], labels: int) -> Tensor:
        """The gradient of the mean loss of all labelled tokens of the step, and this process's part of that loss."""
        loss = torch.zeros((), device=self.device)
        for number, batch, weight in self._dealt(batches):
            seed_for(self._told.seed, step, number)
            last = number + self._ranks.count >= len(batches) + self._ranks.rank
            with nullcontext() if last else self._ranks.apart(self._shared):
                loss += self._backward(batch, weight / labels)
        return loss

    def _dealt(self, batches: Sequence[MicroBatch]) -> Iterator[tuple[int, MicroBatch, float]]:
        """The number of each micro-batch of this process, itself, and how much it counts.

        Every process has as many as the first: where they do not come out even, the last of some counts nothing.
        """
        count = self._ranks.count
        for number in range(self._ranks.rank, math.ceil(len(batches) / count) * count, count):
            yield number, batches[min(number, len(batches) - 1)].to(self.device), float(number < len(batches))

    def _backward(self, batch: MicroBatch, share: float) -> Tensor:
        loss: Tensor = self._summed(batch, self._shared).loss * share
        (loss * self._ranks.count).backward()  # type: ignore[no-untyped-call]  # it is averaged over them
        return loss.detach()

    def _summed(self, batch: MicroBatch, loss: torch.nn.Module) -> Measured:
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._in_bfloat16):
            measured: Measured = loss(batch)
        return measured

    def _measure(self) -> dict[str, float]:
        sums = torch.zeros(3, dtype=torch.float64)
        with inference(self.model):
            for _, batch, weight in self._dealt(self._validation):
                found = self._summed(batch, self._loss)
                sums += weight * torch.tensor([float(found.loss), float(found.correct), len(batch.targets)])
        loss, correct, labels = self._ranks.total(sums).tolist()
        mean = loss / labels
        perplexity = math.exp(min(mean, 700.0)) if math.isfinite(mean) else mean
        return {
            "validation/loss": mean,
            "validation/perplexity": perplexity,
            "validation/accuracy": correct / labels,
        }

    def _validate(self, run: Run) -> None:
        self._ranks.order(Order.VALIDATE)
        self.values = self._measure()
        self._record(run, self.values)
        loss = self.values["validation/loss"]
        _log.info("step %d: %s", self.step, self.task.verdict(self.values))
        if not math.isfinite(loss):
            if self._told.on_divergence == "stop":
                raise Diverged(f"the validation loss is {loss} at step {self.step}")
        elif self.step and (self.best is None or loss < self.best.values["validation/loss"]):
            self.best = Best(step=self.step, values=self.values)
            self._ranks.order(Order.GATHER_MODEL)
            self.unsaved_best = self._gathered(resumable=False)

    def _stop_early(self) -> None:
        """Makes this the last step, if enough validations have not been better than the best."""
        if self._told.early_stopping:
            since = self.step // self._validate_every - (self.best.step if self.best else 0) // self._validate_every
            if since >= self._told.early_stopping and self.step < self.total_steps:
                _log.info("step %d: %d validations without a better one: this is the last step", self.step, since)
                self.total_steps = self.step

    def _sample(self, run: Run) -> None:
        self._ranks.order(Order.SAMPLE)
        self._show(run)

    def _show(self, run: Run) -> None:
        with self._ranks.whole(self._shared):
            self._sampler.show(self.model, run, self.step, self.step // self._sample_every)

    def _record(self, run: Run, values: Mapping[str, Any], tokens: int | None = None) -> None:
        run.log(self.step, values, epoch=self._batches.epoch(max(self.step, 1)), tokens=tokens)
        if self._board is not None:
            self._board.log(self.step, values)

    def _gathered(self, *, resumable: bool) -> Checkpoint:
        first = self._ranks.rank == 0  # to it the others only give their parts
        return Checkpoint(
            position=self._position(),
            model=adapter.learned(self.model, keep=first),
            training=gathered(moments_of(self._optimizer, self._learning), keep=first) if resumable else {},
            model_file=adapter.weights_file(self.model),
            files=self._files,
        )

    def _position(self) -> Position:
        step = max(self.step, 1)
        return Position(
            step=self.step,
            epoch=self._batches.epoch(step),
            step_in_epoch=(step - 1) % self._batches.per_epoch + 1,
            data=self._data,
            best=self.best,
        )


def _batching(config: FinetuneConfig, pad: int, flat: bool) -> Batching:
    data, told = config.data, config.training
    return Batching(
        batch_size=told.batch_size,
        accumulation=told.gradient_accumulation_steps,
        pack_to=data.max_length if data.packing else None,
        bucketing=data.length_bucketing,
        pad=pad,
        flat=flat,
        seed=told.seed,
    )


def _is_flat(model: PreTrainedModel) -> bool:
    return bool(model.config._attn_implementation == "flash_attention_2")


def _rates(config: FinetuneConfig, total_steps: int) -> Cosine:
    told = config.training
    warmup = math.ceil(told.warmup_ratio * total_steps) if told.warmup_ratio else 0
    warmup = min(warmup, total_steps - 1)
    return Cosine(peak=told.learning_rate, total_steps=total_steps, warmup_steps=warmup, final=told.min_lr_ratio)
