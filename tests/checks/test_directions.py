"""Slopes along random directions: autodiff and a measurement, for all inputs at once."""

import re

import pytest

from micrograd import Value, check
from micrograd.checks.comparison import gradient_along
from micrograd.checks.running_error import ROUNDING, Sweep, lost_by_sum
from micrograd.engine import topological_order
from tests.checks.reading import only


def test_the_rounding_along_a_direction_is_that_of_each_part_and_of_their_sum() -> None:
    x, y = Value(2.0), Value(5.0)
    sweep = Sweep(topological_order(x * 0.7 * 0.3 - y * 3.0))
    by_x, by_y = 0.7 * 0.3, -3.0
    slope, rounding = gradient_along({x: -1.5, y: 0.75}, sweep)
    assert slope == -1.5 * by_x + 0.75 * by_y
    # the product 0.7 * 0.3 of the sweep is rounded, and -3 is not
    parts = ROUNDING * by_x * 1.5 + ROUNDING * (by_x * 1.5) + ROUNDING * (3.0 * 0.75)
    assert rounding == pytest.approx(parts + lost_by_sum(-1.5 * by_x, -2.25), rel=1e-12, abs=0.0)
    assert lost_by_sum(-1.5 * by_x, -2.25) > 0.0


def test_directions_differ_in_sign_and_in_size_and_come_again_with_the_seed() -> None:
    x, y = Value(2.0, "x"), Value(5.0, "y")
    slopes = [row.autodiff for row in check(x * 1.0, directions=20, inputs=[x]).rows]
    assert all(0.5 <= abs(slope) <= 1.5 for slope in slopes)
    assert len(set(slopes)) == 20
    assert min(slopes) < -1.0
    assert max(slopes) > 1.0
    assert min(map(abs, slopes)) < 0.8
    assert check(x * y, directions=3, seed=7) == check(x * y, directions=3, seed=7)
    assert check(x * y, directions=3, seed=7) != check(x * y, directions=3, seed=8)


@pytest.mark.parametrize("seed", range(4))
def test_infinite_slopes_along_a_direction_are_inconclusive(seed: int) -> None:
    x, y = Value(0.0, "x"), Value(0.0, "y")
    assert only(check(x.sqrt() - y.sqrt(), directions=1, seed=seed)).verdict == "INCONCLUSIVE"


def test_an_input_outside_the_graph_has_no_direction() -> None:
    x, y = Value(2.0, "x"), Value(5.0, "y")
    with pytest.raises(ValueError, match=re.escape("y is not in the graph of the output; leave it out of the directions")):
        check(x * 2.0, inputs=[x, y], directions=1)
