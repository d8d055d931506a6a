"""What `kan-monitor feed` sends: a line that says so, then a deflate stream of JSON, one message a line.

The receiver believes none of it: every message is typed and bounded, and a line longer than `MAX_LINE_BYTES` ends the
connection.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from kan_monitor.sources.facts import Condition
from kan_shared.journal import Event, Sample
from kan_shared.numbers import UnixSeconds, WireFloat
from kan_shared.series import MAX_STEP
from kan_shared.state import LongText

HELLO: Final = b"kan-monitor feed 1\n"
MAX_LINE_BYTES: Final = 1024 * 1024
MAX_RECORDS: Final = 8192
#: What a shell may print before the feed begins: greetings, and warnings of its settings.
_PRELUDE_BYTES: Final = 64 * 1024
_PIECE_BYTES: Final = 64 * 1024
#: A feed with nothing to say says so at least as often.
HEARTBEAT_SECONDS: Final = 5.0

_Step = Annotated[int, Meta(ge=-MAX_STEP, le=MAX_STEP)]
_Segment = Annotated[int, Meta(ge=0, le=2**32 - 1)]
_Seconds = Annotated[float, Meta(ge=-1e11, le=1e11)]
#: Step, unix seconds, value, segment: a record of a series file, with its value as JSON can carry it.
WireRecord = tuple[_Step, _Seconds, WireFloat, _Segment]
#: Files that are sent as they are.
TextFile = Literal["config", "log", "network"]


class Status(Struct, frozen=True, kw_only=True, tag="status", omit_defaults=True):
    """How the run is: its state as it stands in `state.json`, and what only its own machine can tell."""

    now: UnixSeconds
    condition: Condition
    state: Raw = Raw(b"null")
    #: What is wrong with the state, and which error of ours that is.
    problem: LongText | None = None
    error: Annotated[str, Meta(max_length=60)] = "KanError"


class Points(Struct, frozen=True, kw_only=True, tag="points", omit_defaults=True):
    """Records of one series; `fresh` ones take the place of all that were sent before."""

    series: Annotated[str, Meta(min_length=1, max_length=200)]
    records: Annotated[tuple[WireRecord, ...], Meta(max_length=MAX_RECORDS)]
    fresh: bool = False


class Entries(Struct, frozen=True, kw_only=True, tag="entries", omit_defaults=True):
    """Events and samples, oldest first; `fresh` ones take the place of all that were sent before."""

    events: Annotated[tuple[Event, ...], Meta(max_length=1000)] = ()
    samples: Annotated[tuple[Sample, ...], Meta(max_length=1000)] = ()
    fresh: bool = False


class Words(Struct, frozen=True, kw_only=True, tag="words", omit_defaults=True):
    """What was added to a text file; `fresh` text takes the place of all that was sent before."""

    file: TextFile
    text: Annotated[str, Meta(max_length=256 * 1024)]
    fresh: bool = False


class Looked(Struct, frozen=True, tag="looked"):
    """All that was known at one look has been sent."""


Message = Status | Points | Entries | Words | Looked

encode = msgspec.json.Encoder().encode
decode: Callable[[bytes], Message] = msgspec.json.Decoder(Message).decode


class NotAFeed(Exception):
    """What came is nothing that a feed sends; the words say why."""


def messages_in(chunks: Iterator[bytes]) -> Iterator[Message]:
    """The messages in a stream of bytes; what a shell says before the feed is passed over.

    Raises:
        NotAFeed: It is none.
    """
    inflate, begun, data = zlib.decompressobj(), False, b""
    for chunk in chunks:
        if not begun:
            data += chunk
            _, hello, chunk = data.partition(HELLO)
            if not hello:
                if len(data) > _PRELUDE_BYTES:
                    raise NotAFeed("it does not begin like one")
                continue
            begun, data = True, b""
        for piece in _unfolded(inflate, chunk):
            *lines, data = (data + piece).split(b"\n")
            if len(data) > MAX_LINE_BYTES:
                raise NotAFeed("a line of it has no end")
            yield from map(_message, lines)


def _unfolded(inflate: zlib._Decompress, chunk: bytes) -> Iterator[bytes]:
    """What `chunk` unfolds to, piece by piece, however much it is."""
    piece = None
    while chunk or piece is None or len(piece) == _PIECE_BYTES:
        try:
            piece = inflate.decompress(chunk, _PIECE_BYTES)
        except zlib.error as error:
            raise NotAFeed(str(error)) from error
        yield piece
        chunk = inflate.unconsumed_tail
    if inflate.eof:
        raise NotAFeed("it has an end")


def _message(line: bytes) -> Message:
    try:
        return decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAFeed(str(error)) from error
