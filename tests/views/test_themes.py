"""The colours of pictures: enough contrast for everybody, and styles that plain renderers follow."""

import re
from typing import Any

import pytest

from micrograd import Value, draw
from micrograd.views.themes import STRONGEST, THEMES, contrast, ink_on, mixed, palette, style, tint_strength

SCHEMES = ("light", "dark")


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#ffffff", "#ffffff") == 1.0
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the grey that just fails, as is well known


@pytest.mark.parametrize("scheme", SCHEMES)
def test_whatever_is_written_can_be_read(scheme: str) -> None:
    colours = palette(scheme)
    tiles = [name for name in colours if name.startswith("tile-")]
    grounds = {"ink": ["card", *tiles], "grey": ["card", "paper", "layer", "neuron"]}
    measured = {(ink, ground): contrast(colours[ink], colours[ground]) for ink, names in grounds.items() for ground in names}
    assert min(measured.values()) >= 4.5, measured


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("sign", ["positive", "negative"])
def test_a_number_on_a_tint_is_the_one_of_black_and_white_that_is_easier_to_read(scheme: str, sign: str) -> None:
    colours = palette(scheme)
    for step in range(101):
        fill = mixed(colours["card"], colours[sign], STRONGEST * step / 100.0)
        assert colours["on-tint"] == ink_on(fill)
        assert contrast(colours["on-tint"], fill) >= 4.5


def test_black_or_white_can_be_read_on_every_fill() -> None:
    greys = [f"#{level:02x}{level:02x}{level:02x}" for level in range(256)]
    assert min(contrast(ink_on(grey), grey) for grey in greys) >= 4.58


@pytest.mark.parametrize("scheme", SCHEMES)
def test_lines_and_borders_of_results_stand_out(scheme: str) -> None:
    colours = palette(scheme)
    assert min(contrast(colours[name], colours["paper"]) for name in ("edge", "positive", "negative", "ink")) >= 3.0


@pytest.mark.parametrize("theme", THEMES)
def test_a_style_is_plain_css(theme: str) -> None:
    assert not re.search(r"var\(|light-dark|calc|--|[^-]color-scheme:", style(theme))
    assert style(theme).count("@media (prefers-color-scheme: dark)") == (theme == "auto")


def test_auto_is_light_and_in_the_dark_what_dark_is() -> None:
    plain, _, dark = style("auto").partition("@media")
    assert plain == style("light").replace(".graph.light", ".graph.auto")
    overridden = re.findall(r"#\w{6}", dark)
    assert set(overridden) == set(re.findall(r"#\w{6}", style("dark")))
    assert not set(overridden) & set(re.findall(r"#\w{6}", style("light"))) - {"#ffffff"}  # paper in the one, ink in the other


def test_styles_of_two_pictures_on_one_page_do_not_meet() -> None:
    for theme in THEMES:
        selectors = [part for rule in re.findall(r"^([^@}\n][^{]*)\{", style(theme), re.MULTILINE) for part in rule.split(",")]
        assert all(selector.strip().startswith(f".graph.{theme}") for selector in selectors)


@pytest.mark.parametrize("wrong", ["Dark", "", None, ["dark"]])
def test_an_unknown_theme_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=rf'theme needs to be "auto", "light" or "dark", got {re.escape(repr(wrong))}'):
        draw(Value(1.0), theme=wrong)


def test_colour_fades_out_over_four_decades() -> None:
    assert tint_strength(8.0, 8.0) == 1.0 > tint_strength(0.8, 8.0) == 0.75 > tint_strength(8e-4, 8.0) == 0.0
    assert tint_strength(0.0, 8.0) == tint_strength(float("nan"), 8.0) == tint_strength(1.0, 0.0) == 0.0
