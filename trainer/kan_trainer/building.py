"""From a plan to a training that can begin, at the step where it is to begin. Nothing is written yet."""

from __future__ import annotations

import torch

from kan_shared.experiment import Experiment
from kan_trainer.command.plan import Plan
from kan_trainer.config import Dqn2048Config, FinetuneConfig, PretrainConfig, TaskConfig, TrainConfig
from kan_trainer.config.steps import TrainingConfig
from kan_trainer.dqn2048.learner import new_network
from kan_trainer.dqn2048.loop import Dqn2048
from kan_trainer.finetune.loop import FineTuning
from kan_trainer.finetune.preparing import prepare
from kan_trainer.finetune.ranks import Ranks
from kan_trainer.kan.network import KAN
from kan_trainer.tasks import build_task
from kan_trainer.tasks.task import Task
from kan_trainer.training.checkpoint import Checkpoints
from kan_trainer.training.device import make_deterministic, pick_device
from kan_trainer.training.loop import Loop

AnyLoop = Loop | Dqn2048 | FineTuning


def build(plan: Plan, ranks: Ranks, rank: int = 0) -> AnyLoop:
    """The loop that `plan` asks for, its data read.

    Args:
        plan: What to train.
        ranks: The processes that torchrun started.
        rank: Which of the processes this is that `--processes` asks for.

    Raises:
        KanError: It could not be trained, or not gone on with.
    """
    training = plan.config.training
    # Sums depend on how many threads share them, and a resumed run's shall be the same; it also keeps two trainings
    # on one machine from waiting for each other at every operation.
    torch.set_num_threads(training.threads)
    torch.manual_seed(training.seed)
    make_deterministic(ranks.device)
    loop = _loop(plan.config, ranks, rank)
    if plan.resume and plan.output is not None and not rank:
        checkpoint = Checkpoints(Experiment(plan.output).checkpoints).latest()
        if checkpoint is not None:
            loop.resume(checkpoint)
    return loop


def build_network(config: TaskConfig, task: Task) -> KAN:
    """A new network between the inputs and the outputs of `task`, drawn from torch's random numbers.

    Raises:
        UsageError: It would be too large.
    """
    return KAN.from_config(config.network.between(task.training.inputs.shape[1], task.outputs))


def processes_of(config: TrainConfig) -> int:
    """How many processes `--processes` asks for."""
    return config.training.processes if isinstance(config.training, TrainingConfig) else 1


def _loop(config: TrainConfig, ranks: Ranks, rank: int) -> AnyLoop:
    if isinstance(config, FinetuneConfig):
        return prepare(config, ranks)
    if isinstance(config, PretrainConfig):
        from kan_trainer.finetune.pretraining.training import pretraining  # which imports transformers

        return pretraining(config, ranks)
    device = pick_device(config.training.device, rank, processes_of(config))
    if isinstance(config, Dqn2048Config):
        return Dqn2048(new_network(config.network).to(device), config, device)
    task = build_task(config)
    return Loop(task, build_network(config, task).to(device), config.training, device)
