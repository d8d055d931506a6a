"""`kan-train merge`: one model of a base and its adapter, or the adapter alone, in a folder that others load."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from kan_shared.errors import EXIT_COMPLETE, KanError, UsageError
from kan_trainer.command.speech import say
from kan_trainer.finetune.attaching import load_trained
from kan_trainer.finetune.drift import Drift, measure_drift
from kan_trainer.finetune.exporting import new_folder, require_free, write_adapter, write_card, write_model
from kan_trainer.finetune.merging import DTYPES, BaseKind, base_dtype, default_base, merge
from kan_trainer.finetune.model_card import Export, model_card
from kan_trainer.finetune.preparing import corpus_of
from kan_trainer.finetune.tokenizer import load_tokenizer
from kan_trainer.finetune.tokens import TokenRow, tokenize
from kan_trainer.finetune.trained import Trained, find_trained
from kan_trainer.training.device import pick_device

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds what `run` asks for."""
    parser.add_argument("run", type=Path, help="a run, a checkpoint of one, or a folder with an adapter")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="a folder that is not there yet")
    parser.add_argument(
        "--base", choices=("dequantised", "plain"), help="merge into what 4-bit weights stand for, or as published"
    )
    parser.add_argument("--dtype", choices=tuple(DTYPES), help="of the merged weights (that of the base)")
    parser.add_argument("--adapter-only", action="store_true", help="write the adapter as it is, and merge nothing")
    parser.add_argument("--no-drift", action="store_true", help="do not compare with the model as it was trained")
    parser.add_argument("--drift-rows", type=int, default=100, metavar="N", help="validation rows to compare on (100)")
    parser.add_argument("--model", metavar="FOLDER|NAME", help="the base, where it lies elsewhere now")
    parser.add_argument("--method", choices=("qlora", "lora"), help="how the base was held, where no config.yaml says")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to merge (auto)")


def run(arguments: argparse.Namespace) -> int:
    """Writes the folder, and says what the merge has changed; the exit code."""
    require_free(arguments.output)
    trained = find_trained(arguments.run, model=arguments.model, method=arguments.method)
    tokenizer = load_tokenizer(trained.model.model, trained.model.pad_token)
    if arguments.adapter_only:
        with new_folder(arguments.output) as folder:
            write_adapter(folder, trained, tokenizer)
            write_card(folder, model_card(Export(trained=trained, drifts={})))
    else:
        _merge(trained, tokenizer, arguments)
    say(sys.stdout, f"{'The adapter' if arguments.adapter_only else 'The merged model'} is in {arguments.output}.\n")
    return EXIT_COMPLETE


def _merge(trained: Trained, tokenizer: PreTrainedTokenizerBase, arguments: argparse.Namespace) -> None:
    base: BaseKind = arguments.base or default_base(trained)
    dtype = DTYPES[arguments.dtype] if arguments.dtype else base_dtype(trained.model.model)
    device = pick_device(arguments.device)
    rows = [] if arguments.no_drift else _rows(trained, tokenizer, arguments.drift_rows)
    compared = _Compared(trained, rows, dtype, device)
    if trained.model.method == "qlora":
        compared.look_at("plain" if base == "dequantised" else "dequantised")
    merged = compared.look_at(base)
    name = str(dtype).removeprefix("torch.")
    with new_folder(arguments.output) as folder:
        write_model(folder, merged, tokenizer)
        write_card(folder, model_card(Export(trained=trained, base=base, dtype=name, drifts=compared.drifts)))
    for kind, drift in compared.drifts.items():
        say(sys.stdout, _sentence(kind, drift))


class _Compared:
    """The adapter merged into one base after the other, each compared with the model as it was trained."""

    def __init__(self, trained: Trained, rows: list[TokenRow], dtype: torch.dtype, device: torch.device) -> None:
        self.drifts: dict[BaseKind, Drift] = {}
        self._trained, self._rows, self._dtype, self._device = trained, rows, dtype, device
        self._reference = load_trained(trained, device) if rows else None

    def look_at(self, base: BaseKind) -> Any:
        """The model merged into `base`."""
        merged = merge(self._trained, base, dtype=self._dtype, device=self._device)
        if self._reference is not None and (drift := measure_drift(self._reference, merged, self._rows)):
            self.drifts[base] = drift
        return merged


def _rows(trained: Trained, tokenizer: PreTrainedTokenizerBase, count: int) -> list[TokenRow]:
    """The first validation rows of the run, as it saw them; none where no run is known."""
    if trained.settings is None:
        say(
            sys.stderr, "The drift is not measured: without the run's config.yaml there are no rows to measure it on.\n"
        )
        return []
    data = trained.settings.data
    try:
        rows = corpus_of(trained.settings).validation[: max(0, count)]
        return tokenize(rows, tokenizer, max_length=data.max_length, too_long=data.too_long).rows
    except KanError as error:
        raise UsageError(f"{str(error).rstrip('.')}; --no-drift merges without the run's rows.") from error


def _sentence(base: BaseKind, drift: Drift) -> str:
    return (
        f"Merged into the {base} base: divergence {drift.divergence:.2e} nats a token, "
        f"the same likeliest token {drift.agreement:.2%}, loss {drift.trained_loss:.4f} → {drift.merged_loss:.4f}"
        f" ({drift.tokens} tokens).\n"
    )
