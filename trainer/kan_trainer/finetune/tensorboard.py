"""TensorBoard's files beside the state, for whoever has that open already."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from kan_trainer.finetune.libraries import library

_log = logging.getLogger("kan_trainer")


class TensorBoard:
    """Writes series into `directory`, going on from `step`; whatever goes wrong with it does not end a training."""

    def __init__(self, directory: Path, step: int) -> None:
        # Steps that a resumed run does again are taken back.
        writer = library("torch.utils.tensorboard").SummaryWriter
        self._writer = writer(str(directory), purge_step=step + 1 if step else None)
        self._waiting: tuple[int, dict[str, float | Tensor]] | None = None

    def log(self, step: int, values: Mapping[str, float | Tensor]) -> None:
        """Notes `values`; those of tensors are read at the next call, so that no device is waited for."""
        self._write_waiting()
        self._waiting = step, dict(values)

    def close(self) -> None:
        """Writes what is left."""
        self._write_waiting()
        self._do("close")

    def _write_waiting(self) -> None:
        if self._waiting is not None:
            step, values = self._waiting
            for name, value in values.items():
                self._do("add_scalar", name, float(value), step)
            self._waiting = None

    def _do(self, what: str, *arguments: Any) -> None:
        if self._writer is None:
            return
        try:
            getattr(self._writer, what)(*arguments)
        except Exception as error:  # its own thread's among them: a full disk, most likely
            _log.warning("TensorBoard's files end here: %s", error)
            self._writer = None
