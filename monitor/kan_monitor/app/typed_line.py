"""What is typed into a screen behind the key `/`: a search, a filter."""

from __future__ import annotations

from textual import events

from kan_monitor.app.line_edit import LineEdit
from kan_monitor.ink import Line, Span


class TypedLine:
    """A screen with a line to type into: every key is the line's own, enter keeps it, escape lets it go.

    What is typed holds at once, as far as it goes; what that does, the screen says.

    Attributes:
        typing: The line; None while nothing is typed.
        problem: What is wrong with it; it cannot be kept then.
    """

    typing: LineEdit | None = None
    problem: str = ""

    def kept(self) -> str:
        """What was typed last and kept: where one begins."""
        raise NotImplementedError

    def typed(self, text: str) -> None:
        """The line has become `text`."""
        raise NotImplementedError

    def typed_all(self, text: str | None) -> None:
        """Nothing is typed any more; `text` is kept, None where it is let go."""
        raise NotImplementedError

    def draw(self) -> object:
        """Draws the screen."""
        raise NotImplementedError

    def action_type(self) -> None:
        """Begins to type."""
        self.typing = LineEdit(self.kept(), len(self.kept()))
        self.draw()

    def on_key(self, event: events.Key) -> None:
        """While something is typed, every key is its own; `/` begins at once, so that the next ones are not lost."""
        if self.typing is None and event.key != "slash":
            return
        event.stop()
        if self.typing is None:
            self.action_type()
        elif event.key in ("enter", "escape"):
            self._end_typing(keep=event.key == "enter")
        else:
            self._type(self.typing.after(event.key, event.character if event.is_printable else None))

    def on_paste(self, event: events.Paste) -> None:
        """What one types can be pasted."""
        if self.typing is not None:
            event.stop()
            self._type(self.typing.pasted(event.text))

    def line_of_typing(self) -> Line:
        """The line as it is shown, with its cursor; nothing while nothing is typed."""
        if self.typing is None:
            return []
        before = [Span("/", "key"), Span(self.typing.before, "strong"), Span("▏", "key")]
        return [*before, Span(self.typing.behind, "strong")]

    def _type(self, line: LineEdit) -> None:
        self.typing = line
        self.typed(line.text)

    def _end_typing(self, *, keep: bool) -> None:
        if self.typing is not None and not (keep and self.problem):
            text, self.typing = self.typing.text, None
            self.typed_all(text if keep else None)
