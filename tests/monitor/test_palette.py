"""What the inks look like: legible on their ground, and told apart by those who see no red or no green."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from pathlib import Path
from typing import get_args

import pytest
from rich.color import Color, ColorSystem, ColorType
from rich.style import Style

import kan_monitor.app
from kan_monitor.app.monitor_app import MonitorApp
from kan_monitor.colour import ColourMode, Theme
from kan_monitor.ink import Ink
from kan_monitor.palette import BACKGROUND, background, styles

from .looking import PLACE
from .vision import contrast, distance, luminance

MODES: tuple[ColourMode, ...] = get_args(ColourMode)
THEMES: tuple[Theme, ...] = get_args(Theme)
INKS: tuple[Ink, ...] = get_args(Ink)
#: The modes whose colours are known, so that they can be measured.
MEASURABLE: tuple[tuple[ColourMode, Theme], ...] = tuple(
    (mode, theme) for mode in ("truecolor", "256") for theme in THEMES
)
SEVERITIES = ("good", "warn", "bad", "info")
ALIKE = tuple(f"series.{number}" for number in range(8))
NEWEST = ("train.3", "validation.3")
#: Decoration, backdrops, and what is old.
BEHIND = (
    *("frame", "grid", "track"),
    *(ink for ink in INKS if ink.endswith(".faint")),
    *(f"{series}.{age}" for series in ("train", "validation") for age in range(3)),
)
#: What four times the just noticeable difference is.
APART = 8.0


def colour(style: Style) -> tuple[int, int, int]:
    return _sent(style.color)


def ground(style: Style) -> tuple[int, int, int]:
    return _sent(style.bgcolor)


def _sent(paint: Color) -> tuple[int, int, int]:
    """What the terminal gets: Textual makes 24 bits of the 256, and Rich makes them the 256 again."""
    many = Color.from_triplet(paint.get_truecolor())
    return tuple((many if paint.type == ColorType.TRUECOLOR else many.downgrade(ColorSystem.EIGHT_BIT)).get_truecolor())


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("mode", MODES)
def test_every_ink_has_a_style_in_every_mode(mode, theme):
    assert set(styles(mode, theme)) == set(INKS)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("mode", "types"),
    [
        ("truecolor", {ColorType.TRUECOLOR}),
        ("256", {ColorType.EIGHT_BIT, ColorType.STANDARD}),
        ("16", {ColorType.STANDARD, ColorType.DEFAULT}),
        ("none", set()),
    ],
)
def test_a_mode_has_its_own_colours_only(mode, types, theme):
    for style in styles(mode, theme).values():
        assert {paint.type for paint in (style.color, style.bgcolor) if paint} <= types


@pytest.mark.parametrize("ink", INKS)
@pytest.mark.parametrize(("mode", "theme"), MEASURABLE)
def test_an_ink_has_the_contrast_that_its_use_asks_for(mode, theme, ink):
    """WCAG's 4.5 : 1 for text, its 3 : 1 for curves and what need not be read; of what is behind these, a trace."""
    style = styles(mode, theme)[ink]
    least = 1.2 if ink in BEHIND else 3.0 if ink in ("faint", *NEWEST, *ALIKE) else 4.5
    assert contrast(colour(style), ground(style)) >= least


@pytest.mark.parametrize(("mode", "theme"), MEASURABLE)
def test_severities_and_the_two_series_differ_for_everybody(mode, theme):
    inks = styles(mode, theme)
    for one, other in combinations((*SEVERITIES, *NEWEST), 2):
        assert distance(colour(inks[one]), colour(inks[other])) >= APART, (one, other)
    for one in ("warn", "bad", "info", *NEWEST):
        assert distance(colour(inks[one]), colour(inks["great"])) >= APART, one


@pytest.mark.parametrize(("mode", "theme"), MEASURABLE)
def test_the_two_series_differ_for_everybody_at_every_age(mode, theme):
    for age, least in enumerate((3, 6, 8, 8)):
        train, validation = (styles(mode, theme)[f"{series}.{age}"] for series in ("train", "validation"))
        assert distance(colour(train), colour(validation)) >= least, age


@pytest.mark.parametrize(("mode", "theme"), MEASURABLE)
def test_series_that_are_alike_differ_for_everybody(mode, theme):
    for one, other in combinations(ALIKE, 2):
        assert distance(*(colour(styles(mode, theme)[ink]) for ink in (one, other))) >= APART, (one, other)


@pytest.mark.parametrize("series", ["train", "validation"])
@pytest.mark.parametrize(("mode", "theme"), MEASURABLE)
def test_newer_points_are_stronger(mode, theme, series):
    """Brighter on a dark ground, darker on a light one, and all of them stronger than the backdrop."""
    shown = [styles(mode, theme)[f"{series}.{age}"] for age in ("faint", 0, 1, 2, 3)]
    ladder = [luminance(colour(style)) for style in shown]
    for older, newer in pairwise(ladder):
        assert newer > older if theme == "dark" else newer < older


@pytest.mark.parametrize("ink", [ink for ink in INKS if ink.startswith("series.") and ink.endswith("faint")])
@pytest.mark.parametrize(("mode", "theme"), MEASURABLE)
def test_a_backdrop_is_weaker_than_its_curve(mode, theme, ink):
    backdrop, curve = styles(mode, theme)[ink], styles(mode, theme)[ink.removesuffix(".faint")]
    assert contrast(colour(backdrop), ground(backdrop)) * 1.5 < contrast(colour(curve), ground(curve))


@pytest.mark.parametrize("theme", THEMES)
def test_the_sixteen_are_those_that_are_legible_on_any_ground(theme):
    """No black, no white, and of the bright ones those alone that are not pale on white, or the ground in Solarized."""
    allowed = {"red", "green", "yellow", "blue", "magenta", "cyan", "bright_red", "bright_blue", "bright_magenta"}
    for ink, style in styles("16", theme).items():
        assert style.bgcolor is None, ink
        assert style.color is None or style.color.is_default or style.color.name in allowed, ink
    assert styles("16", "light")["warn"].color.name != "yellow"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("mode", ["truecolor", "256", "16"])
def test_what_means_something_else_looks_different(mode, theme):
    for inks in ((*SEVERITIES, "great", "plain"), ALIKE, NEWEST, ("missing", "extra", "plain")):
        shown = [str(styles(mode, theme)[ink]) for ink in inks]
        assert len(set(shown)) == len(shown), inks


def test_without_colour_there_is_weight_alone():
    assert styles("none")["bad"].bold
    assert styles("none")["warn"].bold
    assert styles("none")["grid"].dim
    for series in ("train", "validation"):
        assert styles("none")[f"{series}.faint"].dim
        assert not any(styles("none")[f"{series}.{age}"].dim for age in range(4)), "a curve is lost in its backdrop"
    assert styles("none", "light") == styles("none", "dark")


def test_a_difference_is_never_colour_alone():
    """Where there are colours it is underlined; without, the panel writes marks around it."""
    for mode, theme in (*MEASURABLE, ("16", "dark"), ("16", "light")):
        assert styles(mode, theme)["missing"].underline
        assert styles(mode, theme)["extra"].underline


def test_what_lies_between_the_panels_is_their_ground():
    """The stylesheet says the grounds a second time, and Textual takes the nearest of the 256 for them."""
    sheet = (Path(kan_monitor.app.__path__[0]) / "theme.tcss").read_text()
    said = set(re.findall(r"background: (#[0-9a-f]{6})", sheet))
    assert said == {background("dark"), background("light")}
    assert background("dark") == BACKGROUND
    for theme in THEMES:
        many, fewer = (styles(mode, theme)["plain"].bgcolor for mode in ("truecolor", "256"))
        assert many.name == background(theme)
        assert many.downgrade(ColorSystem.EIGHT_BIT).number == fewer.number


@pytest.mark.parametrize(("classes", "theme"), [("", "dark"), ("light", "light")])
async def test_the_app_shows_the_ground_of_its_theme(home, classes, theme):
    app = MonitorApp(PLACE)
    app.set_classes(classes)
    async with app.run_test():
        assert app.screen.styles.background.hex.lower() == background(theme)
