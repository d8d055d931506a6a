"""Prints the bytes that forward and backward of a network take at their peak, beyond network and inputs.

python kan_memory.py ours|dense
"""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

import kan_peers
from torch import nn

SIZES = [784, 64, 10]
STATUS = Path("/proc/self/status")


def main() -> None:
    torch.set_num_threads(1)
    dense = nn.Sequential(*(kan_peers.DenseLayer(a, b) for a, b in pairwise(SIZES)))
    network = kan_peers.like(dense, SIZES) if sys.argv[1] == "ours" else dense
    x = torch.randn(4096, SIZES[0], requires_grad=True)
    network(x[:8]).sum().backward()  # what is loaded and allocated once is no matter
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    before = _bytes("VmRSS")
    network(x).sum().backward()
    print(_bytes("VmHWM") - before)


def _bytes(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", STATUS.read_text())
    assert found is not None
    return 1024 * int(found[1])


if __name__ == "__main__":
    main()
