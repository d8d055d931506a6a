"""A line of text that is being typed: what it is after a key."""

from __future__ import annotations

from typing import NamedTuple

from kan_shared.text import safe_line


class LineEdit(NamedTuple):
    """The text, and how many of its characters stand before the cursor."""

    text: str = ""
    cursor: int = 0

    @property
    def before(self) -> str:
        """The text before the cursor."""
        return self.text[: self.cursor]

    @property
    def behind(self) -> str:
        """The text behind the cursor."""
        return self.text[self.cursor :]

    def typed(self, text: str) -> LineEdit:
        """With `text` at the cursor."""
        return LineEdit(self.before + text + self.behind, self.cursor + len(text))

    def pasted(self, text: str) -> LineEdit:
        """With pasted text at the cursor, all of it in the one line."""
        return self.typed(safe_line(" ".join(text.split())))

    def after(self, key: str, character: str | None) -> LineEdit:
        """After any key: `character` is what it types, if it types anything."""
        return self.typed(character) if character else self.pressed(key)

    def pressed(self, key: str) -> LineEdit:
        """After a key that types nothing; any other leaves it as it is."""
        last_word = self.before.rstrip().rpartition(" ")[0]
        keys = {
            "left": LineEdit(self.text, max(0, self.cursor - 1)),
            "right": LineEdit(self.text, min(len(self.text), self.cursor + 1)),
            "home": LineEdit(self.text, 0),
            "end": LineEdit(self.text, len(self.text)),
            "backspace": LineEdit(self.before[:-1] + self.behind, max(0, self.cursor - 1)),
            "delete": LineEdit(self.before + self.behind[1:], self.cursor),
            "ctrl+u": LineEdit(self.behind, 0),
            "ctrl+w": LineEdit(last_word + self.behind, len(last_word)),
        }
        same = {"ctrl+a": "home", "ctrl+e": "end", "ctrl+h": "backspace"}
        return keys.get(same.get(key, key), self)
