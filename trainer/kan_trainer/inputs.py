"""What each training begins with, found by its config: the files whose checksums its lock holds."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from kan_shared.errors import UsageError
from kan_trainer.config import Dqn2048Config, FinetuneConfig, PretrainConfig, TrainConfig
from kan_trainer.config.networks import DIGITS, ClassifyData, TableConfig
from kan_trainer.finetune.model import model_folder
from kan_trainer.finetune.preparing import corpus_of
from kan_trainer.finetune.pretraining.texts import texts_of
from kan_trainer.reproducibility.hashes import file_sha256, folder_sha256
from kan_trainer.reproducibility.taking import Inputs

_IMAGES: Final = ("train-*", "t10k-*")


def inputs_of(config: TrainConfig) -> Inputs:
    """The checksums of what a training of `config` begins with, as it is now.

    Raises:
        UsageError: Something of it cannot be read.
    """
    try:
        if isinstance(config, FinetuneConfig):
            return Inputs(
                model=folder_sha256(model_folder(config.model.model)), dataset=f"sha256:{corpus_of(config).sha256}"
            )
        if isinstance(config, PretrainConfig):
            return Inputs(dataset=f"sha256:{texts_of(config).sha256}")
        return Inputs() if isinstance(config, Dqn2048Config) else Inputs(dataset=_dataset(config.data))
    except OSError as error:
        reason = f"{error.filename or 'data'} cannot be read ({error.strerror or error})"
        raise UsageError(f"{reason}: the training needs it as it was.") from error


def _dataset(data: TableConfig) -> str | None:
    if data.csv is not None:
        return file_sha256(Path(data.csv))
    if not isinstance(data, ClassifyData) or data.dataset is None:
        return None  # a function: its examples follow from the config
    return _digits() if data.dataset == DIGITS else folder_sha256(Path(data.dataset), _IMAGES)


def _digits() -> str | None:
    """Of the file that scikit-learn brings, which need not be imported for that."""
    package = find_spec("sklearn")
    if package is None or not package.submodule_search_locations:
        return None
    return file_sha256(Path(package.submodule_search_locations[0], "datasets", "data", "digits.csv.gz"))
