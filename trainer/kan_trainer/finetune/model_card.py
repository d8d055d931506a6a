"""The README of what leaves the project: what it was made of, what was measured, and plainly what was not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from kan_shared.errors import KanError
from kan_shared.experiment import Experiment
from kan_shared.reading import open_regular
from kan_shared.text import safe_line
from kan_trainer.finetune.corpus.hub import is_hub_name
from kan_trainer.finetune.drift import Drift, perplexity
from kan_trainer.finetune.merging import BaseKind
from kan_trainer.finetune.model import model_title
from kan_trainer.finetune.trained import Trained
from kan_trainer.reproducibility.hashes import file_sha256
from kan_trainer.reproducibility.lock import Lock, read_lock

_MAX_METRICS_BYTES: Final = 2**20
_BASES: Final = {"dequantised": "what its 4-bit weights stand for", "plain": "its weights as they were published"}
_METHODS: Final = {
    "qlora": "QLoRA: adapters over a base in 4-bit NF4 with double quantisation",
    "lora": "LoRA: adapters over an unquantised base",
}


@dataclass(frozen=True, kw_only=True)
class Export:
    """What is written.

    Attributes:
        trained: The adapter and its run.
        base: What it was merged into; `None` where the adapter alone is written.
        dtype: What the merged weights are stored in.
        drifts: What was measured of merging into either base.
    """

    trained: Trained
    base: BaseKind | None = None
    dtype: str | None = None
    drifts: Mapping[BaseKind, Drift]


def model_card(export: Export) -> str:
    """The card, as Markdown below the YAML that the hub wants."""
    known = _Known(export)
    sections = {
        "What it is": _what(known),
        "How it was made": _table(known.origin()),
        "What was measured": _table(known.measured()),
        "What was not measured": [f"- {line}" for line in known.unmeasured()],
    }
    name = _said(model_title(export.trained.model.model))
    lines = [f"# {name}, fine-tuned to write Rust tests", ""]
    for title, content in sections.items():
        lines += [f"## {title}", "", *(content or ["Nothing."]), ""]
    return f"---\n{yaml.safe_dump(known.front_matter(), sort_keys=False, allow_unicode=True)}---\n\n" + "\n".join(lines)


class _Known:
    """What the run, its lock and its metrics say, where they are there."""

    def __init__(self, export: Export) -> None:
        self.export, self.trained = export, export.trained
        run = export.trained.run
        self.lock = None if run is None else _lock(run)
        self.metrics = {} if run is None else _metrics(run)

    def front_matter(self) -> dict[str, Any]:
        model, settings = self.trained.model, self.trained.settings
        matter: dict[str, Any] = {"base_model": model.model} if _is_on_hub(model.model) else {}
        if self.export.base is None and matter:
            matter["base_model_relation"] = "adapter"
        matter["library_name"] = "peft" if self.export.base is None else "transformers"
        matter["pipeline_tag"] = "text-generation"
        if settings and _is_on_hub(settings.data.dataset):
            matter["datasets"] = [settings.data.dataset]
        return matter | {"tags": ["rust", "test-generation", model.method, "kan-monitor"]}

    def origin(self) -> Iterator[tuple[str, object]]:
        """Of what, by what method, of which data; with checksums."""
        held, settings, lock = self.trained.model, self.trained.settings, self.lock
        yield "base model", held.model if _is_on_hub(held.model) else f"{model_title(held.model)}, from a local folder"
        yield "base model, SHA-256", lock and lock.checksum.model
        yield "method", _METHODS[held.method]
        if settings:
            lora = settings.lora
            extras = "".join(f", {name}" for name, on in (("rsLoRA", lora.rslora), ("DoRA", lora.dora)) if on)
            yield "adapters", f"rank {lora.rank}, alpha {lora.alpha:g}, on {', '.join(lora.target_modules)}{extras}"
            yield (
                "data",
                settings.data.dataset if _is_named(settings.data.dataset) else Path(settings.data.dataset).name,
            )
        yield "data, SHA-256", lock and lock.checksum.dataset
        yield "adapter, SHA-256", file_sha256(self.trained.weights)
        yield "checkpoint", self.trained.run and self.trained.adapter.name
        yield "seed", lock.seed if lock else settings and settings.training.seed
        yield "steps", self.metrics.get("step")
        if lock:
            hardware = lock.hardware
            yield "hardware", f"{hardware.gpu or hardware.cpu or hardware.device}, {hardware.threads} CPU threads"
            versions = {"Python": lock.python_version, "PyTorch": lock.torch_version, **lock.dependencies}
            named = ("Python", "PyTorch", "transformers", "peft", "bitsandbytes", "tokenizers")
            yield "versions", ", ".join(f"{name} {versions[name]}" for name in named if name in versions)

    def measured(self) -> Iterator[tuple[str, object]]:
        """Figures, each with what it is of."""
        for title, series in (
            ("validation loss, nats per label token", "validation/loss"),
            ("validation perplexity", "validation/perplexity"),
            ("label tokens found likeliest in validation", "validation/accuracy"),
        ):
            metric = self._metric(series)
            if metric:
                yield f"{title}: best, last", f"{_figure(metric.get('best'))}, {_figure(metric.get('value'))}"
        for base, drift in self.export.drifts.items():
            mark = " (this model)" if base == self.export.base else ""
            yield (
                f"merged into {_BASES[base]}{mark}, against the model as trained, over {drift.tokens} label tokens",
                f"divergence {drift.divergence:.2e} nats, same likeliest token {drift.agreement:.2%}, "
                f"perplexity {perplexity(drift.trained_loss):.4g} → {perplexity(drift.merged_loss):.4g}",
            )

    def unmeasured(self) -> Iterator[str]:
        """What nobody should take for granted."""
        yield "Whether the tests that it writes compile, pass, and find faults."
        yield "What it does with other languages, other tasks and other prompts than the one it was trained with."
        if not self._metric("validation/loss"):
            yield "Its loss on rows that it was not trained on."
        if self.export.base is not None and self.export.base not in self.export.drifts:
            yield "How far merging took it from the model that was trained."
        if self.lock is None:
            yield "What it was trained with: there is no reproducibility.lock."

    def _metric(self, series: str) -> Mapping[str, Any] | None:
        metrics = self.metrics.get("metrics")
        metric = metrics.get(series) if isinstance(metrics, dict) else None
        return metric if isinstance(metric, dict) else None


def _what(known: _Known) -> list[str]:
    export = known.export
    if export.base is None:
        return ["An adapter in peft's format, byte by byte as it was trained. It needs its base model."]
    return [
        f"A whole model of {export.dtype} weights: the adapter merged into its base, into {_BASES[export.base]}.",
        "It answers in ChatML, by the template that its tokenizer has, and ends with `<|im_end|>`.",
    ]


def _table(rows: Iterator[tuple[str, object]]) -> list[str]:
    lines = [f"| {name} | {_said(value)} |" for name, value in rows if value not in (None, "")]
    return ["| | |", "|---|---|", *lines] if lines else []


def _said(value: object) -> str:
    """Text of a run in a cell: on one line, and no table, HTML or link of its own."""
    text = safe_line(str(value), 400)
    return "".join(f"\\{character}" if character in "\\|<>[]`*_" else character for character in text)


def _figure(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else "—"


def _is_on_hub(name: str) -> bool:
    return is_hub_name(name) and not Path(name).exists()


def _is_named(dataset: str) -> bool:
    """Whether it is known by that name elsewhere, too."""
    return _is_on_hub(dataset) or not ("/" in dataset or Path(dataset).exists())


def _lock(run: Path) -> Lock | None:
    try:
        return read_lock(run / "reproducibility.lock")
    except KanError:
        return None


def _metrics(run: Path) -> dict[str, Any]:
    try:
        with open_regular(Experiment(run).metrics) as file:
            content = json.loads(file.read(_MAX_METRICS_BYTES) or b"")
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
