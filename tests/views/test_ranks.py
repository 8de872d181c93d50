"""Our own way to place a block, where there is no Graphviz: ranks, the order in each, places across, and curves."""

import itertools
import random
import sys
from dataclasses import replace

import pytest

from micrograd.views.layout.geometry import along, middle
from micrograd.views.layout.graphviz import graphviz_is_here
from micrograd.views.layout.inside import BETWEEN, PORT_ROOM, Inside, Sizes
from micrograd.views.layout.layered import placed_in_ranks
from micrograd.views.layout.ordering import crossings, exchange, put_in_order
from micrograd.views.layout.ranks import Ranks, ranks_of, with_lanes
from micrograd.views.layout.settling import Settling, mean, median, rising, runs_of, settled

SIZES = Sizes(130.0, 62.0, 64.0)
Lines = list[tuple[int, int]]


def tangle(cards: int, seed: int) -> Lines:
    """Each card but the first three reads two of the cards before it."""
    draw = random.Random(seed)
    return [(tail, head) for head in range(3, cards) for tail in draw.sample(range(head), 2)]


def placed(cards: int, lines: Lines) -> Inside:
    return placed_in_ranks(cards, lines, (), (), SIZES)


def stops(cards: int, lines: Lines) -> Ranks:
    return with_lanes(cards, ranks_of(cards, lines), lines)


def where(ranks: Ranks) -> list[int]:
    place = {stop: number for order in ranks.order for number, stop in enumerate(order)}
    return [place[stop] for stop in range(len(place))]


def test_a_card_stands_one_rank_before_the_first_that_reads_it() -> None:
    lines = [(0, 1), (1, 3), (2, 3), (0, 3)]  # 0 -> 1 -> 3, and 2 -> 3
    assert ranks_of(4, lines) == [0, 1, 1, 2]


def test_a_card_with_more_operands_than_readers_stands_close_to_these() -> None:
    lines = [(0, 1), (1, 2), (2, 3), (0, 4), (1, 4)]  # nothing reads 4, and the last rank is far
    assert ranks_of(5, lines) == [0, 1, 2, 3, 2]


@pytest.mark.parametrize("seed", range(5))
def test_every_line_goes_to_a_later_rank_and_through_one_stop_in_each_between(seed: int) -> None:
    lines = tangle(20, seed)
    ranks = stops(20, lines)
    rank = {stop: number for number, order in enumerate(ranks.order) for stop in order}
    for (tail, head), way in zip(lines, ranks.ways, strict=True):
        assert (way[0], way[-1]) == (tail, head)
        assert [rank[stop] for stop in way] == list(range(rank[tail], rank[head] + 1))
        assert all(stop >= 20 for stop in way[1:-1])


@pytest.mark.parametrize("seed", range(5))
def test_crossings_are_counted_as_one_would_by_hand(seed: int) -> None:
    ranks = stops(12, tangle(12, seed))
    at = where(ranks)
    by_hand = 0
    for order in ranks.order:
        joined = [(at[stop], at[other]) for stop in order for other in ranks.after[stop]]
        by_hand += sum((a < c and b > d) or (a > c and b < d) for (a, b), (c, d) in itertools.combinations(joined, 2))
    assert crossings(ranks, at) == by_hand


def test_two_lines_that_cross_are_taken_apart() -> None:
    ranks = with_lanes(4, [0, 0, 1, 1], [(0, 3), (1, 2)])
    assert crossings(ranks, where(ranks)) == 1
    put_in_order(ranks)
    assert crossings(ranks, where(ranks)) == 0


def test_an_exchange_of_two_takes_a_crossing_away() -> None:
    ranks = with_lanes(4, [0, 0, 1, 1], [(0, 3), (1, 2)])
    at = where(ranks)
    exchange(ranks, at)
    assert crossings(ranks, at) == 0
    assert at == where(ranks)


@pytest.mark.parametrize("seed", [3, 5, 9])
def test_no_order_of_a_small_block_has_fewer_crossings(seed: int) -> None:
    draw = random.Random(seed)
    ranks_of_eleven = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2]
    first, second = range(4, 7), range(7, 11)  # of which each card before reads two
    lines = [(tail, head) for tail in range(7) for head in draw.sample(first if tail < 4 else second, 2)]
    ranks = with_lanes(11, ranks_of_eleven, lines)
    orders = itertools.product(*map(itertools.permutations, ranks.order))
    every = [replace(ranks, order=[list(rank) for rank in order]) for order in orders]
    put_in_order(ranks)
    assert crossings(ranks, where(ranks)) == min(crossings(each, where(each)) for each in every)


def test_of_an_order_and_its_mirror_image_the_one_is_taken_that_reads_from_the_top() -> None:
    ranks = with_lanes(4, [0, 0, 1, 1], [(0, 2), (1, 3)])
    ranks.order[:] = [[1, 0], [3, 2]]
    put_in_order(ranks)
    assert ranks.order == [[0, 1], [2, 3]]


@pytest.mark.parametrize("seed", range(3))
def test_no_exchange_of_two_side_by_side_is_left_that_helps(seed: int) -> None:
    ranks = stops(20, tangle(20, seed))
    put_in_order(ranks)
    fewest = crossings(ranks, where(ranks))
    for order in ranks.order:
        for place in range(len(order) - 1):
            order[place : place + 2] = order[place : place + 2][::-1]
            assert crossings(ranks, where(ranks)) >= fewest
            order[place : place + 2] = order[place : place + 2][::-1]


def test_places_that_would_fall_are_pooled() -> None:
    wishes = [[(1.0, 1.0)], [(5.0, 1.0)], [(3.0, 3.0)], [(4.0, 1.0)]]
    assert rising(wishes, mean) == [1.0, 3.5, 3.5, 4.0]  # (5 + 3 * 3) / 4
    assert rising(wishes, median) == [1.0, 3.0, 3.0, 4.0]
    assert median([(2.0, 1.0), (0.0, 1.0)]) == 1.0  # as much above as below


def test_a_line_past_other_cards_runs_straight_and_a_chain_too() -> None:
    ranks = stops(5, [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)])
    across = settled(ranks, SIZES.breadth, BETWEEN)
    lanes = ranks.ways[-1][1:-1]
    assert len({across[lane] for lane in lanes}) == 1
    assert across[1] == across[2] == across[3]
    ranks = stops(10, [(0, 3), (1, 4), (2, 5), (3, 6), (4, 6), (5, 6), (3, 7), (6, 7), (7, 8), (8, 9)])  # a softmax
    put_in_order(ranks)
    across = settled(ranks, SIZES.breadth, BETWEEN)
    assert across[7] == across[8] == across[9]


def test_what_is_joined_with_nothing_else_is_a_run() -> None:
    ranks = stops(6, [(0, 1), (1, 2), (1, 2), (2, 5), (3, 5), (0, 4), (4, 5)])
    first, second = ranks.ways[5][1:-1], ranks.ways[4][1:-1]  # of 0 -> 4, which is close to 5, and of 3 -> 5: none
    assert (len(first), second) == (1, [])
    assert sorted(runs_of(ranks)) == [[0], [1, 2], [3], [5], [first[0], 4]]


def test_what_is_nearly_level_is_made_so_as_far_as_there_is_room() -> None:
    ranks = stops(5, [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)])
    lanes = ranks.ways[-1][1:-1]
    settling = Settling(ranks, SIZES.breadth, BETWEEN)
    for card, lane in zip([1, 2, 3], lanes, strict=True):
        assert settling.across[lane] - settling.across[card] == SIZES.breadth / 2 + BETWEEN
        settling.across[card] = 0.0
    for places, level in [((50.0, 51.0, 46.0), 49.0), ((50.0, 30.0, 40.0), SIZES.breadth / 2 + BETWEEN)]:
        for lane, place in zip(lanes, places, strict=True):
            settling.across[lane] = place
        settling.straighten(lanes)
        assert [settling.across[lane] for lane in lanes] == [level] * 3


@pytest.mark.parametrize("seed", range(5))
def test_cards_of_a_rank_have_room_between_them_and_lines_keep_clear_of_cards(seed: int) -> None:
    lines = tangle(25, seed)
    inside = placed(25, lines)
    for one, other in itertools.combinations(inside.cards, 2):
        assert not one.meets(other.grown(BETWEEN - 0.01))
    for line, curve in zip(lines, inside.lines, strict=True):
        assert curve[0] == (inside.cards[line[0]].right, middle(inside.cards[line[0]]).v)
        assert curve[-1] == (inside.cards[line[1]].left, middle(inside.cards[line[1]]).v)
        others = [box.grown(BETWEEN / 2) for card, box in enumerate(inside.cards) if card not in line]
        points = [along(curve, share / 200) for share in range(201)]
        assert not any(box.left < u < box.right and box.top < v < box.bottom for box in others for u, v in points)
    assert placed(25, lines) == inside  # and the same whenever it is asked


def test_ports_stand_at_the_edges_with_room_to_the_cards() -> None:
    inside = placed_in_ranks(2, [(0, 1)], ((0, 1), (1,)), (0,), SIZES)
    first, second = inside.cards
    assert (first.left, inside.width) == (PORT_ROOM, second.right + PORT_ROOM)
    assert [[curve[0].u for curve in curves] for curves in inside.entries] == [[0.0, 0.0], [0.0]]
    assert [[curve[-1].u for curve in curves] for curves in inside.entries] == [[first.left, second.left], [second.left]]
    assert [(curve[0].u, curve[-1].u) for curve in inside.exits] == [(first.right, inside.width)]


def test_a_long_chain_is_placed_without_recursion() -> None:
    length = sys.getrecursionlimit() + 500
    inside = placed(length, [(card, card + 1) for card in range(length - 1)])
    assert len({box.top for box in inside.cards}) == 1
    assert inside.width == length * SIZES.length + (length - 1) * SIZES.gap


def test_the_longest_lines_of_a_tangle_go_straight_across(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [(card, card + 1) for card in range(9)] + [(0, 5), (0, 9)]  # which pass over 4 cards, and over 8
    assert [len(curve) for curve in placed(10, lines).lines[9:]] == [1 + 3 * 9, 1 + 3 * 17]  # an S, and level, by turns
    monkeypatch.setattr("micrograd.views.layout.inside.MOST_CROSSED", 5)
    assert [len(curve) for curve in placed(10, lines).lines[9:]] == [1 + 3 * 9, 1 + 3]


@pytest.mark.usefixtures("without_graphviz")
def test_it_is_for_where_no_graphviz_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not graphviz_is_here()
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert graphviz_is_here()
