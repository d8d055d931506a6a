"""A network whose layers are given what lies beyond their grids: there, its splines learn nothing."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor, log10
from typing import Final

from kan_monitor.alerts.finding import Finding
from kan_monitor.text import place
from kan_monitor.thresholds import classify, coverage_bands
from kan_shared.network import Network

#: What becomes of a spline beyond its grid, by the network's own word for it.
BEYOND: Final = {"zero": "splines die out", "clamp": "splines stay as they are", "linear": "splines go on straight"}
#: Grids of hidden layers cannot be set by themselves when a run begins: nobody knows yet what they will be given.
_HIDDEN: Final = "use --update-grid-every=100, or kan_trainer.kan.update_grid"


def off_the_grid(network: Network) -> Iterator[Finding]:
    """The layers of which too few inputs lie on the grid, the worst of them in figures."""
    covered = [(layer.coverage, at) for at, layer in enumerate(network.layers) if layer.coverage is not None]
    judged = [(classify(coverage_bands(at), 100 * share)[0], share, at) for share, at in covered]
    off = [found for found in judged if found[0] != "good"]
    if not off:
        return
    severity, share, worst = min(off)  # what is bad comes before what is to be warned of
    others = len(off) - 1
    also = f", and of {others} more" if others else ""
    yield Finding(
        key="coverage",
        kind="coverage",
        severity=severity,
        verdict=f"{one_in(1 - share)} of layer {worst + 1} leave its grid{also}",
        evidence=_evidence(network, worst),
        action=_HIDDEN if worst else f"train with --grid-range={wider(network)}, or kan_trainer.kan.update_grid",
    )


def one_in(share: float) -> str:
    """A share of inputs in words: 1 in 4 inputs, 3 in 4 inputs, all inputs."""
    if share > 0.95:
        return "nearly all inputs"
    if share > 0.5:
        return f"{round(10 * share)} in 10 inputs"
    return f"1 in {round(1 / share)} inputs"


def wider(network: Network) -> str:
    """A grid range, as the trainer takes it, that holds nearly all that the layers are given now."""
    ends = [layer.quantiles for layer in network.layers if layer.quantiles is not None]
    low = min([layer.grid_range[0] for layer in network.layers] + [quantiles[1] for quantiles in ends])
    high = max([layer.grid_range[1] for layer in network.layers] + [quantiles[3] for quantiles in ends])
    span = max(high - low, 1e-9 * max(abs(low), abs(high)), 1e-9)
    unit = 10.0 ** floor(log10(span) - 0.3)
    return f"{floor(low / unit) * unit:g},{ceil(high / unit) * unit:g}"


def _evidence(network: Network, at: int) -> str:
    layer, wanted = network.layers[at], coverage_bands(at)[1].limit
    low, high = layer.grid_range
    on_it = f"{floor(100 * (layer.coverage or 0.0))} % are on {place(low)} … {place(high)}, and {wanted} % should be"
    ends = layer.quantiles
    where = f"; 9 in 10 are from {place(ends[1])} to {place(ends[3])}" if ends else ""
    return f"{on_it}{where}; beyond it {BEYOND.get(layer.outside, 'splines end')}"
