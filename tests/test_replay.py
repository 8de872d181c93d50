"""A recorded graph run again: at other numbers, on another kind of number, as a new graph, and whether it still holds."""

import math
import operator
from fractions import Fraction

import pytest

from micrograd import ops
from micrograd.engine import Constant, Value, topological_order
from micrograd.mistakes import outdated
from micrograd.ops import DomainError
from micrograd.replay import Replay, can_replay, recompute


def test_a_replay_runs_at_other_numbers_and_leaves_the_graph_as_it_is() -> None:
    x, y = Value(3.0), Value(2.0)
    out = ops.dot([x, y], [y, x]) - x
    replay = Replay(out)
    assert replay({}) == out.data == 9.0
    assert replay({x: 5.0}) == 2 * 5.0 * 2.0 - 5.0
    assert [x.data, out.data] == [3.0, 9.0]


def test_a_replay_runs_on_another_kind_of_number() -> None:
    x = Value(0.5)
    functions = {ops.mul: operator.mul, ops.add: operator.add}
    assert can_replay(x * x + 1, functions)
    assert Replay(x * x + 1, functions)({}, Fraction) == Fraction(5, 4)
    assert not can_replay(x.exp(), functions)


def test_recomputing_keeps_operations_labels_and_what_is_there_already() -> None:
    x, w = Value(3.0, label="x"), Value(2.0, label="w")
    product = w * x
    product.label = "product"
    out = product + 1
    anew = {x: Value(4.0, label="x")}
    recompute(topological_order(out), anew)
    assert anew[out].data == 9.0
    assert [node.label for node in topological_order(anew[out])] == ["w", "x", "product", None, None]
    assert anew[w] is w
    assert isinstance(anew[out.parents[1]], Constant)
    with pytest.raises(DomainError, match=r"^log\(x=-1\.0\) has no value"):
        recompute(topological_order(x.log()), {x: Value(-1.0, label="x")})


def test_recomputing_stops_where_a_new_node_is_given_for_an_inner_one() -> None:
    x = Value(3.0)
    inner = x * x
    out = inner + 1.0
    given = Value(100.0)
    anew = {inner: given}
    recompute(topological_order(out), anew)
    assert (anew[inner], anew[out].data) == (given, 101.0)


def test_a_graph_is_outdated_once_a_leaf_has_changed() -> None:
    x = Value(2.0, label="x")
    out = (x.log() + 1).exp()
    assert outdated(topological_order(out)) is None
    x.data = 4.0
    assert outdated(topological_order(out)) == (
        f"log(x=4.0) was {math.log(2.0)} when it was computed and is {math.log(4.0)} now, so a leaf has changed since"
    )
    x.data = -1.0
    assert (outdated(topological_order(out)) or "").endswith("and has no value now, so a leaf has changed since")


def test_nan_that_stays_nan_is_no_change() -> None:
    assert outdated(topological_order(Value(math.nan) * 2.0)) is None
