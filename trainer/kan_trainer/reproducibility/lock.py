"""`reproducibility.lock`: what a run was done with, as YAML.

    seed, deterministic            what the run itself chose
    python_version … dependencies  what computed
    hardware, environment          on what, and told what
    checksum                       of what it began with, and of what came out
    experiment                     which run that was, when, from which commit, with which config

Sums of floating-point numbers depend on all of it: on how many threads share them, and on the instructions at hand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from kan_shared.errors import NewerSchema, UsageError
from kan_shared.reading import open_regular
from kan_shared.store import replace_file

SCHEMA_VERSION: Final = 1
#: YAML is read slowly: no lock and no config of a run is longer than this.
MAX_YAML_BYTES: Final = 2**18
MAX_ENTRIES: Final = 64
MAX_TEXT: Final = 400
Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Texts = Annotated[dict[Text, Text], Meta(max_length=MAX_ENTRIES)]
Seed = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class Deterministic(Struct, frozen=True, kw_only=True):
    """PyTorch's own switches."""

    deterministic_algorithms: bool
    cudnn_benchmark: bool
    cudnn_deterministic: bool
    float32_matmul_precision: Text


class Hardware(Struct, frozen=True, kw_only=True):
    """What computed.

    Attributes:
        platform: The operating system.
        cpu: The name of the processor.
        cpu_flags: Those of its instructions that sums may be made with.
        cpu_capability: Which of them PyTorch uses.
        threads: How many of the CPU share an operation.
        device: `cpu` or `cuda`.
        gpu, driver: The card, where one was trained on, and its driver.
    """

    platform: Text
    cpu: Text | None = None
    cpu_flags: Annotated[tuple[Text, ...], Meta(max_length=MAX_ENTRIES)] = ()
    cpu_capability: Text | None = None
    threads: int
    device: Text
    gpu: Text | None = None
    driver: Text | None = None


class Checksum(Struct, frozen=True, kw_only=True):
    """SHA-256 by `hashes`.

    Attributes:
        code: Of the trainer.
        model: Of what the training began from; `None` where it drew its own weights.
        dataset: Of what it learned from; `None` where that follows from the config.
        adapters: Of what was trained when it was complete, by the path of the file in the run's directory: adapters, or
            networks where a whole one is trained.
    """

    code: Text | None = None
    model: Text | None = None
    dataset: Text | None = None
    adapters: Texts = {}


class Resumed(Struct, frozen=True, kw_only=True):
    """The run went on at `timestamp`, with these `differences` to what it had begun with."""

    timestamp: Text
    differences: Annotated[tuple[Text, ...], Meta(max_length=MAX_ENTRIES)] = ()


class Tracked(Struct, frozen=True, kw_only=True):
    """Which run the lock is of. Times are UTC; `finished` is set when the run is complete."""

    id: Text
    timestamp: Text
    finished: Text | None = None
    git_commit: Text | None = None
    git_dirty: bool | None = None
    config_hash: Text
    resumed: Annotated[tuple[Resumed, ...], Meta(max_length=MAX_ENTRIES)] = ()


class Lock(Struct, frozen=True, kw_only=True):
    """All of the file; `deterministic` is `None` where it is not known yet."""

    schema_version: int = SCHEMA_VERSION
    seed: Seed
    deterministic: Deterministic | None = None
    python_version: Text
    torch_version: Text
    cuda_version: Text | None = None
    cudnn_version: Text | None = None
    dependencies: Texts
    hardware: Hardware
    environment: Texts = {}
    checksum: Checksum
    experiment: Tracked


def write_lock(path: Path, lock: Lock) -> None:
    """Replaces the lock at `path`, and brings it to the disk.

    Raises:
        OSError: It could not be written; what was there still is.
    """
    import yaml

    text = yaml.safe_dump(msgspec.to_builtins(lock), sort_keys=False, width=120)
    replace_file(path, text.encode(), durable=True)


def read_lock(path: Path) -> Lock:
    """The lock at `path`.

    Raises:
        UsageError: There is none, or it is damaged.
        NewerSchema: A later version wrote it.
    """
    content = read_yaml_file(path)
    version = content.get("schema_version") if isinstance(content, dict) else None
    if type(version) is int and version > SCHEMA_VERSION:
        raise NewerSchema(f"{path} was written by a later version of kan-train: pip install -U kan-monitor reads it.")
    try:
        return msgspec.convert(content, Lock)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path} is damaged ({error}): a lock that was changed by hand proves nothing.") from None


def read_yaml_file(path: Path) -> Any:
    """What the YAML file `path` holds.

    Raises:
        UsageError: It cannot be read, is no YAML, or is longer than any file of a run.
    """
    import yaml

    try:
        with open_regular(path) as file:
            data = file.read(MAX_YAML_BYTES + 1) or b""
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    if len(data) > MAX_YAML_BYTES:
        raise UsageError(f"{path} is longer than any such file ({MAX_YAML_BYTES} bytes).")
    try:
        return yaml.safe_load(data.decode())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} is no YAML file: {' '.join(str(error).split())[:200]}.") from None
