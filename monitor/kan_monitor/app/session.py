"""The run that is watched, as all screens share it: what is known of it, and what the one who looks has chosen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from kan_monitor.alerts import Alert, AlertBook
from kan_monitor.app.intake import Intake, Taken
from kan_monitor.app.last_seen import LastSeen
from kan_monitor.curves import ChartOptions, Curve, Curves
from kan_monitor.dashboard import Dashboard
from kan_monitor.frame import FrameOptions
from kan_monitor.sources.facts import Facts, Source
from kan_monitor.view import ViewOptions, build
from kan_shared.journal import Sample

#: Who was away for less has missed nothing.
_AWAY_SECONDS: Final = 60.0


class Session:
    """Looks at one run at a time; screens draw `dashboard` and `curves` under `options`.

    Attributes:
        source: The run.
        facts: What it said last.
        live: What is to be said of it now.
        dashboard: What is to be drawn of it: the same, unless it is frozen.
        curves: Its series, as far as a screen has asked for them.
        options: What the one who looks has chosen; it stays from run to run, and from screen to screen.
        pinned: Series that stand before all others, in the order in which they were pinned.
        intake: What takes in the curves that are long.
        looked_at: The unix time of the last look.
    """

    def __init__(
        self,
        source: Source,
        *,
        plain: bool = False,
        clock: Callable[[], float] = time.time,
        last_seen: LastSeen | None = None,
        tell: Callable[[Taken], object] = lambda _: None,
    ) -> None:
        self.clock = clock
        self._last_seen = last_seen
        self.options = FrameOptions(plain=plain)
        self.pinned: list[str] = []
        self.intake = Intake(tell)
        self.turn_to(source)

    def turn_to(self, source: Source) -> None:
        """Turns to another run, and looks at it; what was chosen stays, but for the freeze."""
        self.source = source
        self.curves = Curves(source)
        self.intake.forget()
        self.options = self.options._replace(frozen=False)
        self._left_at: float | None = None
        self._book = AlertBook()
        self._frozen_at: tuple[Facts, float, Sequence[Alert]] | None = None
        self._sample: Sample | None = None
        self._frame = 0
        self.look()
        self.come_back()

    def go_away(self) -> None:
        """Takes note that nobody looks any more, as far as one can know."""
        self._left_at = self.clock()
        if self._last_seen and self.facts.state:
            self._last_seen.remember(self.facts.state.run_id, self._left_at)

    def come_back(self) -> None:
        """Marks, for one who was away for a while, since when all is new."""
        run_id = self.facts.state.run_id if self.facts.state else None
        seen = self._last_seen.of(run_id) if self._last_seen and run_id else None
        seen = self._left_at if self._left_at is not None else seen
        away = seen is not None and self.clock() - seen >= _AWAY_SECONDS
        self.options = self.options._replace(chart=self.options.chart._replace(seen_seconds=seen if away else None))

    def look(self) -> None:
        """Polls the source, and builds the dashboard; a frozen one but for its header."""
        now = self.looked_at = self.clock()
        self.facts = self.source.poll(now)
        self._alerts = self._book.look(self.facts, now)
        self.live = self._build(self.facts, now, self._alerts)
        frozen = self._build(*self._frozen_at) if self._frozen_at else self.live
        self.dashboard = msgspec.structs.replace(frozen, header=self.live.header)

    def count_frame(self) -> None:
        """Numbers a frame that differs from the one before; the number itself makes none another one."""
        self._frame += 1
        status = msgspec.structs.replace(self.dashboard.status, frame=self._frame)
        self.dashboard = msgspec.structs.replace(self.dashboard, status=status)

    def choose(self, chart: ChartOptions) -> None:
        """Draws all charts so from now on."""
        self.options = self.options._replace(chart=chart)

    def toggle_freeze(self) -> None:
        """Holds the figures and the charts as they are, or lets them go on."""
        self._frozen_at = None if self._frozen_at else (self.facts, self.clock(), self._alerts)
        self.options = self.options._replace(frozen=self._frozen_at is not None)

    def step_sample(self, by: int) -> None:
        """Shows another of the last samples, which stays when others come; the newest, whichever that is, from the end
        on."""
        facts = self._frozen_at[0] if self._frozen_at else self.facts
        newest, index = len(facts.samples) - 1, self._sample_index(facts)
        at = max(0, (newest if index is None else index) + by)
        self._sample = facts.samples[at] if at < newest else None
        self.look()

    def refresh_curves(self, names: list[str], ahead: Sequence[str] = ()) -> list[Curve]:
        """Takes in what is new in these series, unless all is frozen.

        Returns:
            What the intake is to take in: those of them that are too long for here, and, the first time that these are
            asked for, others that may be looked at soon.
        """
        if not self._frozen_at:
            self.curves.refresh(names)
        return [*self.curves.wanting_pyramids(), *self.curves.ahead(ahead)]

    def _build(self, facts: Facts, now: float, alerts: Sequence[Alert]) -> Dashboard:
        offset = time.localtime(now).tm_gmtoff
        options = ViewOptions(utc_offset_seconds=offset, sample_index=self._sample_index(facts))
        return build(facts, options, now=now, frame=self._frame, alerts=alerts)

    def _sample_index(self, facts: Facts) -> int | None:
        """Where the chosen sample is among those that are known; the oldest of them once it is forgotten."""
        if self._sample is None:
            return None
        return facts.samples.index(self._sample) if self._sample in facts.samples else 0
