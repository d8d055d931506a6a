"""What the model does, by its last sample."""

from __future__ import annotations

from kan_monitor.dashboard import Figure, Gauge, SampleView
from kan_monitor.sources.facts import Facts
from kan_monitor.text import count, percent
from kan_monitor.thresholds import MATCH_PERCENT, classify
from kan_shared.text import safe


def sample_view(facts: Facts) -> SampleView | None:
    """The last sample of `facts`; `None` before there is one."""
    if not facts.samples or facts.state is None:
        return None
    last, total = facts.samples[-1], max(facts.state.samples, len(facts.samples))
    return SampleView(
        step=Figure(value=last.step, text=count(last.step)),
        position=f"{count(total)} of {count(total)}",
        input=safe(last.input),
        target=safe(last.target),
        generated=safe(last.generated),
        match=_match(last.match),
    )


def _match(match: float | None) -> Gauge:
    share = None if match is None else 100 * match
    severity, word = classify(MATCH_PERCENT, share)
    figure = Figure(value=share, text=percent(share), unit="%", severity=severity, word=word)
    return Gauge(figure=figure, share=figure, fraction=match)
