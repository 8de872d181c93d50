"""Where `spread` places people: as far from each other as there are ties between them."""

import math
from itertools import pairwise

import pytest

from micrograd.plots import spread


def test_a_chain_becomes_a_straight_line() -> None:
    places = spread([(0, 1), (1, 2), (2, 3)])
    assert [math.dist(a, b) for a, b in pairwise(places)] == pytest.approx([1.0, 1.0, 1.0], abs=0.02)
    assert math.dist(places[0], places[3]) == pytest.approx(3.0, abs=0.02)


def test_three_who_know_each_other_are_equally_far_apart() -> None:
    a, b, c = spread([(0, 1), (1, 2), (2, 0)])
    assert [math.dist(a, b), math.dist(b, c), math.dist(c, a)] == pytest.approx([1.0, 1.0, 1.0], abs=1e-6)


def test_people_whom_no_way_of_ties_leads_to_have_no_place() -> None:
    with pytest.raises(ValueError, match=r"^no way of ties leads from person 0 to person 2; draw their groups one by one$"):
        spread([(0, 1), (2, 3)])


def test_people_without_a_tie_have_no_place_either() -> None:
    with pytest.raises(ValueError, match=r"^no way of ties leads from person 0 to person 1;"):
        spread([(0, 2)])


def test_nobody_is_no_club() -> None:
    with pytest.raises(ValueError, match=r"^people need at least one tie, such as \[\(0, 1\)\], got \[\]$"):
        spread([])
