"""Pictures of a network and of its edges, in a terminal and as SVG."""

from kan_trainer.kan.plots.in_svg import svg
from kan_trainer.kan.plots.in_terminal import edge, terminal

__all__ = ["edge", "svg", "terminal"]
