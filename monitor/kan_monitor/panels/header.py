"""Is it alive, and when is it done: the top line."""

from __future__ import annotations

from kan_monitor.dashboard import HeaderView
from kan_monitor.ink import Line, Span
from kan_monitor.panels.lines import fit, ink_of, width_of


def draw(header: HeaderView, width: int, height: int, *, frozen: bool = False) -> list[Line]:
    """The header; what a narrow screen has no room for goes first: the subtitle, the app's name, the finish."""
    right = _right(header, frozen=frozen, full=True)
    if width_of(right) > width - 24:
        right = _right(header, frozen=frozen, full=False)
    room = max(0, width - width_of(right) - 4)
    line = [*fit(_left(header, room), room), Span("  "), *right, Span("  ")]
    return [fit(line, width), *([Span(" " * width)] for _ in range(height - 1))]


def _left(header: HeaderView, room: int) -> Line:
    app: Line = [Span(" kan-monitor", "key"), Span("  ")]
    name: Line = [Span(header.name, "strong")]
    subtitle: Line = [Span(f"  {header.subtitle}", "label")] if header.subtitle else []
    if header.badge.detail:
        subtitle = [Span(f"  {header.badge.detail}", ink_of(header.badge.severity, "label"))]
    candidates = [[*app, *name, *subtitle], [Span(" "), *name, *subtitle]]
    if not header.badge.detail:
        candidates += [[*app, *name], [Span(" "), *name]]
    return next((candidate for candidate in candidates if width_of(candidate) <= room), candidates[-1])


def _right(header: HeaderView, *, frozen: bool, full: bool) -> Line:
    badge = header.badge
    line: Line = [Span("  frozen  ", "warn")] if frozen else []
    line += [
        Span(f"{badge.mark} {badge.word}", ink_of(badge.severity, "label")),
        Span(f"  {header.elapsed.text}", "strong"),
    ]
    if header.alarm.known:
        alarm = header.alarm.text if full else f"{header.alarm.value:.0f}"
        line.insert(-1, Span(f"  ! {alarm}", ink_of(header.alarm.severity)))
    if header.eta.known:
        line += [Span("  eta ", "label"), Span(header.eta.text, "strong")]
        line += [Span(" done ", "label"), Span(header.finish, "plain")] if full else []
    return line
