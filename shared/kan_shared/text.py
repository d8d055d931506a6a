"""Foreign text made safe: what a terminal would obey is made visible instead.

Text that comes from a run, a file or a directory's name is hostile. It goes through here once, where a message or a
view is built, and nowhere else.
"""

from __future__ import annotations


def safe(text: str, limit: int = 8192) -> str:
    """`text` with newlines kept, tabs expanded and everything else that does not print shown by a stand-in.

    C0 controls and DEL become their pictures (U+2400 …), whatever else is unprintable (C1, bidi, zero-width,
    surrogates) becomes U+FFFD. Variation selectors are dropped: terminals do not agree how wide they make a character.
    """
    text = text[:limit].replace("\r\n", "\n").expandtabs(4)
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_stand_in, text))


def safe_line(text: str, limit: int = 400) -> str:
    """`safe`, on one line."""
    return safe(text, limit).replace("\n", "␊")


def _stand_in(character: str) -> str:
    code = ord(character)
    if 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return ""
    if character == "\n" or character.isprintable():
        return character
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"
