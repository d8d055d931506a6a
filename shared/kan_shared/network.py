"""`network.json`: what a Kolmogorov-Arnold network has learned so far, the functions on its edges.

A snapshot, replaced as a whole every few seconds while the network trains. Of a large layer only the edges that matter
most are in it, so that the file stays small; how many there are in all, the sizes of the layer say.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from kan_shared.errors import UnreadableState
from kan_shared.numbers import Count, WireFloat
from kan_shared.reading import open_regular
from kan_shared.state import ShortText

NETWORK_VERSION: Final = 1
#: A file is smaller than this; a larger one is refused unread.
MAX_NETWORK_BYTES: Final = 256 * 1024
#: Layers that are told of, the first ones; edges of all of them together, and of one; points of an edge's curve.
MAX_LAYERS: Final = 64
MAX_EDGES: Final = 400
MAX_LAYER_EDGES: Final = 64
MAX_POINTS: Final = 64

Unit = Annotated[int, Meta(ge=0, lt=2**31)]
Finite = Annotated[float, Meta(ge=-1e15, le=1e15)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Edge(Struct, frozen=True, kw_only=True):
    """The learned function φ from one unit to another, without the bias of that one."""

    #: Which of the layer's inputs, and of its outputs, counted from 0.
    source: Unit
    target: Unit
    #: Its share in the outputs of the network, 0 … 1; `None` where that is no number.
    importance: Share | None = None
    #: Between what most of its inputs lie: 5 % are below, 5 % above.
    inputs: tuple[WireFloat, WireFloat] | None = None
    #: φ at evenly spaced points over `drawn_range` of the layer, both ends included.
    curve: Annotated[tuple[WireFloat, ...], Meta(min_length=2, max_length=MAX_POINTS)]


class Layer(Struct, frozen=True, kw_only=True):
    """One layer; all its edges share one grid."""

    inputs: Annotated[int, Meta(ge=1, lt=2**31)]
    outputs: Annotated[int, Meta(ge=1, lt=2**31)]
    grid_size: Annotated[int, Meta(ge=1, le=2**20)]
    spline_order: Annotated[int, Meta(ge=0, le=64)]
    grid_range: tuple[Finite, Finite]
    base: ShortText
    #: What the splines do beyond the grid: zero, clamp or linear.
    outside: ShortText
    #: The share of the inputs that lies on the grid, 0 … 1; what is no number lies on none.
    coverage: Share | None = None
    #: The quantiles 0, 5, 50, 95 and 100 % of all that the layer is given; `None` where there is none, or no number.
    quantiles: tuple[Finite, Finite, Finite, Finite, Finite] | None = None
    #: Where the curves begin and end: the grid, and where inputs are beside it.
    drawn_range: tuple[Finite, Finite]
    #: The edges that matter most, these first.
    edges: Annotated[tuple[Edge, ...], Meta(max_length=MAX_LAYER_EDGES)] = ()

    def __post_init__(self) -> None:
        for name in ("grid_range", "drawn_range"):
            low, high = getattr(self, name)
            if not low < high:
                raise ValueError(f"{name} has no extent")


class Network(Struct, frozen=True, kw_only=True):
    """A network at one moment of its training."""

    schema_version: Annotated[int, Meta(ge=1, le=NETWORK_VERSION)] = NETWORK_VERSION
    step: Count
    #: Which arithmetic its forward takes: native, triton or plain; and on which device.
    backend: ShortText
    device: ShortText
    #: Numbers that it learns.
    parameters: Count
    #: How many layers it has in all.
    depth: Annotated[int, Meta(ge=1, lt=2**31)]
    layers: Annotated[tuple[Layer, ...], Meta(min_length=1, max_length=MAX_LAYERS)]


_decode = msgspec.json.Decoder(Network).decode
_encode = msgspec.json.Encoder().encode


def encode_network(network: Network) -> bytes:
    """`network` as the bytes of its file."""
    return _encode(network) + b"\n"


def decode_network(data: bytes) -> Network:
    """The network in the bytes of its file.

    Raises:
        UnreadableState: It is no valid network, or one of a later version.
    """
    try:
        return _decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise UnreadableState(f"the network is not valid: {error}") from error


def network_schema() -> dict[str, Any]:
    """The JSON Schema of `network.json`, from the types above."""
    return msgspec.json.schema(Network)


class NetworkReader:
    """Follows one file; costs a `stat` where it has not moved, and never raises.

    Attributes:
        network: The last good one; `None` where there is no file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._signature: tuple[int, int, int] | None = None
        self.network: Network | None = None

    def poll(self) -> None:
        """Looks once; a file that has turned bad leaves what was known before."""
        try:
            found = os.stat(self._path)
            signature = (found.st_mtime_ns, found.st_ino, found.st_size)
            if signature == self._signature:
                return
            with open_regular(self._path) as file:
                data = file.read(MAX_NETWORK_BYTES + 1) or b""
        except OSError:
            self._signature = self.network = None
            return
        self._signature = signature
        try:
            self.network = decode_network(data) if len(data) <= MAX_NETWORK_BYTES else self.network
        except UnreadableState:
            return
