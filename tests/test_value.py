"""What a Value shows of itself, what zero gradients do to it, and how it compares."""

import math

import pytest

from micrograd.engine import Value
from micrograd.ops import Op


def test_no_gradient_is_shown_before_a_sweep_and_a_0_after_it() -> None:
    x, y = Value(3.0, label="x"), Value(0.0)
    product = x * y
    assert repr(x) == "Value(data=3.0, label='x')"
    assert repr(product) == "Value(data=0.0)"
    product.backward()
    assert repr(x) == "Value(data=3.0, grad=0.0, label='x')"


def test_a_unit_that_is_off_gives_its_leaves_a_gradient_of_0() -> None:
    w, x = Value(-1.0), Value(2.0)
    (w * x).relu().backward()
    assert repr(w) == "Value(data=-1.0, grad=0.0)"
    assert repr(x) == "Value(data=2.0, grad=0.0)"


@pytest.mark.parametrize("slope", [math.inf, -math.inf, math.nan])
def test_a_gradient_of_0_times_a_slope_that_is_not_finite_is_nan(slope: float) -> None:
    steep = Op("steep", lambda a: a, lambda out, a: (slope,))
    x, w = Value(1.0), Value(0.0)
    (steep(x) * w).backward()
    assert math.isnan(x.grad)
    assert w.grad == 1.0


def test_a_gradient_of_0_times_slopes_whose_sum_is_too_large_is_0() -> None:
    huge = Op("huge", lambda a, b: a, lambda out, a, b: (1e308, 1e308))
    x, y = Value(1.0), Value(1.0)
    (huge(x, y) * 0.0).backward()
    assert (x.grad, y.grad) == (0.0, 0.0)


def test_a_format_specification_is_that_of_the_number() -> None:
    assert f"{Value(2.0 / 3.0):.3f}" == "0.667"
    assert f"{Value(1.0)}" == "Value(data=1.0)"


def test_comparisons_look_at_data_and_equality_at_identity() -> None:
    a, b = Value(1.0), Value(2.0)
    assert a < b
    assert b > 1
    assert a <= 1.0
    assert 2 >= b  # noqa: SIM300
    assert max(a, b) is b
    assert a != Value(1.0)
    assert a in {a}
    assert not Value(0.0)
    assert Value(0.1)
    assert not Value(math.nan) < 1.0


def test_a_number_plus_a_value_keeps_its_operands_in_order() -> None:
    x = Value(3.0)
    two, same = (2 + x).parents
    assert (two.data, same) == (2.0, x)
