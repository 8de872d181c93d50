"""A slope with its bar, and the corners of the functions that have one."""

import math

from micrograd import Value, maximum, minimum
from micrograd.checks.slopes import Slope, at_a_kink, two_sided


def test_two_sides_are_a_kink_if_they_differ_by_more_than_two_bars() -> None:
    assert two_sided(1.0, 1.5, 0.25) == Slope(1.25, 0.25, 1.25, 1.25)
    assert two_sided(1.0, 1.5, 0.2) == Slope(1.25, 0.2, 1.0, 1.5)


def test_no_slope_contains_what_is_no_finite_number() -> None:
    anything = Slope(1.0, math.inf, 1.0, 1.0)
    assert anything.contains(5.0, 0.0)
    for number in (math.inf, -math.inf, math.nan):
        assert not anything.contains(number, 0.0)


def test_a_function_with_a_corner_is_at_it_where_its_operands_meet_or_are_0() -> None:
    for node in (maximum(Value(2.0), 2.0), minimum(2.0, Value(2.0)), Value(0.0).relu(), abs(Value(0.0)), Value(0.0).leaky_relu()):
        assert at_a_kink(node) is True
    for node in (maximum(Value(0.0), 1.0), minimum(0.0, Value(-1.0)), Value(1.0).relu(), Value(0.0).sin(), Value(0.0)):
        assert at_a_kink(node) is False
