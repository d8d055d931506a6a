"""The goldens of the views beside the dashboard: one for each view in each size."""

from __future__ import annotations

from kan_monitor.app.views import VIEWS

SIZES = ((60, 18), (80, 24), (120, 34))
NAMES = {view.key: view.module.removesuffix("_view") for view in VIEWS}


def file_of(key: str, width: int, height: int) -> str:
    """The golden of a view at a size."""
    return f"view-{NAMES[key]}-{width}x{height}.txt"


EXPECTED_FILES = {file_of(key, *size) for key in NAMES for size in SIZES}
