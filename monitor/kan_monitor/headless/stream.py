"""The headless loop: a line whenever the run has moved, and the exit code when it has ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final, Literal, TextIO

import msgspec

from kan_monitor.alerts import Alert, AlertBook
from kan_monitor.alerts.conditions import Condition as Failing
from kan_monitor.dashboard import Dashboard
from kan_monitor.headless.json_format import json_line
from kan_monitor.headless.text_format import text_lines
from kan_monitor.sources.facts import Condition, Facts, Source
from kan_monitor.view import ViewOptions, build
from kan_shared.errors import EXIT_ALERT, EXIT_COMPLETE, EXIT_PRODUCER_LOST, EXIT_RUN_FAILED, NewerSchema, NoSuchRun
from kan_shared.text import safe_line

Format = Literal["text", "json"]

#: Gives the lines for a dashboard, knowing the one that was printed before it.
Render = Callable[[Dashboard, Dashboard | None], str]
FORMATS: Final[dict[Format, Render]] = {"text": text_lines, "json": json_line}
#: What the monitor ends with when the run is in that condition; in any other it goes on.
EXIT_CODES: Final[dict[Condition, int]] = {
    "complete": EXIT_COMPLETE,
    "stopped": EXIT_RUN_FAILED,
    "error": EXIT_RUN_FAILED,
    "crashed": EXIT_PRODUCER_LOST,
    "stalled": EXIT_PRODUCER_LOST,
    "unreachable": EXIT_PRODUCER_LOST,
}


class Stream:
    """Prints a source in one format.

    Args:
        source: The run to watch.
        render: Makes lines of a dashboard.
        out: Where they go; flushed after each.
        complain: Says once, elsewhere, why nothing is printed yet.
        fail_on: Conditions that end it, whatever the run's own condition is.
        tell: Takes every dashboard that is printed, once it is.
    """

    def __init__(
        self,
        source: Source,
        render: Render,
        out: TextIO,
        complain: Callable[[str], None],
        *,
        fail_on: Sequence[Failing] = (),
        tell: Callable[[Dashboard], None] | None = None,
    ) -> None:
        self._source = source
        self._render = render
        self._out = out
        self._complain = complain
        self._fail_on = fail_on
        self._tell = tell
        self._book = AlertBook()
        self._news: object = None
        self._printed: Dashboard | None = None
        self._run_id: str | None = None
        self._complaint: str | None = None
        self._frame = 0

    def once(self, now: float, options: ViewOptions) -> int:
        """Prints the run as it is, and gives its exit code; a run that goes on has that of a complete one.

        Raises:
            KanError: There is no run, or its state cannot be read.
        """
        facts = self._source.poll(now)
        if facts.state is None:
            raise facts.problem or NoSuchRun(f"{facts.place} holds no run")
        failed = self._look(facts, now, options)
        return EXIT_ALERT if failed else EXIT_CODES.get(facts.condition, EXIT_COMPLETE)

    def follow(self, refresh_seconds: float, options: ViewOptions) -> int:
        """Prints the run until it ends, and gives its exit code; waits for one that is not there yet.

        Raises:
            NewerSchema: The state was written by a later version: no wait will help.
        """
        while True:
            now = time.time()
            facts = self._source.poll(now)
            if facts.state is not None:
                if self._look(facts, now, options):
                    return EXIT_ALERT
                if facts.condition in EXIT_CODES:
                    return EXIT_CODES[facts.condition]
            if isinstance(facts.problem, NewerSchema):
                raise facts.problem
            self._wait_aloud(facts)
            time.sleep(refresh_seconds)

    def _look(self, facts: Facts, now: float, options: ViewOptions) -> bool:
        """Prints what is new, and says whether a condition is met that ends it all. A heartbeat or telemetry alone is
        no news: a run that stands still prints nothing again."""
        assert facts.state is not None
        alerts = self._book.look(facts, now)
        failure = self._failure(facts, alerts)
        events = tuple((alert.key, alert.count, alert.over) for alert in alerts)
        ranks = tuple((rank.number, rank.condition) for rank in facts.ranks)
        news = (facts.state.run_id, facts.state.revision, facts.condition, str(facts.problem), ranks, events, failure)
        if news != self._news:
            self._news = news
            self._frame += 1
            dashboard = build(facts, options, now=now, frame=self._frame, alerts=alerts)
            self._print(facts, msgspec.structs.replace(dashboard, failure=failure))
        return bool(failure)

    def _failure(self, facts: Facts, alerts: Sequence[Alert]) -> str:
        """Why the first of the conditions that are met is."""
        assert facts.state is not None
        for condition in self._fail_on:
            if reason := condition.reason(facts.state, alerts):
                return safe_line(f"--fail-on {condition}: {reason}")
        return ""

    def _print(self, facts: Facts, dashboard: Dashboard) -> None:
        run_id = facts.state.run_id if facts.state else None
        self._out.write(self._render(dashboard, self._printed if run_id == self._run_id else None))
        self._out.flush()
        self._printed, self._run_id = dashboard, run_id
        if self._tell is not None:
            self._tell(dashboard)

    def _wait_aloud(self, facts: Facts) -> None:
        if facts.state is None and str(facts.problem) != self._complaint:
            self._complaint = str(facts.problem)
            absent = isinstance(facts.problem, NoSuchRun)
            reason = f"{facts.place} holds no run yet" if absent else str(facts.problem)
            self._complain(f"{reason}: waiting for one (Ctrl-C ends).")
