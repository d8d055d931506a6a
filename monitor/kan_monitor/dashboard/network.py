"""What a Kolmogorov-Arnold network has learned so far."""

from __future__ import annotations

from msgspec import Struct

from kan_monitor.dashboard.figures import Figure

#: From where to where.
Stretch = tuple[float, float]


class EdgeView(Struct, frozen=True, kw_only=True):
    """The function on one edge."""

    name: str
    #: Its share in the outputs of the network, in percent.
    share: Figure
    #: φ over `drawn` of its layer, evenly spaced.
    curve: tuple[float, ...]
    #: Where nine of ten of its inputs are; `None` where that is not known.
    inputs: Stretch | None


class LayerView(Struct, frozen=True, kw_only=True):
    """One layer: its grid, what is given to it, and which of its edges matter most."""

    name: str
    #: Its inputs and its outputs.
    units: tuple[int, int]
    grid_size: int
    spline_order: int
    base: str
    outside: str
    #: That in words: its shape, its grid, its functions on it and beyond.
    shape: str
    grid: str
    functions: str
    #: How many of its inputs lie on the grid, in percent, and where nine of ten do.
    coverage: Figure
    spread: str
    grid_range: Stretch
    #: From where to where the curves are drawn.
    drawn: Stretch
    inputs: Stretch | None
    #: How many edges it has, and how many of them are not told of.
    edge_count: int
    left_out: int
    top: tuple[EdgeView, ...]


class NetworkView(Struct, frozen=True, kw_only=True):
    """The network; `arithmetic` says by which backend it is worked out, and where."""

    step: Figure
    shape: str
    backend: str
    device: str
    arithmetic: str
    parameters: Figure
    layers: tuple[LayerView, ...]
    #: Layers that are not told of.
    left_out: int
