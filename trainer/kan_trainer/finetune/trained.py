"""What a fine-tuning left behind: an adapter, and what has to be known to use it as it was trained."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from kan_shared.errors import NoSuchRun, UsageError
from kan_shared.experiment import Experiment
from kan_shared.reading import open_regular
from kan_trainer.config.finetune import FinetuneConfig, Method, ModelConfig

ADAPTER_WEIGHTS: Final = "adapter_model.safetensors"
ADAPTER_CONFIG: Final = "adapter_config.json"
_MAX_BYTES: Final = 2**20


@dataclass(frozen=True, kw_only=True)
class Trained:
    """An adapter and its surroundings.

    Attributes:
        adapter: The folder that holds it, in peft's format.
        model: The base, as a folder or by its name on the hub, and how it was held.
        run: The experiment directory that it comes from, where that is known, and its `settings`.
    """

    adapter: Path
    model: ModelConfig
    run: Path | None = None
    settings: FinetuneConfig | None = None

    @property
    def weights(self) -> Path:
        """The file that holds the adapter's matrices."""
        return self.adapter / ADAPTER_WEIGHTS


def find_trained(place: Path, *, model: str | None = None, method: Method | None = None) -> Trained:
    """The adapter in `place`: a run, whose best checkpoint counts and else the newest, or a folder with an adapter.

    Args:
        place: Where to look.
        model: The base, where it lies elsewhere now.
        method: How the base was held, where no config.yaml says so.

    Raises:
        NoSuchRun: There is nothing of that kind.
        UsageError: It cannot be read, or is no adapter.
    """
    adapter = _adapter_in(place)
    run = next((folder for folder in (place, adapter.parent.parent) if Experiment(folder).config.is_file()), None)
    settings = None if run is None else _settings(Experiment(run).config)
    known = settings.model if settings else _from_adapter(adapter, model, method)
    known = msgspec.structs.replace(known, model=model or known.model, method=method or known.method)
    return Trained(adapter=adapter, model=known, run=run, settings=settings)


def _adapter_in(place: Path) -> Path:
    if not place.is_dir():
        raise NoSuchRun(f"there is no folder {place}: name a run of kan-train finetune, or a checkpoint of one.")
    checkpoints = Experiment(place).checkpoints
    candidates = [place, checkpoints / "best", *_newest_first(checkpoints)]
    for folder in candidates:
        if (folder / ADAPTER_CONFIG).is_file() and (folder / ADAPTER_WEIGHTS).is_file():
            return folder
        if (folder / "model.safetensors").is_file():
            raise UsageError(
                f"{folder} holds a model that was trained in full: it is no adapter, and generate takes it as --model."
            )
    raise NoSuchRun(f"{place} holds no adapter: neither {ADAPTER_WEIGHTS} nor checkpoints/ with one.")


def _newest_first(checkpoints: Path) -> list[Path]:
    steps = [path for path in checkpoints.glob("step-*") if path.name.removeprefix("step-").isdecimal()]
    return sorted(steps, key=lambda path: -int(path.name.removeprefix("step-")))


def _from_adapter(adapter: Path, model: str | None, method: Method | None) -> ModelConfig:
    """What the adapter itself knows, which is not how its base was held."""
    base = model or _json(adapter / ADAPTER_CONFIG).get("base_model_name_or_path")
    if not method or not isinstance(base, str) or not base:
        raise UsageError(
            f"{adapter} does not lie in a run, whose config.yaml would say of what base it is and how that was held:"
            " say --model FOLDER|NAME and --method qlora|lora."
        )
    return ModelConfig(model=base, method=method)


def _settings(path: Path) -> FinetuneConfig:
    try:
        return msgspec.convert(yaml.safe_load(_text(path)), FinetuneConfig)
    except (yaml.YAMLError, RecursionError, msgspec.ValidationError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UsageError(f"{path} is not the config.yaml of a kan-train finetune ({reason}).") from error


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is no JSON ({error}).") from error
    return content if isinstance(content, dict) else {}


def _text(path: Path) -> str:
    try:
        with open_regular(path) as file:
            return (file.read(_MAX_BYTES) or b"").decode(errors="replace")
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror or error}).") from error
