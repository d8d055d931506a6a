"""Asks a training to pause, go on, save or stop: which, whether that is meant, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, Final

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from kan_monitor.app.changed_cells import CellCompositor
from kan_monitor.app.panel import Panel
from kan_monitor.control import Asking, hindrance, possible, question
from kan_monitor.ink import Ink, Line
from kan_monitor.panels import control
from kan_monitor.sources.facts import Facts
from kan_shared.errors import UsageError
from kan_shared.state import Action

_LOOK_SECONDS: Final = 0.2


class ControlScreen(ModalScreen[None]):
    """One request to the run that is watched.

    Args:
        facts: What is known of the run now: the source, asked anew.
        inks: The colours.
        clock: The unix time.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"choose('{action}')", action) for action, key in control.KEYS.items()),
        Binding("y", "confirm", "yes"),
        Binding("n", "refuse", "no"),
        Binding("escape,q", "close", "close"),
    ]

    def __init__(
        self, facts: Callable[[], Facts], inks: Mapping[Ink, Style], *, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__()
        self._compositor = CellCompositor()
        self._look_at_run, self._inks, self._clock = facts, inks, clock
        self._facts = facts()
        self._chosen: Action | None = None
        self._asking: Asking | None = None
        self._problem: str | None = None

    def compose(self) -> Iterator[Panel]:
        """One panel in the middle."""
        yield Panel(self._inks, id="control")

    def on_mount(self) -> None:
        """Draws, and looks at what has changed."""
        self._look()
        self.set_interval(_LOOK_SECONDS, self._look)

    def on_resize(self, _: events.Resize) -> None:
        """Draws for the new size."""
        self._draw()

    def on_unmount(self) -> None:
        """What nobody has taken yet is not done once nobody looks."""
        if self._asking is not None:
            self._asking.withdraw()

    def action_choose(self, action: Action) -> None:
        """Turns to the question whether `action` is meant."""
        if self._asking is None and action in possible(self._facts):
            self._chosen = action
            self._draw()

    def action_confirm(self) -> None:
        """Asks for it."""
        if self._chosen is None or self._asking is not None:
            return
        try:
            self._asking = Asking(self._facts, self._chosen, self._clock())
        except UsageError as error:
            self._problem = str(error)
        self._look()

    def action_refuse(self) -> None:
        """Goes back to what can be asked."""
        if self._asking is None:
            self._chosen = self._problem = None
            self._draw()

    def action_close(self) -> None:
        """Goes back to the run."""
        self.dismiss(None)

    def _look(self) -> None:
        self._facts = self._look_at_run()
        self._draw()

    def _draw(self) -> None:
        width, height = self.app.size
        lines = control.draw(self._body(width), width, height, note="esc closes")
        panel = self.query_one("#control", Panel)
        panel.styles.width, panel.styles.height = min(width, control.WIDTH), len(lines)
        panel.show(lines)

    def _body(self, width: int) -> list[Line]:
        if self._asking is not None:
            return control.progress(self._asking.look(self._facts, self._clock()), width)
        if problem := self._problem or hindrance(self._facts):
            return control.sentence(problem, width)
        if self._chosen is not None:
            return [*control.sentence(question(self._facts, self._chosen), width, "strong"), [], control.answer_keys()]
        return control.choices(possible(self._facts))
