"""What the model does, by one of its samples."""

from __future__ import annotations

from kan_monitor.dashboard import Figure, Gauge, SampleView
from kan_monitor.sources.facts import Facts
from kan_monitor.text import count, percent
from kan_monitor.thresholds import MATCH_PERCENT, classify
from kan_monitor.view.difference import word_difference
from kan_shared.journal import Sample
from kan_shared.text import safe


def sample_view(facts: Facts, index: int | None = None) -> SampleView | None:
    """The sample at `index` of those that `facts` has, oldest first; the last one by default, `None` before there is
    one. Beyond the ends it is the first or the last."""
    if not facts.samples or facts.state is None:
        return None
    known, total = len(facts.samples), max(facts.state.samples, len(facts.samples))
    at = known - 1 if index is None else min(known - 1, max(0, index))
    matches = tuple(each.match for each in facts.samples)
    return one_sample(facts.samples[at], total - known + at + 1, total, matches)


def one_sample(sample: Sample, number: int, total: int, matches: tuple[float | None, ...] = ()) -> SampleView:
    """The sample `number`, counted from 1, of so many; `matches` are those of the samples that it is shown among."""
    target, generated = safe(sample.target), safe(sample.generated)
    return SampleView(
        step=Figure(value=sample.step, text=count(sample.step)),
        position=f"{count(number)} of {count(total)}",
        input=safe(sample.input),
        target=target,
        generated=generated,
        match=_match(sample.match),
        difference=word_difference(target, generated),
        matches=matches,
    )


def _match(match: float | None) -> Gauge:
    share = None if match is None else 100 * match
    severity, word = classify(MATCH_PERCENT, share)
    figure = Figure(value=share, text=percent(share), unit="%", severity=severity, word=word)
    return Gauge(figure=figure, share=figure, fraction=match)
