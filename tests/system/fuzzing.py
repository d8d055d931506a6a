"""What can befall an experiment directory: any byte of any file, its text, its numbers, its name, what kind of file.

Everything is drawn from one `random.Random`, so that a case comes back by its number. `MISFORTUNES` is the list.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, Final
from zlib import crc32

from kan_shared.series import MAX_STEP, RECORD_BYTES

#: What a terminal, Rich, Textual or a reader of JSON might obey, stumble over or mismeasure.
PAYLOADS: Final = (
    "\x1b]52;c;aGVsbG8=\x07",
    "\x1b]0;pwned\x1b\\",
    "\x1b[2J\x1b[31;5mred\x1b[0m",
    "\x1bP+q\x1b\\\x1b_G\x1b\\",
    "\x9b31mC1\x9d0;title\x9c\x85",
    "\u202egnp.evil\u202c\u2066\u2069\u200b\ufeff\u00ad",
    "[/foo] [/] [b]bold[/b] [@click=app.quit]x[/] [link=file:///etc/passwd]y[/link]",
    "[INST] $name {place} {0} {missing.__class__} %s \\[ \\",
    "\x00\x08\x7f\r\n\n\t\x0b\x0c\x1c\u2028\u2029",
    "漢字かな 👩‍💻é \U0001f525\ufe0f क्षि \u0301\u0301\u0301 ﷽",
    "\ud800 \udfff",
    "long " * 40,
    "x" * 8192,
    "",
    "../../../etc/passwd",
    "train/loss",
)
#: Texts of JSON values that a reader may not expect; the shorter half of them every field of a number takes.
_NUMBERS: Final = ("0", "1", "-1", "100", "5e-324", "0.5", "1e11", "1e308", "-1e308", "9007199254740992", "1073741824")
_ODDITIES: Final = (
    *("1e999", "-1e999", "NaN", "-Infinity", '"NaN"', '"Infinity"', '"-Infinity"', "18446744073709551616"),
    *("null", "true", "[]", "{}", '"\\ud800"', '"\\u001b[2J"', "[" * 2000 + "]" * 2000, '{"a":' * 2000, "9" * 400),
)
_FLOATS: Final = (0.0, -0.0, 1.0, 1e308, -1e308, 5e-324, float("nan"), float("inf"), float("-inf"), 1e11)
_STEPS: Final = (0, 1, -1, 7, 2400, MAX_STEP, -MAX_STEP, MAX_STEP + 1, 2**63 - 1, -(2**63))
_SEGMENTS: Final = (0, 0, 1, 2, 2**32 - 1)

Misfortune = Callable[[Path, Random], None]


def befall(directory: Path, dice: Random) -> str:
    """Lets one to three misfortunes befall what lies in `directory`, and says which and where."""
    said = []
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        places = sorted(path for path in directory.rglob("*") if not path.is_dir() or path.parent == directory)
        if not places:
            break
        # The files that a monitor reads most come first in every other case.
        main = [path for path in places if path.name in ("state.json", "events.jsonl", "samples.jsonl")]
        place = dice.choice(main if main and dice.random() < 0.5 else places)
        misfortune = dice.choice([found for found in MISFORTUNES if _fits(found, place)])
        misfortune(place, dice)
        said.append(f"{misfortune.__name__} {place.relative_to(directory)!s:.80}")
    return ", then ".join(map(ascii, said))


def _fits(misfortune: Misfortune, place: Path) -> bool:
    if misfortune in OF_ANY_PLACE:
        return True
    if not _is_readable(place):
        return False
    wanted = {records: ".series", values: (".json", ".jsonl"), words: (".json", ".jsonl")}.get(misfortune, "")
    return place.name.endswith(wanted)


def _is_readable(place: Path) -> bool:
    """Whether these tests can read it: a sparse file takes hours."""
    return not place.is_symlink() and place.is_file() and place.stat().st_size < 2**24


# Of the bytes of any file


def _of_bytes(change: Callable[[bytearray, Random], bytes | bytearray]) -> Misfortune:
    def misfortune(place: Path, dice: Random) -> None:
        _put(place, bytes(change(bytearray(place.read_bytes()), dice)), dice)

    misfortune.__name__ = change.__name__
    return misfortune


def _put(place: Path, data: bytes, dice: Random) -> None:
    """As a writer does that replaces the file, or one that writes over it."""
    if dice.random() < 0.5:
        place.unlink()
    place.write_bytes(data)


def _slice(data: bytearray, dice: Random) -> slice:
    begin = dice.randint(0, len(data))
    return slice(begin, min(len(data), begin + int(dice.paretovariate(0.5))))


def _some_bytes(dice: Random) -> bytes:
    return dice.choice((dice.randbytes(dice.randint(1, 64)), dice.choice(PAYLOADS).encode(errors="surrogatepass")))


def changed(data: bytearray, dice: Random) -> bytearray:
    for _ in range(dice.choice((1, 1, 4, 64))):
        if data:
            data[dice.randrange(len(data))] = dice.choice((dice.randrange(256), *b'\x00\x1b\x9b\xff"\\{[\n,-.e9'))
    return data


def cut_off(data: bytearray, dice: Random) -> bytearray:
    return data[: dice.randint(0, len(data))]


def cut_out(data: bytearray, dice: Random) -> bytearray:
    del data[_slice(data, dice)]
    return data


def repeated(data: bytearray, dice: Random) -> bytearray:
    part = _slice(data, dice)
    data[part] = data[part] * min(dice.choice((2, 3, 100)), 1 + 2**21 // max(1, part.stop - part.start))
    return data


def inserted(data: bytearray, dice: Random) -> bytearray:
    at = dice.randint(0, len(data))
    data[at:at] = _some_bytes(dice) * dice.choice((1, 1, 1, 50))
    return data


def swapped(data: bytearray, dice: Random) -> bytearray:
    first, second = sorted((_slice(data, dice), _slice(data, dice)), key=lambda part: part.start)
    end = min(first.stop, second.start)
    one, between, other = data[first.start : end], data[end : second.start], data[second]
    return data[: first.start] + other + between + one + data[second.stop :]


def zeroed(data: bytearray, dice: Random) -> bytearray:
    part = _slice(data, dice)
    data[part] = bytes(part.stop - part.start)
    return data


def flooded(data: bytearray, dice: Random) -> bytearray:
    return data + (_some_bytes(dice) + dice.choice((b"", b"\n"))) * dice.choice((1, 2000))


# Of what the bytes mean


def words(place: Path, dice: Random) -> None:
    """Puts payloads where the strings of JSON stand: the values, the keys, or all of them."""
    everywhere, payload = dice.random() < 0.3, dice.choice(PAYLOADS)

    def other(match: re.Match[str]) -> str:
        if not everywhere and dice.random() > 0.1:
            return match[0]
        text = payload if everywhere else dice.choice(PAYLOADS)
        written = json.dumps(text[: dice.choice((60, 190, 8192))], ensure_ascii=dice.random() < 0.5)
        return written + (match[1] or "")

    of_values, of_keys = r'"(?:[^"\\]|\\.)*"(?!\s*:)()', r'"(?:[^"\\]|\\.)*"(\s*:)'
    _rewrite(place, dice.choice((of_values, of_values, of_keys)), other, dice)


def values(place: Path, dice: Random) -> None:
    """Puts other values where the numbers of JSON stand; odd ones now and then where anything does."""
    odd = dice.random() < 0.3
    choice, share = (_ODDITIES, 0.05) if odd else (_NUMBERS, dice.choice((0.05, 0.3)))
    pattern = r'(?<=:)(?:-?\d[\d.eE+-]*|null|"(?:[^"\\]|\\.)*")' if odd else r"(?<=:)-?\d[\d.eE+-]*"
    _rewrite(place, pattern, lambda match: dice.choice(choice) if dice.random() < share else match[0], dice)


def _rewrite(place: Path, pattern: str, other: Callable[[re.Match[str]], str], dice: Random) -> None:
    text = place.read_bytes().decode(errors="surrogateescape")
    head, version, tail = text.rpartition('"schema_version":1,')  # as it is: another one ends all reading at once
    text = head + version + re.sub(pattern, other, tail)
    _put(place, text.encode(errors="surrogatepass"), dice)


def records(place: Path, dice: Random) -> None:
    """Puts records of odd numbers, with their right checksums, over some of a series or behind them."""
    data = bytearray(place.read_bytes())
    number = dice.choice((1, 2, 70, 5000))
    some = b"".join(_record(dice) for _ in range(min(number, 300))) * (-(-number // 300))
    at = dice.randint(0, len(data) // RECORD_BYTES) * RECORD_BYTES
    data[at : at + dice.choice((0, len(some)))] = some
    _put(place, bytes(data), dice)


def _record(dice: Random) -> bytes:
    step = dice.choice((dice.choice(_STEPS), dice.randint(0, 5000)))
    body = struct.pack("<qddI", step, dice.choice(_FLOATS), dice.choice(_FLOATS), dice.choice(_SEGMENTS))
    return body + crc32(body).to_bytes(4, "little")


# Of the place itself


def gone(place: Path, dice: Random) -> None:
    shutil.rmtree(place) if place.is_dir() and not place.is_symlink() else place.unlink()


def replaced(place: Path, dice: Random) -> None:
    """By something that is no regular file of a sensible size."""
    gone(place, dice)
    dice.choice(_OTHERS)(place)


def forbidden(place: Path, dice: Random) -> None:
    """Which says nothing to the superuser."""
    if not place.is_symlink():
        place.chmod(dice.choice((0, 0o200)))


def renamed(place: Path, dice: Random) -> None:
    place.rename(place.with_name(_name(dice, place.suffix)))


def accompanied(place: Path, dice: Random) -> None:
    """By a file of a name that nobody expects, with its content or with none."""
    beside = place.with_name(_name(dice, place.suffix))
    if not os.path.lexists(beside):
        beside.write_bytes(place.read_bytes() if _is_readable(place) else b"")


def _name(dice: Random, suffix: str) -> str:
    percent = "%1B%5D52%3Bc%3B%07%9B%E2%80%AE"
    payload = dice.choice((*(text.replace("/", "%2F").replace("\0", "") for text in PAYLOADS), percent, "%2", "%FF"))
    name = payload.encode("utf-8", "surrogatepass")[: dice.choice((20, 240))] + suffix.encode()
    return os.fsdecode(name[:250].strip(b".") or b"x")


def _sparse(size: int) -> Callable[[Path], None]:
    def make(place: Path) -> None:
        with place.open("wb") as file:
            file.truncate(size)

    return make


def _socket(place: Path) -> None:
    listening = socket.socket(socket.AF_UNIX)
    here = os.open(place.parent, os.O_RDONLY)  # the path of a socket may have a hundred characters
    try:
        listening.bind(f"/proc/self/fd/{here}/{place.name}"[:107])
    except OSError:
        place.touch()
    finally:
        os.close(here)
        listening.close()


_OTHERS: Final[tuple[Callable[[Path], object], ...]] = (
    Path.touch,
    Path.mkdir,
    os.mkfifo,
    _socket,
    _sparse(2**20),
    _sparse(2**31 + 5),
    _sparse(2**42),
    lambda place: place.symlink_to(place.name),
    lambda place: place.symlink_to("nowhere"),
    lambda place: place.symlink_to("."),
    lambda place: place.symlink_to("/dev/zero"),
    lambda place: place.symlink_to("/dev/tty"),
    lambda place: place.symlink_to("/proc/self/mem"),
    lambda place: place.symlink_to("state.json"),
)
OF_ANY_PLACE: Final = (gone, replaced, forbidden, renamed, accompanied)
_OF_BYTES: Final = (changed, cut_off, cut_out, repeated, inserted, swapped, zeroed, flooded)
#: What happens, each as likely as it stands here often.
MISFORTUNES: Final[tuple[Misfortune, ...]] = (
    *map(_of_bytes, _OF_BYTES),
    *(words, values, records) * 4,
    *(gone, replaced, replaced, forbidden, renamed, accompanied),
)


def strings_of(value: Any) -> Iterator[str]:
    """All strings in a value that came out of JSON, its keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_of(inner)
