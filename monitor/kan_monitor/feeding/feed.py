"""What is new about a run at each look, as messages, the most wanted first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from kan_monitor.feeding.series import SeriesFeed
from kan_monitor.feeding.words import WordsFeed
from kan_monitor.sources.experiment import main_series
from kan_monitor.sources.facts import Condition
from kan_monitor.sources.protocol import HEARTBEAT_SECONDS, Entries, Looked, Message, Status
from kan_shared.errors import KanError
from kan_shared.experiment import Experiment
from kan_shared.journal import Entry, Event, JournalReader, Sample
from kan_shared.liveness import observe
from kan_shared.state import State, encode_state
from kan_shared.store import StateReader
from kan_shared.text import safe_line

#: Of a journal no more is sent at once: its newest entries.
_ENTRIES_BYTES: Final = 128 * 1024
_KEPT_EVENTS: Final = 200
_KEPT_SAMPLES: Final = 50


class Feed:
    """Follows the experiment directory `directory`."""

    def __init__(self, directory: Path) -> None:
        self._experiment = Experiment(directory)
        self._reader = StateReader(self._experiment.state)
        self._run_id: str | None = None
        self._said: tuple[State | None, Condition, str] | None = None
        self._said_at = 0.0
        self._forget_run()

    def _forget_run(self) -> None:
        self._events = JournalReader(self._experiment.events, Event, keep=_KEPT_EVENTS)
        self._samples = JournalReader(self._experiment.samples, Sample, keep=_KEPT_SAMPLES)
        self._sent_entries = (-1, -1)
        self._series = SeriesFeed(self._experiment)
        self._words = WordsFeed(self._experiment)

    def look(self, now: float) -> Iterator[Message]:
        """Looks once, at unix time `now`; the last message of a look that has any says so."""
        said = False
        for message in self._news(now):
            said = True
            yield message
        if said:
            yield Looked()

    def _news(self, now: float) -> Iterator[Message]:
        self._reader.poll()
        state = self._reader.state
        if state is not None and state.run_id != self._run_id:
            self._forget_run()
            self._run_id = state.run_id
        yield from self._status(state, now)
        if state is not None:
            yield from self._entries()
            yield from self._series.look(main_series(state))
            yield from self._words.look(now)

    def _status(self, state: State | None, now: float) -> Iterator[Status]:
        condition: Condition = observe(state, now) if state else "waiting"
        problem: KanError | None = self._reader.problem
        said = (state, condition, str(problem))
        if said == self._said and now - self._said_at < HEARTBEAT_SECONDS:
            return
        self._said, self._said_at = said, now
        yield Status(
            now=now,
            condition=condition,
            state=msgspec.Raw(encode_state(state).strip() if state else b"null"),
            problem=safe_line(str(problem), 2000) if problem else None,  # which may name a path that is no text
            error=type(problem).__name__,
        )

    def _entries(self) -> Iterator[Entries]:
        self._events.poll()
        self._samples.poll()
        totals, sent = (self._events.total, self._samples.total), self._sent_entries
        if totals == sent:
            return
        # A journal that is shorter than what was sent of it is another one.
        fresh = totals[0] < sent[0] or totals[1] < sent[1] or sent == (-1, -1)
        new = [total - (0 if fresh else before) for total, before in zip(totals, sent, strict=True)]
        self._sent_entries = totals
        yield Entries(events=_newest(self._events, new[0]), samples=_newest(self._samples, new[1]), fresh=fresh)


def _newest(journal: JournalReader[Entry], count: int) -> tuple[Entry, ...]:
    """The last `count` entries of a journal, or as many of them as may be sent at once."""
    kept: list[Entry] = []
    room = _ENTRIES_BYTES
    for entry in list(journal.entries)[::-1][: max(0, count)]:
        room -= len(msgspec.json.encode(entry))
        if room < 0:
            break
        kept.append(entry)
    return tuple(kept[::-1])
