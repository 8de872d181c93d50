"""The listing of a graph: what it says, and what it leaves out."""

import math

from micrograd import ops
from micrograd.compiler.listing import Listing, Writer, flatten
from micrograd.engine import Value
from micrograd.gradients import gradient
from micrograd.ops import Op


def instructions(listing: Listing) -> list[str]:
    return [line[11:] for line in str(listing).splitlines() if line[:9].strip().isdigit()]


def test_a_listing_is_readable_and_numbered_and_has_the_labels() -> None:
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    z = w * x + 3.0
    z.label = "z"
    assert str(flatten([z.tanh()], [x], [w])).splitlines() == [
        "input      x1      x",
        "parameter  p1      w",
        "constant   c1      3.0",
        "        1  v1      p1 * x1",
        "        2  v2      v1 + c1  # z",
        "        3  v3      tanh(v2)",
        "output     v3",
    ]


def test_a_label_is_shown_in_one_line_and_not_obeyed() -> None:
    x = Value(2.0, label="\x1b[2J\nx1 = 0")
    y = x * 3.0
    y.label = "y" * 1_000_000
    listing = flatten([y.exp()], [x], [])
    assert listing.labels["x1"] == r"\x1b[2J\nx1 = 0"
    assert len(str(listing).splitlines()) == 5
    assert len(str(listing)) < 300


def test_an_operation_of_one_operand_keeps_its_symbol_whatever_that_is() -> None:
    a, b = Value(2.0), Value(3.0)
    factorial = Op("!", lambda a: math.gamma(a + 1.0), lambda out, a: (math.nan,))
    arrow = Op("->", max, lambda out, a, b: (0.0, 1.0))
    assert instructions(flatten([arrow(factorial(a), b)], [a, b], [])) == ["v1      !(x1)", "v2      v1 -> x2"]


def test_a_number_that_is_computed_twice_is_listed_once() -> None:
    a, b = Value(2.0), Value(3.0)
    assert instructions(flatten([(a * b).sin() + (b * a).sin()], [a, b], [])) == [
        "v1      x1 * x2",
        "v2      sin(v1)",
        "v3      v2 + v2",
    ]
    assert len(instructions(flatten([(a - b) * (b - a)], [a, b], []))) == 3


def test_what_depends_on_a_name_is_all_that_is_computed_from_it() -> None:
    a, b = Value(2.0), Value(3.0)
    listing = flatten([(a * b).sin() + b.exp(), a.cos()], [a, b], [])
    assert [name for name, _, _ in listing.instructions] == ["v1", "v2", "v3", "v4", "v5"]
    assert listing.depending_on(["x1"]) == {"x1", "v1", "v2", "v4", "v5"}
    assert listing.depending_on(["v3"]) == {"v3", "v4"}


def test_two_leaves_of_the_same_number_stay_two() -> None:
    a, b = Value(2.0), Value(2.0)
    assert instructions(flatten([a * a - a * b], [a], [b])) == ["v1      x1 * x1", "v2      x1 * p1", "v3      v1 - v2"]


def test_what_depends_on_constants_alone_is_computed_beforehand() -> None:
    x, half = Value(2.0), Value(0.5)
    listing = flatten([x * (half + 1.0).exp()], [x], [])
    assert listing.constants == {"c1": math.exp(1.5)}
    assert instructions(listing) == ["v1      x1 * c1"]


def test_zeros_of_two_signs_are_two_constants() -> None:
    x = Value(2.0)
    assert sorted(map(str, flatten([(x + 0.0) * (x + -0.0)], [x], []).constants.values())) == ["-0.0", "0.0"]


def test_what_no_output_needs_is_left_out() -> None:
    x = Value(2.0)
    assert instructions(flatten(gradient(x.sin() + 5.0, [x]), [x], [])) == ["v1      cos(x1)"]


def test_reductions_are_written_out_from_left_to_right() -> None:
    a, b, x, y = map(Value, (1.0, 2.0, 3.0, 4.0))
    assert instructions(flatten([ops.dot([a, b], [x, y])], [a, b, x, y], [])) == [
        "v1      x1 * x3",
        "v2      x2 * x4",
        "v3      v1 + v2",
    ]
    assert instructions(flatten([ops.total([a, b, x])], [a, b, x], [])) == ["v1      x1 + x2", "v2      v1 + x3"]
    for op, number in ((ops.total, 0.0), (ops.dot, 0.0), (ops.logsumexp, -math.inf)):
        writer = Writer(finite=False)
        assert writer.constants[writer.write(op, [])] == number


def test_negated_products_share_the_negated_factor() -> None:
    a, b, c = map(Value, (1.0, 2.0, 3.0))
    assert instructions(flatten([-(a * c) + -(b * c)], [a, b, c], [])) == [
        "v1      neg(x3)",
        "v2      x1 * v1",
        "v3      x2 * v1",
        "v4      v2 + v3",
    ]
    negative = -(b * c)
    assert instructions(flatten([-(a * (b * c)), -negative], [a, b, c], [])) == [
        "v1      x2 * x3",
        "v2      neg(x3)",
        "v3      x2 * v2",
        "v4      x1 * v3",
    ]


def test_a_chain_longer_than_the_recursion_limit_is_flattened() -> None:
    x = node = Value(1.0)
    for _ in range(20_000):
        node = node + x
    assert len(flatten([node], [x], []).instructions) == 20_000
