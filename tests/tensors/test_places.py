"""Regular sequences of places: which axes and strides count through them."""

import numpy as np
import pytest

from micrograd.tensors.places import axes_of, contiguous, factors, places_of, strides_on


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ([7], []),
        ([0, 1, 2, 3], [(4, 1)]),
        ([5, 3, 1], [(3, -2)]),
        ([2, 2, 2], [(3, 0)]),  # a repeat
        ([0, 3, 1, 4, 2, 5], [(3, 1), (2, 3)]),  # a transpose
        ([0, 1, 1, 2, 2, 3], [(3, 1), (2, 1)]),  # windows of 2, which overlap
        ([0, 1, 4, 5, 2, 3, 6, 7], [(2, 2), (2, 4), (2, 1)]),
        ([0, 1, 3], None),
        ([0, 1, 2, 4, 5], None),  # 5 places do not divide into runs of 3
        ([0, 1, 5, 6, 7, 8], None),
    ],
)
def test_factors(places: list[int], found: list[tuple[int, int]] | None) -> None:
    assert factors(np.array(places)) == found


def test_factors_give_the_places_back() -> None:
    for axes, strides in (((2, 3, 4), (1, 8, 2)), ((3, 1, 2), (5, 0, 7)), ((4, 2), (0, 3))):
        places = places_of(6, strides, axes)
        found = factors(places.ravel())
        assert found is not None
        again = places_of(6, [stride for _, stride in found], [length for length, _ in found])
        assert again.ravel().tolist() == places.ravel().tolist()


def test_common_axes_divide_those_of_every_column() -> None:
    transposed, pairs = np.array([0, 2, 4, 1, 3, 5]), np.array([0, 0, 0, 1, 1, 1])
    assert axes_of([transposed, pairs, None], 6) == ((2, 3), [True, True, True])


def test_a_column_that_would_break_the_axes_is_left_out() -> None:
    threes, twos = np.array([0, 2, 4, 1, 3, 5]), np.array([0, 3, 1, 4, 2, 5])
    assert axes_of([threes, twos], 6) == ((2, 3), [True, False])
    assert axes_of([np.array([0, 1, 3, 7])], 4) == ((4,), [False])


def test_axes_that_are_given_are_kept() -> None:
    assert axes_of([np.arange(6)], 6, cuts={3}) == ((2, 3), [True])


def test_strides_on_axes() -> None:
    assert strides_on(np.array([4, 2, 0, 5, 3, 1]), (2, 3)) == (4, (1, -2))
    assert strides_on(np.array([0, 1, 2, 4]), (2, 2)) is None
    assert strides_on(np.array([-1, -1]), (2,)) is None  # zeros are no places
    assert strides_on(np.array([3]), ()) == (3, ())


def test_contiguous_strides_skip_axes_of_length_1() -> None:
    assert contiguous((2, 1, 3)) == (3, 0, 1)
    assert contiguous(()) == ()
