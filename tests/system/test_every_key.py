"""Every key that the help names, pressed in a real terminal on every screen: each does something that can be seen.

The keys are read off the help on the screen. One without an entry here fails the test, as does an entry without a key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from kan_monitor.app.views import VIEWS

from .effects import Effect, alone, columns, found, hides, moves, pans, shows, turns, zooms
from .stage import Terminal, until
from .stocked import stock

SIZE: Final = (120, 50)
KEY_CELLS: Final = 11
#: What tmux calls the keys that the help has signs for.
NAMES: Final = {
    "tab": "Tab",
    "⇧tab": "BTab",
    "enter": "Enter",
    "esc": "Escape",
    "space": "Space",
    "↑": "Up",
    "↓": "Down",
    "←": "Left",
    "→": "Right",
    "pgup": "PPage",
    "pgdn": "NPage",
    "home": "Home",
    "end": "End",
    "^p": "C-p",
    ";": "\\;",  # which tmux would take for the end of its command
}


class Place(NamedTuple):
    """A screen: the key that leads to it from the dashboard, how it is known, what its keys do, and the keys that lead
    to another one from there, which is then the one that is meant."""

    opens: str
    sign: str
    keys: Mapping[str, Effect]
    further: tuple[str, ...] = ()
    further_sign: str = ""
    size: tuple[int, int] = SIZE


DASHBOARD: Final = r"╭─ progress "
HELP: Final = r"╭─ help "
PALETTE: Final = r"Search for commands"
TOAST: Final = "saved as"
RUNS_LIST: Final = r"^╭─ runs "
COMPARED: Final = r"^╭─ compare "
SIGNS: Final = {
    "series_view": r"^ \d+ series",
    "samples_view": r"^╭─ match",
    "events_view": r"^╭─ events",
    "log_view": r"^╭─ log",
    "config_view": r"^╭─ config",
    "hardware_view": r"^╭─ hardware",
    "network_view": r"^╭─ KAN",
}
ENDS: Final = r"ends *│"

EVERYWHERE: Final = {
    "?": Effect(shows(HELP), after=("?",)),
    "^p": Effect(shows(PALETTE), after=("esc",)),
    "r": Effect(shows(RUNS_LIST)),
    "1": Effect(shows(DASHBOARD)),
    **{view.key: Effect(shows(SIGNS[view.module])) for view in VIEWS},
    "e": Effect(shows(r"\.svg")),
    "E": Effect(shows(r"\.txt")),
    "q": Effect(shows("exit code 0")),
}
RUN_SCREEN: Final = {**EVERYWHERE, "p": Effect(shows("frozen"), after=("p",))}
CHARTS: Final = {
    "l": Effect(shows(r" linear ·"), then=("1",), after=("l",)),
    "s": Effect(shows(r" ema 0.9 "), then=("1",), after=("s", "s", "s")),
    "x": Effect(shows(r" elapsed ─╮"), then=("1",), after=("x", "x")),
    "+": Effect(zooms(closer=True), after=("0",)),
    "=": Effect(zooms(closer=True), after=("0",)),
    "-": Effect(zooms(closer=False), before=("+", "+"), after=("0",)),
    "<": Effect(pans(right=False), before=("+", "+"), after=("0",)),
    ">": Effect(pans(right=True), before=("+", "+", "<", "<"), after=("0",)),
    "0": Effect(zooms(closer=False), before=("+", "+")),
}


def crosshair(pattern: str, *first: str) -> dict[str, Effect]:
    """The keys that move the crosshair, the step of which `pattern` reads; `first` leads to a series of every step."""
    left, right = ((moves(pattern, up=up), (*first, ",", ";", ";"), (), ("0",)) for up in (False, True))
    return {",": Effect(*left), ";": Effect(*left), ".": Effect(*right), ":": Effect(*right)}


def scrolled(entry: str, end: str, *, latest_first: bool = False, follows: bool = False) -> dict[str, Effect]:
    """The keys of a view that scrolls; `entry` stands before the number of each, `end` is found at the end only."""
    top, down = ("home",) if follows else (), not latest_first
    searched = (*top, "/", *entry, "enter")
    first, match = rf"{entry} (\d+)", rf"▸ .*{entry} (\d+)"
    return {
        **RUN_SCREEN,
        **dict.fromkeys(("↓", "j", "pgdn", "space"), Effect(moves(first, up=down), before=(*top, "pgdn"))),
        **dict.fromkeys(
            ("↑", "k", "pgup", "home", "g"), Effect(moves(first, up=not down), before=() if follows else ("end",))
        ),
        **dict.fromkeys(("end", "G"), Effect(shows(end), before=top)),
        "/": Effect(shows(r"^│ /▏"), after=("enter",)),
        "n": Effect(moves(match, up=down), before=searched),
        "N": Effect(moves(match, up=not down), before=(*searched, "n", "n")),
        "w": Effect(hides(ENDS) if latest_first else shows(ENDS)),
        "esc": Effect(shows(DASHBOARD)),
    }


POSITION: Final = r"(\d+) of 41 ─"
CHOSEN: Final = r"▸ +(\S+)"
EDGE: Final = r"▸(\S+)"
KEY_SHOWN: Final = r" (\d+)…\d+ of 101"
BACK: Final = {"esc": Effect(shows(DASHBOARD))}
PLACES: Final = {
    "dashboard": Place(
        "",
        DASHBOARD,
        {
            **RUN_SCREEN,
            "1": Effect(shows(DASHBOARD), before=("5",)),
            **CHARTS,
            **crosshair(r"┃ step ([\d ]+?)  "),
            "tab": Effect(alone("loss"), then=("enter",), after=("esc",)),
            "⇧tab": Effect(alone("events"), then=("enter",), after=("esc",)),
            "enter": Effect(alone("loss"), before=("tab",), after=("esc",)),
            "[": Effect(turns(POSITION, "40"), after=("}",)),
            "]": Effect(turns(POSITION, "40"), before=("[", "["), after=("}",)),
            "}": Effect(turns(POSITION, "41"), before=("[", "[")),
        },
    ),
    "series": Place(
        "2",
        SIGNS["series_view"],
        {
            **RUN_SCREEN,
            **BACK,
            **CHARTS,
            **crosshair(r"\bat +(\d+)"),
            "→": Effect(turns(CHOSEN, "validation/loss")),
            "←": Effect(turns(CHOSEN, "train/loss"), before=("→",)),
            "↓": Effect(turns(CHOSEN, "gradient_norm")),
            "↑": Effect(turns(CHOSEN, "train/loss"), before=("↓",)),
            "pgdn": Effect(shows("page 2 of")),
            "pgup": Effect(shows("page 1 of"), before=("pgdn",)),
            "enter": Effect(hides("validation/loss")),
            "space": Effect(shows("▸ • validation/loss"), before=("→",), after=("space",)),
            "/": Effect(shows("^ /▏"), after=("enter",)),
            "[": Effect(lambda before, after: columns(after) == columns(before) - 1),
            "]": Effect(lambda before, after: columns(after) == columns(before) + 1),
        },
    ),
    "samples": Place(
        "3",
        SIGNS["samples_view"],
        {
            **RUN_SCREEN,
            **BACK,
            **dict.fromkeys("←[", Effect(turns(POSITION, "40"))),
            **dict.fromkeys("→]", Effect(turns(POSITION, "40"), before=("←", "←"))),
            "pgup": Effect(turns(POSITION, "31")),
            "pgdn": Effect(turns(POSITION, "31"), before=("pgup", "pgup")),
            "home": Effect(turns(POSITION, "1")),
            **dict.fromkeys(("end", "}"), Effect(turns(POSITION, "41"), before=("home",))),
            **dict.fromkeys("↓j", Effect(shows(" 1 more ↑"))),
            **dict.fromkeys("↑k", Effect(moves(r"(\d+) more ↑", -1), before=("↓", "↓", "↓"))),
        },
    ),
    "events": Place("4", SIGNS["events_view"], scrolled("event", "event 1 ", latest_first=True)),
    "log": Place("5", SIGNS["log_view"], scrolled("line", "line 299", follows=True)),
    "config": Place("6", SIGNS["config_view"], scrolled("value", "value 199")),
    "runs": Place(
        "r",
        RUNS_LIST,
        {
            **EVERYWHERE,
            **dict.fromkeys(("esc", "r"), Effect(shows(DASHBOARD))),
            **dict.fromkeys("↓j", Effect(turns(CHOSEN, "run-00"))),
            **dict.fromkeys("↑k", Effect(turns(CHOSEN, "rich"), before=("↓",))),
            "pgdn": Effect(turns(CHOSEN, "run-14")),
            "pgup": Effect(turns(CHOSEN, "rich"), before=("pgdn",)),
            "enter": Effect(shows("^ kan-monitor  run-00 "), before=("↓",)),
            "end": Effect(turns(CHOSEN, "run-14")),
            "home": Effect(turns(CHOSEN, "rich"), before=("end",)),
            "space": Effect(shows(r"^│ +1 rich ")),
            "/": Effect(shows(r"^ / ▏"), after=("esc",)),
            "o": Effect(hides(r"written ▴")),
            "O": Effect(shows(r"written ▾")),
            "c": Effect(shows(COMPARED)),
        },
    ),
    "compare": Place(
        "r",
        RUNS_LIST,
        {
            **EVERYWHERE,
            "6": Effect(shows(r"^│ +directory ")),  # it has a panel of that name itself
            **{key: CHARTS[key] for key in "+=-<>0"},
            **crosshair(r"┃ step ([\d ]+?)  ", "m"),
            "l": Effect(shows(r" linear ·")),
            "s": Effect(shows(r" ema 0.9 ")),
            "x": Effect(shows(r" elapsed ─╮")),
            **dict.fromkeys("mM", Effect(hides(f"{COMPARED}validation/loss"))),
            "o": Effect(shows("by smoothed value")),
            "a": Effect(hides(r"\d+ alike")),
            **dict.fromkeys(("↓", "j", "pgdn"), Effect(moves(KEY_SHOWN))),
            **dict.fromkeys(("↑", "k", "pgup"), Effect(moves(KEY_SHOWN, up=False), before=("pgdn",))),
            "→": Effect(shows("runs 2…8 of 8")),
            "←": Effect(shows("runs 1…7 of 8"), before=("→",)),
            **dict.fromkeys(("esc", "c", "r"), Effect(shows(RUNS_LIST))),
        },
        further=(*["space"] * 8, "c"),
        further_sign=COMPARED,
        size=(80, 50),  # too narrow for eight configs
    ),
    "hardware": Place("7", SIGNS["hardware_view"], {**RUN_SCREEN, **BACK}),
    "network": Place(
        "8",
        SIGNS["network_view"],
        {
            **RUN_SCREEN,
            **BACK,
            "→": Effect(turns(EDGE, "x2→h1")),
            "←": Effect(turns(EDGE, "x1→h1"), before=("→",)),
            "↓": Effect(turns(EDGE, "x8→h1")),
            "↑": Effect(turns(EDGE, "x1→h1"), before=("↓",)),
            "pgdn": Effect(turns(EDGE, "h8→y1")),
            "pgup": Effect(turns(EDGE, "x1→h1"), before=("pgdn",)),
            "]": Effect(turns(EDGE, "h1→y1")),
            "[": Effect(turns(EDGE, "x1→h1"), before=("]",)),
            "enter": Effect(shows("1 of 1 024 by what it matters"), after=("enter",)),
            "s": Effect(shows("one scale a layer"), after=("s",)),
        },
    ),
}


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run that is watched, among others."""
    return stock(tmp_path_factory.mktemp("stocked") / "experiments")


@pytest.mark.parametrize("name", PLACES)
def test_every_key_of_the_help_does_something_to_be_seen(
    name: str, rich: Path, home: Path, terminal: Callable[..., Terminal]
) -> None:
    walk = Walk(terminal(rich, size=PLACES[name].size, XDG_STATE_HOME=str(home)), PLACES[name])
    walk.begin()
    keys = walk.keys_of_help()
    assert keys.keys() == PLACES[name].keys.keys()
    for key in sorted(keys, key="q".__eq__):  # which ends it all
        walk.take(key, keys[key])


def test_every_screen_is_walked_through() -> None:
    assert {place.opens for place in PLACES.values()} == {"", "r", *(view.key for view in VIEWS)}


class Walk:
    """Goes through the keys of one screen."""

    def __init__(self, terminal: Terminal, place: Place) -> None:
        self._terminal = terminal
        self._place = place

    def begin(self) -> None:
        """Comes from the dashboard, to a screen that is as it is at first; what goes by itself has gone."""
        until(lambda: not found(f"{HELP}|{PALETTE}|{TOAST}", self._terminal.screen))
        self._terminal.press("1")
        self._wait_for(DASHBOARD)
        if self._place.opens:
            self._terminal.press(self._place.opens)
            self._wait_for(self._place.sign)
        if self._place.further:
            self._terminal.press(*(NAMES.get(key, key) for key in self._place.further))
            self._wait_for(self._place.further_sign)

    def keys_of_help(self) -> dict[str, str]:
        """The keys on the screen, and what the help says of each."""
        self._press("?")
        lines = self._terminal.screen.splitlines()
        top = next(number for number, line in enumerate(lines) if "╭─ help " in line)
        left = lines[top].index("╭─ help ")
        rows = [line[left + 2 :] for line in takewhile(lambda line: line[left : left + 1] == "│", lines[top + 1 :])]
        said = [(row[:KEY_CELLS].split(), row[KEY_CELLS:].partition("│")[0].strip()) for row in rows[:-2]]
        keys = [(key, meaning) for names, meaning in said for key in names if meaning]
        assert len(dict(keys)) == len(keys), f"a key has two meanings: {keys}"
        self._press("?")
        return dict(keys)

    def take(self, key: str, meaning: str) -> None:
        """Presses a key of a screen that is as it is at first; it must be seen to do what it should."""
        self.begin()
        effect = self._place.keys[key]
        if not self._place.further and effect is EVERYWHERE.get(self._place.opens):
            self._terminal.press("1")
            self._wait_for(DASHBOARD)
        for first in effect.before:
            self._press(first)
        before = after = self._terminal.screen
        for pressed in (key, *effect.then):
            self._terminal.press(NAMES.get(pressed, pressed))

        def is_seen() -> bool:
            nonlocal after
            after = self._terminal.screen
            return effect.seen(before, after)

        until(is_seen, lambda: f"{key} ({meaning}) did nothing of that:\n{before}\n{after}")
        for last in effect.after:
            self._press(last)

    def _press(self, key: str) -> None:
        """Presses a key, and waits until the screen has changed, be it in its colours only."""
        before = self._terminal.inked
        self._terminal.press(NAMES.get(key, key))
        self._wait_until(lambda screen: screen != before, f"{key} changed nothing")

    def _wait_for(self, pattern: str) -> None:
        """Waits for a screen that is painted down to its footer."""
        self._wait_until(
            lambda _: found(pattern, self._terminal.screen) and "q quit" in self._terminal.screen.splitlines()[-1],
            f"never seen: {pattern}",
        )

    def _wait_until(self, seen: Callable[[str], object], failure: str) -> None:
        """Waits until something is seen on a screen that is not being painted."""
        last = ""

        def is_seen() -> bool:
            nonlocal last
            before, last = last, self._terminal.inked
            return before == last and bool(seen(last))

        until(is_seen, lambda: f"{failure}:\n{self._terminal.screen}")
