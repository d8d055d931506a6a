"""Networks by name: where to begin, when one has no reason to begin elsewhere.

default      two inputs, five units, one output: the first example of the paper
regression   a number from two others, as `kan-train regress` begins
digits       the 8×8 digits that scikit-learn ships, as `kan-train classify` begins: coarse grids, for few examples
mnist        the 28×28 digits
arkan        the player of poker that ArKan is made for: 21 features of mean 0 and deviation 1; for each of eight
             actions its likelihood, its value, and a place that the loss leaves alone: `losses.policy_value`
dqn2048      the values of the four moves of 2048, as `kan-train dqn2048` begins: from 16 tiles and 24 steps between
             neighbours, in doublings, each of which is a knot: straight pieces between them say all there is to say

Sources: Z. Liu et al., KAN: Kolmogorov-Arnold Networks, arXiv:2404.19756, section 3.1; ArKan 0.3, `KanConfig::preset`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

PRESETS: Final[Mapping[str, Mapping[str, Any]]] = {
    "default": {"layers": (2, 5, 1)},
    "regression": {"layers": (2, 8, 1)},
    "digits": {"layers": (64, 64, 10), "grid_size": 3},
    "mnist": {"layers": (784, 64, 10), "grid_size": 3},
    "arkan": {"layers": (21, 64, 64, 24), "grid_range": (-3.0, 3.0), "outside": "clamp"},
    "dqn2048": {"layers": (40, 128, 4), "grid_size": 14, "spline_order": 1},
}
