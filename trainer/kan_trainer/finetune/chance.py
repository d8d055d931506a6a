"""What is random in a step, dropouts and noise: a function of the seed, the step and the micro-batch.

So a resumed run goes on exactly from nothing but the number of its step, and several processes drop what one would.
"""

from __future__ import annotations

import hashlib

import torch


def seed_for(seed: int, step: int, micro_batch: int) -> None:
    """Sets torch's random numbers to those of this place in the run that `seed` began."""
    digest = hashlib.blake2b(f"{seed} {step} {micro_batch}".encode(), digest_size=8).digest()
    torch.manual_seed(int.from_bytes(digest) >> 1)
