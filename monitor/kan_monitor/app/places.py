"""Textual's layout, handed to the dashboard's own: every panel stands where `panels.layout` says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from kan_monitor.panels.layout import Rect


class Places(Layout):
    """Asks `places_of` where the children stand, by their ids, on a screen of so many columns and rows."""

    name = "places"

    def __init__(self, places_of: Callable[[int, int], Mapping[Any, Rect]]) -> None:
        self._places_of = places_of

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:  # noqa: ARG002
        """The placements; a child that has no place is not shown."""
        places = {str(name): Region(*place) for name, place in self._places_of(*size).items()}
        return [
            WidgetPlacement(places[child.id], NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if child.id in places
        ]
