"""The smallest Textual app that shows something: what the framework itself costs."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class EmptyApp(App[None]):
    """One word."""

    def compose(self) -> ComposeResult:
        """The word."""
        yield Static("hello")


if __name__ == "__main__":
    EmptyApp().run()
