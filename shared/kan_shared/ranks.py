"""The ranks of a run that trains in several processes: each but the first says in `ranks/<n>.json` how it is.

The first one, rank 0, writes the run itself. What a rank says is a state without metrics, atomically replaced like
the run's own, so that it is judged and bounded like that one.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from kan_shared.errors import UnreadableState
from kan_shared.reading import open_regular
from kan_shared.state import MAX_STATE_BYTES, SCHEMA_VERSION, Gpu, State

#: Ranks that a reader looks at; of a larger run it sees the first ones that it finds.
MAX_RANKS: Final = 1024
_MAX_ENTRIES: Final = 4 * MAX_RANKS
_SUFFIX: Final = ".json"

RankNumber = Annotated[int, Meta(ge=0, lt=2**20)]
Signature = tuple[int, int, int]


class Rank(Struct, frozen=True, kw_only=True):
    """One process of several that train together."""

    schema_version: Annotated[int, Meta(ge=1, le=SCHEMA_VERSION)] = SCHEMA_VERSION
    rank: RankNumber
    world_size: Annotated[int, Meta(ge=1, le=2**20)]
    #: Which one it is of those on its host.
    local_rank: RankNumber | None = None
    state: State


_decode = msgspec.json.Decoder(Rank).decode
_encode = msgspec.json.Encoder().encode


def encode_rank(rank: Rank) -> bytes:
    """`rank` as the bytes of its file."""
    return _encode(rank) + b"\n"


def decode_rank(data: bytes) -> Rank:
    """The rank in the bytes of its file.

    Raises:
        UnreadableState: It is no valid rank, or one of a later version.
    """
    try:
        return _decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise UnreadableState(f"the rank is not valid: {error}") from error


def rank_file(directory: Path, rank: int) -> Path:
    """The file of a rank in the folder of all."""
    return directory / f"{rank}{_SUFFIX}"


class RanksReader:
    """Follows the folder of the ranks; costs a `stat` for each that has not moved, and never raises.

    Attributes:
        ranks: The last good ones, by number; one whose file is gone is gone.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: dict[int, tuple[Signature, Rank | None]] = {}
        self.ranks: tuple[Rank, ...] = ()

    def poll(self) -> None:
        """Looks once."""
        found = {number: self._look(number, path) for number, path in _rank_files(self._directory)}
        self._known = {number: seen for number, seen in found.items() if seen is not None}
        self.ranks = tuple(rank for _, (_, rank) in sorted(self._known.items()) if rank is not None)

    def _look(self, number: int, path: str) -> tuple[Signature, Rank | None] | None:
        """What is known of one rank now; of a file that has turned bad, what was known before."""
        before = self._known.get(number)
        try:
            status = os.stat(path)
            signature = (status.st_mtime_ns, status.st_ino, status.st_size)
            if before is not None and before[0] == signature:
                return before
            with open_regular(Path(path)) as file:
                rank = decode_rank(file.read(MAX_STATE_BYTES + 1) or b"")
        except OSError:
            return None
        except UnreadableState:
            return signature, before[1] if before else None
        return signature, rank if rank.rank == number else None


def read_ranks(directory: Path) -> tuple[Rank, ...]:
    """The ranks in a folder, as they are now."""
    reader = RanksReader(directory)
    reader.poll()
    return reader.ranks


def forget_ranks(directory: Path) -> None:
    """Deletes what the ranks of a former segment said; those of this one say it again within a second.

    Raises:
        OSError: One of them cannot be deleted.
    """
    for _, path in _rank_files(directory):
        Path(path).unlink(missing_ok=True)


def all_gpus(states: Iterable[State]) -> dict[tuple[str, int], Gpu]:
    """The GPUs that these processes see, by host and index: each once, as it was seen last."""
    telemetries = [(state.telemetry, state.producer.host) for state in states if state.telemetry]
    return {
        (host, gpu.index): gpu
        for telemetry, host in sorted(telemetries, key=lambda found: found[0].seconds)
        for gpu in telemetry.gpus
    }


def total_energy_joules(state: State, others: Iterable[State]) -> float | None:
    """What the GPUs of a whole run have used, over all its segments; `None` where no card tells.

    Args:
        state: Of the run.
        others: Of its other ranks.
    """
    known = [gpu.energy_joules for gpu in all_gpus([state, *others]).values() if gpu.energy_joules is not None]
    earlier = state.telemetry.earlier_energy_joules if state.telemetry else None
    return sum(known, earlier or 0.0) if known or earlier is not None else None


def _rank_files(directory: Path) -> Iterator[tuple[int, str]]:
    try:
        with os.scandir(directory) as entries:
            names = [entry.name for entry in itertools.islice(entries, _MAX_ENTRIES)]
    except OSError:
        return
    numbers = (name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))
    ranks = [int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) <= 7]
    for rank in sorted(set(ranks))[:MAX_RANKS]:
        yield rank, os.fspath(rank_file(directory, rank))
