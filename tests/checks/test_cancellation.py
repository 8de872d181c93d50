"""What cancels and what vanishes: a check passes no number that neither side could see, and a slope that is 0 all the same."""

import math
import random
from collections.abc import Callable
from fractions import Fraction

import pytest

import micrograd
from micrograd import Op, Value, check
from micrograd.checks.running_error import (
    ROUNDING,
    SMALLEST_FLOAT,
    Sweep,
    forward_errors,
    lost_by_product,
    lost_by_sum,
    slope_errors,
)
from micrograd.checks.slopes import SAFETY, Slope, exactly
from micrograd.checks.verdicts import TELLING, judged
from micrograd.engine import topological_order
from tests.checks.reading import only

METHODS = ("complex", "ladder", "mpmath")

# Graphs of x whose slope is `true`, and 0 in floats.
Graph = Callable[[Value], Value]
UNSEEN: dict[str, tuple[Graph, float, float]] = {
    # -e / (1 + e) for e = exp(-37.43), and 1 + e is 1 to 16 digits
    "a confident row": (lambda x: micrograd.logsumexp([x, 0.0]) - x, 37.43, -math.exp(-37.43)),
    "1 + 1e-17 - 1": (lambda x: ((Value(1e-17) + 1.0) - 1.0) * x.sin(), 0.0, 1e-17),
    # sqrt(1 + e) - 1 = e / 2 at e = 1e-20
    "a root beside 1": (lambda x: ((Value(1e-10) ** 2 + 1.0).sqrt() - 1.0) * x.sin(), 0.0, 5e-21),
    "below the smallest float": (lambda x: x.sin() * 1e300 * 1e-200 * 1e-200, 0.0, 1e-100),
}
every_unseen = pytest.mark.parametrize(("make", "at", "true"), UNSEEN.values(), ids=UNSEEN.keys())


@every_unseen
@pytest.mark.parametrize("method", METHODS)
def test_what_cancelled_cannot_be_told(make: Graph, at: float, true: float, method: str) -> None:
    row = only(check(make(x := Value(at, "x")), inputs=[x], method=method))
    assert (row.autodiff, row.verdict) == (0.0, "INCONCLUSIVE")
    assert row.hint.startswith("it cannot be told: rounding alone may make")
    assert row.measured.distance(true) <= row.measured.error


@every_unseen
def test_fifty_digits_see_what_cancelled(make: Graph, at: float, true: float) -> None:
    row = only(check(make(x := Value(at, "x")), inputs=[x], method="mpmath"))
    assert row.measured.value == pytest.approx(true, rel=1e-15)


def test_fractions_see_what_cancelled() -> None:
    x, y = Value(1e-17, "x"), Value(2.0, "y")
    row = only(check(((1.0 + x) - 1.0) * y, inputs=[y]))
    assert (row.autodiff, row.measured.value, row.verdict) == (0.0, 1e-17, "INCONCLUSIVE")


def test_what_does_not_depend_on_what_cancelled_passes() -> None:
    x = Value(1.0, "x")
    for method in ("exact", "complex", "mpmath"):
        assert only(check((x + 1e200) - 1e200, method=method)).verdict == "PASS"


ZERO: dict[str, tuple[Graph, float]] = {
    "times 0": (lambda x: x * 0.0, 3.0),
    "relu below 0": (lambda x: x.relu(), -1.0),
    "relu of many below 0": (lambda x: micrograd.total([(x * n).relu() for n in range(1, 40)]) * 1e6, -1.0),
    "the top of a wave": (lambda x: x.cos(), 0.0),
    "a step": (lambda x: x.step() + x.sign(), 2.0),
    "the smaller of two": (lambda x: micrograd.maximum(x, 7.0), 2.0),
    "twice the same": (lambda x: (y := x.tanh()) * 3.0 - 3.0 * y + y - y, 0.7),
    "a triple root": (lambda x: x.tanh() * x * x, 0.0),
    "an edge": (lambda x: x**1.5, 0.0),
    "beyond the floats": (lambda x: x.tanh(), 1000.0),
}


@pytest.mark.parametrize(("make", "at"), ZERO.values(), ids=ZERO.keys())
@pytest.mark.parametrize("method", ["complex", "mpmath"])
def test_a_slope_of_0_passes(make: Graph, at: float, method: str) -> None:
    row = only(check(make(Value(at, "x")), method=method))
    assert (row.autodiff, row.measured.value, row.verdict) == (0.0, 0.0, "PASS")


def test_an_input_that_is_not_used_has_the_slope_0() -> None:
    x, y = Value(1.0, "x"), Value(2.0, "y")
    for method in METHODS:
        row = only(check(x.sin(), inputs=[y], method=method))
        assert (row.measured, row.verdict) == (exactly(Fraction(0)), "PASS")


def test_a_wrong_slope_of_0_fails() -> None:
    blind = Op("blind", lambda a: 1e-9 * a * a, lambda out, a: (0.0,))
    assert only(check(blind(Value(0.7, "x")))).verdict == "FAIL"


def test_differences_tell_no_slope_that_they_cannot_see() -> None:
    clip = Op("clip", lambda a: min(max(a, -1.0), 1.0), lambda out, a: (0.0,))
    flat = Op("flat", lambda a: 1.0 + 1e-20 * a, lambda out, a: (0.0,))
    off = Op("off", lambda a: max(a, 0.0), lambda out, a: (0.0,))
    assert only(check(clip(Value(5.0, "x")))).verdict == "INCONCLUSIVE"
    assert only(check(flat(Value(5.0, "x")))).verdict == "INCONCLUSIVE"
    assert only(check(off(Value(-5.0, "x")))).verdict == "PASS"


@pytest.mark.parametrize(
    ("make", "at"),
    [
        (lambda x: x.tanh() * 1e-100 * 1e-100 * 1e-100 * 1e300, 1e-3),
        (lambda x: micrograd.hypot(x, 1e150), 1e-3),
        (lambda x: (x / 1e-150).exp().tan(), 0.0),
        (lambda x: (x + 1e-42).log(), 0.0),
        (lambda x: micrograd.logsumexp([x, 0.0, -x]), 800.0),
        (micrograd.log, 1e-305),
        (micrograd.log, 5e-324),
        (lambda x: (-(x * x)).exp(), 26.0),
        (lambda x: x.exp() * 1e-200, -250.0),
    ],
)
def test_small_numbers_on_the_way_accuse_no_rule(make: Graph, at: float) -> None:
    assert only(check(make(Value(at, "x")))).verdict != "FAIL"


# How wide the bars are


@pytest.mark.parametrize(("off", "verdict"), [(1.99e-10, "PASS"), (-1.99e-10, "PASS"), (2.01e-10, "FAIL"), (-2.01e-10, "FAIL")])
def test_a_number_may_be_two_bars_off(off: float, verdict: str) -> None:
    assert SAFETY == 2.0
    assert judged(1.0 + off, 0.0, Slope(1.0, 1e-10, 1.0, 1.0))[0] == verdict
    assert judged(1.0 + off, 0.5e-10, Slope(1.0, 0.5e-10, 1.0, 1.0))[0] == verdict


def test_a_bar_may_be_a_thousandth_of_the_slope() -> None:
    for bar, verdict in [(0.49 * TELLING, "PASS"), (0.51 * TELLING, "INCONCLUSIVE")]:
        assert judged(1.0, 0.0, Slope(1.0, bar, 1.0, 1.0))[0] == verdict
        assert judged(-8.0, 0.0, Slope(-8.0, 8.0 * bar, -8.0, -8.0))[0] == verdict
        assert judged(2.0, 0.0, Slope(0.0, 2.0 * bar, -2.0, 2.0))[0] == verdict


def test_a_number_that_agrees_is_right_whatever_its_rounding_could_have_been() -> None:
    slope = Slope(1.0, 1e-16, 1.0, 1.0)
    assert judged(1.0, 0.1, slope) == ("PASS", "")
    assert judged(1.01, 0.1, slope)[0] == "INCONCLUSIVE"
    assert judged(1.3, 0.1, slope)[0] == "FAIL"


def test_infinite_and_missing_numbers_are_inconclusive() -> None:
    inf, nan = float("inf"), float("nan")
    one, corner = Slope(1.0, 0.0, 1.0, 1.0), Slope(0.0, 0.0, -1.0, 1.0)
    assert judged(nan, 0.0, one) == ("INCONCLUSIVE", "not a number")
    assert judged(0.0, 0.0, Slope(-0.5, 0.0, -0.0, -1.0)) == ("PASS", "a kink: any slope from 0 to -1 is a subgradient")
    assert judged(nan, 0.0, corner) == ("INCONCLUSIVE", "not a number, at a kink: any slope from -1 to 1 is a subgradient")
    for number, rounding, slope in [
        (inf, 0.0, one),
        (1.0, inf, one),
        (1.0, 0.0, Slope(1.0, inf, 1.0, 1.0)),
        (1.0, 0.0, Slope(nan, 0.0, nan, nan)),
    ]:
        assert judged(number, rounding, slope) == ("INCONCLUSIVE", "infinite, or not to be measured here")


def test_a_bar_that_is_too_wide_is_told() -> None:
    told = "it cannot be told: rounding alone may make 2e-01 of it"
    assert judged(1.0, 0.0, Slope(1.0, 0.1, 1.0, 1.0)) == ("INCONCLUSIVE", told)
    assert judged(1.1, 0.1, Slope(1.0, 0.0, 1.0, 1.0)) == ("INCONCLUSIVE", told)


# The bounds behind them


def test_the_rounding_of_a_sum_is_found_exactly() -> None:
    assert lost_by_sum(1.0, 2.0) == 0.0
    assert lost_by_sum(1.0, 1e-17) == lost_by_sum(1e-17, 1.0) == 1e-17
    assert lost_by_sum(1.0, ROUNDING) == ROUNDING  # a tie, to even
    assert lost_by_sum(0.1, -0.1) == 0.0
    generator = random.Random(0)
    for _ in range(100):
        a, b = generator.uniform(-1.0, 1.0), generator.uniform(-100.0, 100.0)
        assert lost_by_sum(a, b) == abs(Fraction(a) + Fraction(b) - Fraction(a + b))


def test_the_rounding_of_a_difference_is_found_exactly() -> None:
    one, half_a_digit = Value(1.0), Value(2.0**-53)
    for node, lost in [(one + half_a_digit, ROUNDING), (one - half_a_digit, 0.0)]:  # below 1 the floats are twice as dense
        assert forward_errors(topological_order(node))[node] == lost


def test_a_product_is_exact_where_a_factor_is_0_or_1() -> None:
    assert (
        lost_by_product(0.0, 0.3) == lost_by_product(0.3, -0.0) == lost_by_product(1.0, 0.3) == lost_by_product(0.3, -1.0) == 0.0
    )
    assert lost_by_product(0.5, 3.0) == 1.5 * ROUNDING
    assert lost_by_product(-1e-200, 1e-200) == SMALLEST_FLOAT


def test_what_cancels_without_rounding_is_0_exactly() -> None:
    x = Value(0.7, "x")
    y = x.tanh()
    sweep = Sweep(topological_order(2.0 * y - 3.0 * y + y))
    assert (sweep.gradient[x], sweep.error[x]) == (0.0, 0.0)
    assert sweep.forward_error[x] > 0.0  # on the way up, 3 y' is rounded


def test_noise_is_passed_on_by_each_use() -> None:
    x = Value(0.3)
    a = x.sin()
    b = a * 8.0
    noise = forward_errors(topological_order(b - a))
    assert noise[x] == 0.0
    assert noise[a] == 4.0 * ROUNDING * a.data
    assert noise[b] == pytest.approx(8.0 * noise[a] + 4.0 * ROUNDING * b.data)
    assert noise[b] + noise[a] <= forward_errors(topological_order(c := b - a))[c] <= noise[b] + noise[a] + ROUNDING * c.data


def test_the_rounding_of_products_and_of_sums_adds_up() -> None:
    x = Value(2.0)
    sweep = Sweep(topological_order(x * 0.7 * 0.3 + x * 1e-3))
    lost = lost_by_sum(0.7 * 0.3, 1e-3)
    assert lost > 0.0
    assert sweep.error[x] == ROUNDING * (0.7 * 0.3) + lost


def test_the_rule_of_an_own_row_is_moved_by_the_noise_of_its_operand() -> None:
    own = Op("own exp", math.exp, lambda out, a: (math.fabs(out),))
    log = Op("own log", math.log1p, lambda out, a: (1.0 / math.sqrt(a),))
    a = Value(0.5)
    assert slope_errors(own(a), own, {a: 1e-6}) == pytest.approx([1e-6 * math.exp(0.5)], rel=1e-5)
    assert slope_errors(log(b := Value(1e-9)), log, {b: 1e-6}) == [math.inf]


def test_a_slope_made_of_the_output_has_its_noise() -> None:
    e = (Value(1.0).sin() * 50.0).exp()
    noise = forward_errors(topological_order(e))
    assert noise[e] > 100.0 * ROUNDING * e.data
    assert slope_errors(e, micrograd.exp, noise) == [noise[e]]


def test_operations_that_only_choose_or_turn_round_nothing() -> None:
    x = Value(0.3)
    for node in (-x, x.relu(), abs(x), x.sign(), x.step(), micrograd.maximum(x, 0.1), micrograd.minimum(x, 0.1), x * 0.0):
        assert forward_errors(topological_order(node))[node] == 0.0


def test_a_number_below_the_smallest_float_may_be_gone() -> None:
    x = Value(-800.0)
    assert forward_errors([x, y := x.exp()])[y] == SMALLEST_FLOAT
    assert forward_errors(topological_order(z := y * 1e300))[z] == pytest.approx(SMALLEST_FLOAT * 1e300, rel=1e-9)
