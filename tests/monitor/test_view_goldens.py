"""Every view beside the dashboard as text, as one sees it in three sizes."""

from __future__ import annotations

import pytest

from .exhibit import write_texts
from .view_files import NAMES, SIZES, file_of
from .watching import screen, until

pytestmark = pytest.mark.usefixtures("home")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize("key", NAMES, ids=NAMES.get)
async def test_every_view_in_every_size(watching, golden, key, size):
    async with watching(size=size) as (app, pilot):
        write_texts()
        await pilot.press(key)
        await until(pilot, lambda: "loading" not in screen(app))
        golden(f"frames/{file_of(key, *size)}", screen(app))
