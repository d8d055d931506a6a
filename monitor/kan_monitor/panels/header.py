"""Is it alive, and when is it done: the top line."""

from __future__ import annotations

from kan_monitor.dashboard import HeaderView
from kan_monitor.ink import Line, Span
from kan_monitor.panels.lines import fit, ink_of, shortened, width_of


def draw(header: HeaderView, width: int, height: int, *, frozen: bool = False) -> list[Line]:
    """The header; what a narrow screen has no room for goes first: the subtitle, the app's name, the finish, the time
    so far. The name of the run is cut before its condition is, in its middle: a number is at its end."""
    right = _right(header, width, frozen=frozen)
    room = max(0, width - width_of(right) - 4)
    line = [*fit(_left(header, room), room), Span("  "), *right, Span("  ")]
    return [fit(line, width), *([Span(" " * width)] for _ in range(height - 1))]


def _left(header: HeaderView, room: int) -> Line:
    app: Line = [Span(" kan-monitor", "key"), Span("  ")]
    name: Line = [Span(shortened(header.name, room - 1), "strong")]
    subtitle: Line = [Span(f"  {header.subtitle}", "label")] if header.subtitle else []
    if header.badge.detail:
        subtitle = [Span(f"  {header.badge.detail}", ink_of(header.badge.severity, "label"))]
    candidates = [[*app, *name, *subtitle], [Span(" "), *name, *subtitle]]
    if not header.badge.detail:
        candidates += [[*app, *name], [Span(" "), *name]]
    return next((candidate for candidate in candidates if width_of(candidate) <= room), candidates[-1])


def _right(header: HeaderView, width: int, *, frozen: bool) -> Line:
    """As much of condition, clock and ETA as leaves room for a name."""
    badge = header.badge
    condition: Line = [Span("  frozen  ", "warn")] if frozen else []
    condition += [Span(f"{badge.mark} {badge.word}", ink_of(badge.severity, "label"))]
    alarm, short = _alarm(header, header.alarm.text), _alarm(header, f"{header.alarm.value or 0:.0f}")
    elapsed = [Span(f"  {header.elapsed.text}", "strong")]
    eta: Line = [Span("  eta ", "label"), Span(header.eta.text, "strong")] if header.eta.known else []
    finish: Line = [Span(" done ", "label"), Span(header.finish, "plain")] if eta else []
    ways = [([*condition, *alarm, *elapsed, *eta, *finish], 24), ([*condition, *short, *elapsed, *eta], 8)]
    ways.append(([*condition, *short, *(eta or elapsed)], 4))
    return next((way for way, name in ways if width_of(way) + name <= width), [*condition, *short])


def _alarm(header: HeaderView, text: str) -> Line:
    """How many alerts there are, if any."""
    return [Span(f"  ! {text}", ink_of(header.alarm.severity))] if header.alarm.known else []
