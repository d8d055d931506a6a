"""Eight static panels that fill 120 × 40 cells with text, each given changed text of the same size twice a second."""

from __future__ import annotations

from itertools import count
from typing import Final

from textual.app import App, ComposeResult
from textual.widgets import Static

HEIGHTS: Final = (1, 12, 8, 7, 5, 5, 1, 1)
WIDTH: Final = 120


class PanelsApp(App[None]):
    """Panels of text, without a frame."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "\n".join(f"#panel-{index} {{ height: {height}; }}" for index, height in enumerate(HEIGHTS))

    def compose(self) -> ComposeResult:
        """The panels."""
        for index, height in enumerate(HEIGHTS):
            yield Static(text(height, 0), id=f"panel-{index}", markup=False)

    def on_mount(self) -> None:
        """Begins to count."""
        self._ticks = count(1)
        self.set_interval(0.5, self.change)

    def change(self) -> None:
        """Gives every panel its next text."""
        tick = next(self._ticks)
        for index, height in enumerate(HEIGHTS):
            self.query_one(f"#panel-{index}", Static).update(text(height, tick))


def text(lines: int, tick: int) -> str:
    """So many full lines, a figure in each of which is `tick`."""
    line = f"step {tick:>9,}   loss {1 / (tick + 1):.6f}   learning rate 1.0e-3   gradient norm 0.25   "
    return "\n".join([(line * 2)[:WIDTH]] * lines)


if __name__ == "__main__":
    PanelsApp().run()
