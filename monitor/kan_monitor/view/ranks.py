"""The processes that train together: which of them is gone, silent or behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kan_monitor.dashboard import Figure, RanksView, RankView
from kan_monitor.sources.facts import Facts, RankFacts
from kan_monitor.text import count, number
from kan_monitor.thresholds import Severity
from kan_monitor.view.header import BADGES
from kan_shared.ranks import MAX_RANKS
from kan_shared.state import State
from kan_shared.text import safe_line

#: Ranks write a few times a second, each in its own time: only what is more than that is a lag.
_LAG_SECONDS: Final = 10.0
#: How long a rank may take to begin.
_TO_BEGIN_SECONDS: Final = 120.0
_ORDER: Final[dict[Severity, int]] = {"bad": 0, "warn": 1}
_NAMED: Final = 4


def ranks_view(facts: Facts, now: float) -> RanksView | None:
    """All ranks of the run; `None` for a run of one process."""
    state = facts.state
    world_size = (state.world_size if state else None) or 1
    if state is None or world_size < 2 or facts.condition == "waiting":
        return None
    there = [RankFacts(number=0, state=state, condition=facts.condition), *facts.ranks]
    furthest = max((rank.state.step for rank in there if rank.state.step is not None), default=None)
    views = [*(_view(rank, furthest) for rank in there), *_missing(there, world_size, state, now)]
    views.sort(key=lambda rank: (_ORDER.get(rank.severity, 2), -(rank.behind.value or 0), rank.number))
    summary, severity = _summary(views, world_size)
    return RanksView(world_size=world_size, summary=summary, severity=severity, ranks=tuple(views))


def _view(rank: RankFacts, furthest: int | None) -> RankView:
    state = rank.state
    mark, severity, _ = BADGES[rank.condition]
    step, pace = state.step, state.seconds_per_step
    behind = None if step is None or furthest is None else furthest - step
    lags = rank.condition == "running" and (behind or 0) > 1 and (behind or 0) * (pace or 0.0) > _LAG_SECONDS
    return RankView(
        number=rank.number,
        host=safe_line(state.producer.host, 60),
        word="behind" if lags else rank.condition,
        mark="▼" if lags else mark,
        severity="warn" if lags else severity,
        step=Figure(value=step, text=count(step)),
        behind=Figure(value=behind, text=count(behind)),
        step_seconds=Figure(value=pace, text=number(pace, 3), unit="s/step"),
    )


def _missing(there: Sequence[RankFacts], world_size: int, state: State, now: float) -> Iterator[RankView]:
    """Those that have not said a word yet; of more than are looked at, nobody knows."""
    late = now - (state.segment_started_seconds or state.started_seconds) > _TO_BEGIN_SECONDS
    silent = set(range(min(world_size, MAX_RANKS))) - {rank.number for rank in there}
    for number_ in sorted(silent):
        yield RankView(
            number=number_,
            host="",
            word="not heard of",
            mark="?",
            severity="warn" if late else "none",
            step=Figure(),
            behind=Figure(),
            step_seconds=Figure(),
        )


def _summary(ranks: Sequence[RankView], world_size: int) -> tuple[str, Severity]:
    """The troubles by their words, the gravest first; how far the ranks are apart where there is none."""
    troubled = [rank for rank in ranks if rank.severity in _ORDER]
    words = dict.fromkeys(rank.word for rank in troubled)
    if troubled:
        parts = [_of([rank for rank in troubled if rank.word == word], word) for word in words]
        return f"{count(world_size)} ranks: {', '.join(parts)}", troubled[0].severity
    silent = sum(rank.word == "not heard of" for rank in ranks)
    if silent:
        return f"{count(world_size)} ranks, {count(silent)} still to come", "none"
    apart = int(max((rank.behind.value or 0 for rank in ranks), default=0))
    return f"{count(world_size)} ranks" + (
        f", {count(apart)} step{'' if apart == 1 else 's'} apart" if apart else ""
    ), "none"


def _of(ranks: Sequence[RankView], word: str) -> str:
    numbers = sorted(rank.number for rank in ranks)
    named = ", ".join(f"#{number_}" for number_ in numbers[:_NAMED])
    more = f" and {count(len(numbers) - _NAMED)} more" if len(numbers) > _NAMED else ""
    behind = int(max((rank.behind.value or 0 for rank in ranks), default=0))
    return f"{named}{more} {f'{count(behind)} steps behind' if word == 'behind' else word}"
