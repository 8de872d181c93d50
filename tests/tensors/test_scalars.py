"""The canonical form: what is the same scalar, what is like what, and how sums are put together."""

import random

import pytest

from micrograd import Value, losses, ops
from micrograd.tensors.scalars import Scalars, canonical


def leaves(count: int) -> list[Value]:
    return [Value(1.0 + number) for number in range(count)]


def written(scalars: Scalars, scalar: int, names: dict[int, str]) -> str:
    """The scalar as text, its leaves under these names."""
    op = scalars.ops[scalar]
    if op is None:
        return names.get(scalar) or repr(scalars.numbers[scalar])
    sides = [[written(scalars, operand, names) for operand in side] for side in scalars.sides[scalar]]
    if op in (ops.dot, ops.total, ops.logsumexp):
        return f"{op.symbol}({'; '.join(map(' '.join, sides))})"
    infix = [(scalars.ops[operand] or ops.neg).symbol in "+-*/" for (operand,) in scalars.sides[scalar]]
    return op.written([f"({side})" if bare else side for (side,), bare in zip(sides, infix, strict=True)])


def form(output: Value, inputs: dict[str, Value], parameters: dict[str, Value]) -> str:
    scalars = canonical([output], list(inputs.values()), list(parameters.values()))
    names = {scalars.ids[leaf]: name for name, leaf in (inputs | parameters).items()}
    return written(scalars, scalars.ids[output], names)


@pytest.fixture
def x() -> dict[str, Value]:
    return dict(zip(("x1", "x2", "x3"), leaves(3), strict=True))


@pytest.fixture
def w() -> dict[str, Value]:
    return dict(zip(("w1", "w2", "w3", "b"), leaves(4), strict=True))


def test_a_sum_of_products_is_a_dot_however_it_is_written(x: dict[str, Value], w: dict[str, Value]) -> None:
    x1, x2, x3 = x.values()
    w1, w2, w3, b = w.values()
    for output in (
        w1 * x1 + w2 * x2 + w3 * x3 + b,
        b + x3 * w3 + (w1 * x1 + x2 * w2),
        sum([w1 * x1, w2 * x2, w3 * x3]) + b,
        ops.dot([x1, x2, x3], [w1, w2, w3]) + b,
        ops.total([w1 * x1, x2 * w2, w3 * x3, b]),
    ):
        text = form(output, x, w)
        assert text in ("b + dot(x1 x2 x3; w1 w2 w3)", "b + dot(x3 x1 x2; w3 w1 w2)"), text


def test_a_product_that_is_subtracted_is_added_with_its_sign(x: dict[str, Value], w: dict[str, Value]) -> None:
    x1, x2, x3 = x.values()
    assert form(w["w1"] * x1 - w["w2"] * x2 + w["w3"] * x3, x, w) == "dot(x1 x3; w1 w3) + (w2 * neg(x2))"


def test_a_sum_that_is_read_twice_stays_one_scalar(x: dict[str, Value], w: dict[str, Value]) -> None:
    z = w["w1"] * x["x1"] + w["w2"] * x["x2"]
    assert form(z + ops.tanh(z), x, w) == "dot(x1 x2; w1 w2) + tanh(dot(x1 x2; w1 w2))"


def test_what_is_subtracted_from_itself_is_0(x: dict[str, Value], w: dict[str, Value]) -> None:
    x1, x2, x3 = x.values()
    assert form((x1 + x2) - (x1 + x3), x, w) == "x2 - x3"


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("target", [0, 1, 2])
def test_the_common_offset_falls_out_of_a_cross_entropy(place: int, target: int, x: dict[str, Value]) -> None:
    """The graph is relative to the largest logit; its canonical form is the one of a book."""
    x[f"x{place + 1}"].data = 10.0
    loss = losses.cross_entropy([list(x.values())], [target])
    assert form(loss, x, {}) == f"logsumexp(x1 x2 x3) - x{target + 1}"


def test_the_common_offset_falls_out_where_targets_are_probabilities(x: dict[str, Value]) -> None:
    y = {f"y{number}": Value(float(number == 1)) for number in range(1, 4)}
    loss = losses.cross_entropy([list(x.values())], [list(y.values())])
    text = form(loss, x, y)
    assert text == "(total(y1 y2 y3) * logsumexp(x1 x2 x3)) - dot(x1 x2 x3; y1 y2 y3)"


def test_the_neurons_of_a_layer_have_one_colour() -> None:
    generator = random.Random(0)
    x = leaves(3)
    weights = [[Value(generator.random()) for _ in x] for _ in range(4)]
    units = [ops.tanh(ops.dot(row, x)) for row in weights]
    scalars = canonical(units, x, [w for row in weights for w in row])
    assert len({scalars.colours[scalars.ids[unit]] for unit in units}) == 1
    other = canonical([units[0], ops.relu(units[1].parents[0])], x, [w for row in weights for w in row])
    assert other.colours[other.ids[units[0]]] != other.colours[-1]


def test_constants_are_computed_once_and_keep_the_number_that_is_given() -> None:
    x, factor = Value(2.0), Value(3.0)
    scalars = canonical([x * (factor * 2.0)], [x], [], constants={factor: 5.0})
    assert sorted(scalars.numbers.values()) == [2.0, 5.0, 10.0]


def test_minus_zero_is_a_constant_of_its_own() -> None:
    x = Value(2.0)
    scalars = canonical([ops.maximum(x, 0.0), ops.minimum(x, -0.0)], [x], [])
    assert sorted(map(repr, scalars.numbers.values())) == ["-0.0", "0.0"]
