"""How well all samples of a run did, by as many of them as there is room for."""

from __future__ import annotations

from kan_monitor.sources.archive import Archive
from kan_shared.journal import Sample


class Matches:
    """The matches of samples that lie evenly in the journal; none is read twice while the journal grows."""

    def __init__(self, samples: Archive[Sample]) -> None:
        self._samples = samples
        self._known: dict[int, float | None] = {}
        self._beginnings = 0

    def picked(self, most: int) -> dict[int, float | None]:
        """Between half as many as `most` and so many, by the number of their sample; all, where there are no more."""
        if self._samples.beginnings != self._beginnings:
            self._known, self._beginnings = {}, self._samples.beginnings
        apart = 1
        while len(self._samples) > apart * most > 0:  # doubled, so that those that were picked before are among them
            apart *= 2
        numbers = range(0, len(self._samples), apart)
        self._known = {at: self._known[at] if at in self._known else self._match(at) for at in numbers}
        return self._known

    def _match(self, number: int) -> float | None:
        sample = self._samples[number]
        return sample.match if sample else None
