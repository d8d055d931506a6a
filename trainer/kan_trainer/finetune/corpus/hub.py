"""Data sets of the Hugging Face hub: their files of rows alone, from its cache where the hub is not to be asked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from kan_shared.errors import MissingExtra, OutOfReach, UsageError
from kan_shared.text import safe_line

_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
#: Rows, and never a script: nothing of a data set is run.
_PATTERNS: Final = ["*.jsonl", "*.parquet"]


def is_hub_name(name: str) -> bool:
    """Whether `name` is of the form owner/name."""
    return _NAME.fullmatch(name) is not None and not name.endswith((".jsonl", ".json", ".parquet"))


def dataset_folder(name: str) -> Path:
    """The folder of the data set `name` in the hub's cache, fetched where it is not there and `HF_HUB_OFFLINE` allows.

    Raises:
        UsageError: There is none of this name, or it may not be read.
        OutOfReach: The hub does not answer.
    """
    try:
        from huggingface_hub import errors, snapshot_download
    except ModuleNotFoundError as error:
        raise MissingExtra("A corpus of the hub", "finetune", "huggingface_hub") from error
    try:
        return Path(snapshot_download(name, repo_type="dataset", allow_patterns=_PATTERNS))
    except (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled) as error:
        raise OutOfReach(
            f"{name} is no file or folder here nor in the hub's cache, and the hub is not asked (HF_HUB_OFFLINE) or"
            " does not answer: name a local folder, or fetch the data set first."
        ) from error
    except errors.GatedRepoError as error:
        raise UsageError(f"The data set {name} of the hub is gated: ask for access there, then log in.") from error
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as error:
        raise UsageError(f"There is no data set {name} on the hub, nor a file or folder of this name here.") from error
    except (errors.HfHubHTTPError, OSError, ValueError) as error:  # the last: an answer that is none of the hub's
        raise OutOfReach(f"The hub did not give the data set {name} ({safe_line(str(error), 200)}).") from error
