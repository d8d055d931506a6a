"""Every view beside the dashboard as text, as one sees it in three sizes."""

from __future__ import annotations

import pytest

from kan_monitor.app.views import VIEWS
from kan_shared.experiment import Experiment

from .looking import PLACE
from .test_app import Clock, screen, until, watching  # noqa: F401  # fixtures

pytestmark = pytest.mark.usefixtures("home")

SIZES = ((60, 18), (80, 24), (120, 34))
NAMES = {view.key: view.module.removesuffix("_view") for view in VIEWS}
CONFIG = """\
# what the run was started with
model:
  name: Qwen2.5-Coder-0.5B
  quantization: nf4
adapter:
  rank: 16
  alpha: 32
  targets: [q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj, embed_tokens, lm_head]
training:
  learning_rate: 1.186e-3
  warm_up_steps: 240
  total_steps: 4500
  batch_size: 8
  seed: 7
"""


@pytest.fixture
def clock() -> Clock:
    return Clock()


def file_of(key: str, width: int, height: int) -> str:
    """The golden of a view at a size."""
    return f"view-{NAMES[key]}-{width}x{height}.txt"


EXPECTED_FILES = {file_of(key, *size) for key in NAMES for size in SIZES}


def write_texts() -> None:
    """The log and the configuration of the run."""
    lines = ["INFO qwen-rust-tests-07: 4 500 steps of qlora on gpu-box"]
    for step in range(100, 2401, 100):
        lines.append(f"INFO step {step} of 4500: train/loss {6.9 - step / 520:.3f}, 1 420 tok/s")
        if step % 500 == 0:
            lines.append(f"INFO checkpoint step-{step} in {PLACE}/checkpoints, 84.2 MB in 0.31 s")
    lines.insert(17, "WARNING loss spike at step 1481: 5.31 is 2.6 times its mean over the last 100 steps")
    Experiment(PLACE).log.write_text("\n".join(lines) + "\n")
    Experiment(PLACE).config.write_text(CONFIG)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize("key", NAMES, ids=NAMES.get)
async def test_every_view_in_every_size(watching, golden, key, size):  # noqa: F811
    async with watching(size=size) as (app, pilot):
        write_texts()
        await pilot.press(key)
        await until(pilot, lambda: "loading" not in screen(app))
        golden(f"frames/{file_of(key, *size)}", screen(app))
