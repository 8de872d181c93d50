"""What if: the nudge beside the gradient, and why the one is off the other."""

import math
from collections.abc import Callable

import pytest

import micrograd
from micrograd import Value, explore
from micrograd.text.naming import minus, shown
from tests.views.browser.page import OpenPlayer


def test_the_nudge_is_seen_in_the_picture_and_beside_the_gradient(open_page: OpenPlayer) -> None:
    w, x, b = Value(0.5, label="w"), Value(2.0, label="x"), Value(-0.3, label="b")
    page = open_page(explore((w * x + b).tanh()))
    assert page.inner_text(".what-why").startswith("Guess from the nudge what backward will find")
    assert page.inner_text(".what-slope") == "not there yet"
    page.keyboard.press("End")
    page.select_option(".what-size", "0")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    # tanh(0.7) = 0.6044, tanh(2.7) = 0.9910
    assert page.evaluate("cardParts.map((parts) => parts.change.textContent)") == ["+1", "", "+2", "", "+2", "+0.387"]
    assert page.inner_text(".what-ratio") == "0.3866"
    slope = 2.0 * (1.0 - math.tanh(0.7) ** 2)
    assert page.inner_text(".what-slope") == shown(slope)
    assert page.locator(".what-bars button").count() == 13
    off = abs(math.tanh(0.5 * 2.0 - 0.3 + 2e-4) - math.tanh(0.7)) / 1e-4 - slope
    assert page.get_attribute(".what-bars button >> nth=4", "title").startswith(
        f"h = 10⁻⁴: off by {minus(f'{abs(off):.1e}')[:3]}"
    )
    page.keyboard.press("n")
    assert page.locator(".graph .moved, .graph .held").count() == 0


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (lambda x: (x - 3.0).relu(), "The nudge finds the very slope, to the last digit."),  # 0, and no digit is lost
        (lambda x: 1.5 * x, "The nudge finds the very slope, to the last digit."),
        (lambda x: x * x, "The smaller h, the nearer the nudge comes to the tangent …"),
        (lambda x: (x * 1e200) * (x * 1e200), "Here, or where the nudge leads, a number is not finite."),
    ],
    ids=["dead", "straight", "bent", "infinite"],
)
def test_why_a_nudge_is_off_is_true(open_page: OpenPlayer, output: Callable[[Value], Value], words: str) -> None:
    page = open_page(explore(output(Value(1.0, label="x"))))
    page.keyboard.press("End")
    page.evaluate("takeHold(leafNodes[0]); setNudge(0)")
    assert page.inner_text(".what-why") == words


@pytest.mark.parametrize(
    ("formula_of", "at", "is_kink"),
    [
        ("relu(x)", 0.0, True),
        ("maximum(x, 2)", 2.0, True),
        ("abs(x) + 3", 0.0, True),
        ("relu(x)", 0.5, False),
        ("x**2", 0.0, False),
        ("exp(x)", 1.0, False),
        ("3*x + 1", 2.0, False),
        ("x + 1", 1e20, False),
        ("x + 10**30", 1.0, False),  # a curve that is flat in floats
    ],
)
def test_at_a_kink_it_is_not_rounding_that_a_nudge_is_off_by(
    formula_of: str, at: float, is_kink: bool, open_page: OpenPlayer
) -> None:
    page = open_page(explore(micrograd.parse(formula_of, x=Value(at, label="x"))))
    page.keyboard.press("End")
    assert ("The curve has a kink here" in page.inner_text(".what-why")) == is_kink
