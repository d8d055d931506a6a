"""Exactly what is on the screen, saved as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from .watching import screen, until

pytestmark = pytest.mark.usefixtures("home")


def said(app) -> str:
    return " ".join(notification.message for notification in app._notifications)


async def test_text_is_what_the_screen_shows(watching):
    async with watching() as (app, pilot):
        await pilot.press("plus", "tab")
        shown = [line.rstrip() for line in screen(app).splitlines()]
        await pilot.press("E")
        await until(pilot, lambda: "saved as" in said(app))
    saved = Path("qwen-rust-tests-07-step-2400.txt").read_text().splitlines()
    assert saved == shown, "with the zoom and the focus"


async def test_a_view_can_be_saved_as_a_picture_and_nothing_is_overwritten(watching):
    async with watching() as (_, pilot):
        await pilot.press("2", "e", "e")
        await until(pilot, lambda: Path("qwen-rust-tests-07-step-2400-2.svg").exists())
    assert "gradient_norm" in Path("qwen-rust-tests-07-step-2400.svg").read_text()


async def test_where_nothing_can_be_written_it_says_so(watching, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied", "/nowhere")

    monkeypatch.setattr("kan_monitor.app.snapshot.save_frame", refuse)
    async with watching() as (app, pilot):
        await pilot.press("e")
        await until(pilot, lambda: "/nowhere: Permission denied" in said(app))
