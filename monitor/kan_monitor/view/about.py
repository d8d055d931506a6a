"""What a run says of itself beside its figures: who it is, who writes it, how often it was taken up again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kan_monitor.dashboard import NetworkView
from kan_monitor.sources.facts import Facts
from kan_monitor.text import count, date
from kan_monitor.view.network import network_view
from kan_shared.state import State
from kan_shared.text import safe_line


class Item(NamedTuple):
    """A word and what it is."""

    label: str
    text: str


def about(facts: Facts, utc_offset_seconds: int) -> tuple[Item, ...]:
    """The items, what is not known left out."""
    described = _described(facts.state, utc_offset_seconds) if facts.state else ()
    network = network_view(facts)
    items = (Item("directory", safe_line(facts.place)), *described, Item("network", _network(network)))
    return tuple(item for item in items if item.text)


def _network(network: NetworkView | None) -> str:
    return f"KAN {network.shape}, {network.parameters.text} parameters, {network.arithmetic}" if network else ""


def _described(state: State, utc_offset_seconds: int) -> Iterator[Item]:
    producer = state.producer
    yield Item("run", safe_line(state.run_id, 60))
    yield Item("task", safe_line(state.task or ""))
    yield Item("model", safe_line(state.model or ""))
    yield Item("tags", safe_line(" ".join(state.tags)))
    yield Item("started", date(state.started_seconds, utc_offset_seconds))
    yield Item("ended", "" if state.ended_seconds is None else date(state.ended_seconds, utc_offset_seconds))
    yield Item("producer", f"process {producer.pid} on {safe_line(producer.host, 60)}")
    yield Item("resumed", f"{count(state.segment)} times" if state.segment else "")
    yield Item("notes", safe_line(state.notes or "", 2000))
