"""Loops over panels of rows give the values, losses and gradients of eager code, for every kind of graph."""

import math
import random
from collections.abc import Callable, Sequence
from functools import cache

import pytest

import micrograd
from micrograd import losses, ops
from micrograd.compiler.listing import flatten
from micrograd.compiler.llvm.tiles import Processor
from micrograd.engine import Value, topological_order
from micrograd.nn import MLP, Neuron
from micrograd.ops import Op, Reduction
from tests.compiler.eager_numbers import agree, check_means, check_numbers
from tests.compiler.targets import every_op, width
from tests.compiler.wild_graphs import SPECIAL
from tests.tensors.eager import Result, eager, of_rows, sizes_of_rows
from tests.tensors.examples import EXAMPLES, random_graph
from tests.tensors.networks import mlp
from tests.tensors.pieces import Example, affine, flat, matrix, normal_rows, vector

# --------------------------------------------------------------------------------------------------------------
# Graphs of every kind
# --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", EXAMPLES.values(), ids=EXAMPLES)
def test_values_losses_and_gradients_are_those_of_eager_code(make: Callable[[], Example]) -> None:
    check_numbers(make(), "llvm")


@pytest.mark.parametrize("seed", range(24))
def test_irregular_graphs_are_computed_as_they_are(seed: int) -> None:
    check_numbers(random_graph(seed, rows=1 + seed % 14), "llvm")


SIZES = [(1, 13, 2), (2, 4, 3), (3, 25, 2), (4, 1, 6), (5, 6, 7), (8, 8, 8), (12, 16, 9, 11), (17, 33, 5), (70, 3, 2), (40, 9)]


@pytest.mark.parametrize(("rows", "loss", "activation"), [(5, "half", "tanh"), (13, "classes", "silu")])
@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: "-".join(map(str, sizes)))
def test_layers_of_any_width_fill_tiles_or_leave_a_rest(sizes: tuple[int, ...], rows: int, loss: str, activation: str) -> None:
    check_numbers(mlp(sizes, loss, activation, rows), "llvm")


@pytest.mark.parametrize("name", ["moons, hinge", "classes", "cnn", "valley"])
def test_panels_and_tiles_of_other_processors_give_the_same_numbers(name: str, any_processor: Processor) -> None:
    """Rows that fill panels of one vector, of several, or none: 24 are two panels of three vectors of four."""
    example = EXAMPLES[name]()
    rows = normal_rows(random.Random(name), 29, len(example.inputs))
    example = example._replace(rows=rows)
    program = micrograd.compile(*example[:3], target="llvm")
    results, sizes = of_rows(*example), sizes_of_rows(*example)
    for count in (3, 11, 24, 29):
        for value, result, size in zip(program.evaluate(rows[:count]), results, sizes, strict=False):
            assert agree(value, result[0], size[0])
        weights = [float(place % 3) + 0.5 for place in range(count)]
        check_means(program, rows[:count], results[:count], sizes[:count], weights)


@pytest.mark.parametrize("sizes", SIZES[2:], ids=lambda sizes: "-".join(map(str, sizes)))
def test_layers_fill_tiles_of_three_vectors_or_leave_a_rest(sizes: tuple[int, ...], avx2: Processor) -> None:
    check_numbers(mlp(sizes, "squares", "relu", 26), "llvm")


@pytest.mark.parametrize("make", EXAMPLES.values(), ids=EXAMPLES)
def test_any_nodes_may_be_outputs(make: Callable[[], Example]) -> None:
    loss, inputs, parameters, rows = make()
    order = topological_order(loss)
    outputs = random.Random(len(order)).choices(order, k=5)
    got = micrograd.compile(outputs, inputs, parameters, target="llvm").evaluate(rows)
    for place, output in enumerate(outputs):
        example = Example(output, inputs, [], rows)
        for row, (expected, _), (size, _) in zip(got, of_rows(*example), sizes_of_rows(*example), strict=True):
            assert agree(row[place], expected, size), (place, row[place], expected)


ADDED: dict[str, Callable[[Value, Value], Value]] = {  # to a product, with a number beside it
    "its negative": lambda total, b: total + -total,
    "a number": lambda total, b: (total + b) * -total,
    "a number to its negative": lambda total, b: -total + b,
    "a number, and its negative later": lambda total, b: ops.relu(total + b) + -total,
}


@pytest.mark.parametrize("added", ADDED.values(), ids=ADDED)
def test_what_is_added_to_a_product_that_is_read_again_as_its_negative(added: Callable[[Value, Value], Value]) -> None:
    generator = random.Random(3)
    x, w, b = vector(generator, 3), vector(generator, 3), Value(0.25)
    check_numbers(Example(added(ops.dot(w, x), b), x, [*w, b], normal_rows(generator, 5, 3)), "llvm")


def layer_of(op: Op) -> Example:
    """Five neurons whose activation is the operation, of numbers from 1/4 to 3/4, where every one has a value."""
    generator = random.Random(op.symbol)
    x, weights, heights = vector(generator, 3), matrix(generator, 5 * width(op), 3), vector(generator, 5)
    z = [0.5 + 0.25 * ops.tanh(entry) for entry in affine(weights, x, vector(generator, 5 * width(op)))]
    outputs = [op(*op.arguments(z[place::5])) for place in range(5)]
    return Example(ops.dot(heights, outputs), x, flat([weights, heights]), normal_rows(generator, 13, 3))


@every_op
def test_every_operation_may_be_an_activation(op: Op) -> None:
    check_numbers(layer_of(op), "llvm")


@every_op
def test_every_operation_is_within_4_ulp_of_eager_code_wherever_its_operands_are(op: Op) -> None:
    if isinstance(op, Reduction):
        return  # sums of products, whose order is free
    leaves = [[Value(0.5) for _ in range(width(op))] for _ in range(5)]
    inputs, outputs = flat(leaves), [op(*own) for own in leaves]
    generator = random.Random(op.symbol)
    rows = [[generator.choice([*SPECIAL, generator.gauss(0.0, 3.0)]) for _ in inputs] for _ in range(101)]
    listing = flatten(outputs, inputs, [])
    for row, got in zip(rows, micrograd.compile(outputs, inputs, target="llvm").evaluate(rows), strict=True):
        for number, expected in zip(got, listing.run(row, []), strict=True):
            if math.isfinite(expected) and abs(expected) > 1e-300:
                assert abs(number - expected) <= 4.0 * math.ulp(expected), row
            else:
                assert agree(number, expected) or abs(expected) <= 1e-300, row


# --------------------------------------------------------------------------------------------------------------
# Outputs and losses that need little or no work
# --------------------------------------------------------------------------------------------------------------

COUNTS = [1, 2, 3, 5, 8, 9, 12, 13, 25, 97, 1000]  # those that fill vectors, panels and strips, and others


@pytest.mark.parametrize("count", COUNTS)
def test_outputs_may_be_leaves_constants_and_the_same_twice(count: int) -> None:
    w, c, x, unused = Value(2.0), Value(7.0), Value(1.0), Value(1.0)
    square, product = x * x, w * c
    outputs = [square, w, x, c, square, product, product + x, ops.relu(w) * 0.5]
    rows = [[float(place), 1.0] for place in range(count)]
    got = micrograd.compile(outputs, [x, unused], [w], target="llvm").evaluate(rows)
    assert got == [[a * a, 2.0, a, 7.0, a * a, 14.0, 14.0 + a, 1.0] for a, _ in rows]


@pytest.mark.parametrize("count", [1, 3, 8, 13, 97])
def test_a_loss_may_be_a_leaf_or_depend_on_nothing_that_varies(count: int) -> None:
    """The rows are 0, 1, ..., whose mean is (count - 1) / 2."""
    w, v, c, x = Value(3.0), Value(5.0), Value(7.0), Value(1.0)
    rows = [[float(place)] for place in range(count)]
    cases = {x: ((count - 1) / 2, 0.0), w: (3.0, 1.0), c: (7.0, 0.0), c * c: (49.0, 0.0), w * w: (9.0, 6.0), w * c: (21.0, 7.0)}
    for loss, (expected, slope) in cases.items():
        program = micrograd.compile(loss, [x], [v, w], target="llvm")
        assert program.gradient(rows) == pytest.approx(expected, rel=1e-14)
        assert v.grad == 0.0
        assert w.grad == pytest.approx(slope, rel=1e-14)
        assert program.evaluate(rows) == pytest.approx([row[0] for row in rows] if loss is x else [expected] * count)


def test_a_penalty_on_parameters_alone_counts_by_the_weights_of_the_rows() -> None:
    """Of w^2 / 2 for each of ten parameters, with weights whose sum is 1 after all are divided by it: the slope is w."""
    parameters = vector(random.Random(1), 10)
    x = Value(1.0)
    program = micrograd.compile(ops.total([w * w * 0.5 for w in parameters]), [x], parameters, target="llvm")
    for count in (1, 5, 13):
        mean = program.gradient([[1.0]] * count, [float(1 + place) for place in range(count)])
        assert mean == pytest.approx(math.fsum(w.data**2 / 2 for w in parameters), rel=1e-14)
        assert [w.grad for w in parameters] == pytest.approx([w.data for w in parameters], rel=1e-14)


def test_a_graph_without_inputs_takes_any_number_of_empty_rows() -> None:
    example = EXAMPLES["unrolled"]()
    program = micrograd.compile(example.loss, [], example.parameters, target="llvm")
    loss, slopes = eager(*example)
    for count in (1, 3, 8, 97):
        assert program.gradient([[]] * count) == pytest.approx(loss, rel=1e-12)
        assert [parameter.grad for parameter in example.parameters] == pytest.approx(slopes, rel=1e-12, abs=1e-12)
        assert program.evaluate([[]] * count) == pytest.approx([loss] * count, rel=1e-12)


def test_a_network_whose_parameters_are_constants_has_outputs_and_a_mean() -> None:
    model = MLP(2, [5, 3], "tanh", seed=1)
    x = vector(random.Random(2), 2)
    outputs = model(x)
    rows = normal_rows(random.Random(3), 13, 2)
    expected = [[output.data for output in model(row)] for row in rows]
    assert flat_numbers(micrograd.compile(outputs, x, target="llvm").evaluate(rows)) == pytest.approx(flat_numbers(expected))
    total = micrograd.compile(ops.total(outputs), x, target="llvm").gradient(rows)
    assert total == pytest.approx(math.fsum(flat_numbers(expected)) / 13.0)


def flat_numbers(rows: Sequence[Sequence[float]]) -> list[float]:
    return [number for row in rows for number in row]


def test_numbers_of_parameters_are_read_at_each_call_and_constants_kept() -> None:
    w, c, x = Value(2.0), Value(3.0), Value(1.0)
    program = micrograd.compile(w * x + c, [x], [w], target="llvm")
    first = program.evaluate([[1.0], [2.0]])
    w.data, c.data = 10.0, 100.0
    assert (first, program.evaluate([[1.0], [2.0]])) == ([5.0, 7.0], [13.0, 23.0])


# --------------------------------------------------------------------------------------------------------------
# Numbers of rows, and their weights
# --------------------------------------------------------------------------------------------------------------

NETWORKS = ["moons, hinge", "classes", "mlp of gelu", "8-1-8-3", "penalty", "cnn", "pruned"]
PERIOD = 89  # rows, repeated up to any number of them; it has no factor in common with a panel or a strip


@cache
def program_and_rows(
    name: str,
) -> tuple[micrograd.Program, Example, list[Result], list[Result]]:
    loss, inputs, parameters, _ = EXAMPLES[name]()
    example = Example(loss, inputs, parameters, normal_rows(random.Random(name), PERIOD, len(inputs)))
    return micrograd.compile(loss, inputs, parameters, target="llvm"), example, of_rows(*example), sizes_of_rows(*example)


KINDS = ["none", "some are 0", "the last is 0", "the last alone is not", "some are negative"]


def some_weights(kind: str, count: int, generator: random.Random) -> list[float]:
    if kind == "some are 0":
        return [1.0, *[generator.choice([0.0, generator.uniform(0.5, 2.0)]) for _ in range(count - 1)]]
    if kind == "the last is 0":
        return [generator.uniform(0.5, 2.0) for _ in range(count - 1)] + [0.0 if count > 1 else 2.0]
    if kind == "the last alone is not":
        return [0.0] * (count - 1) + [3.0]
    return [generator.uniform(-0.1, 1.0) + 0.2 * (place == 0) for place in range(count)]  # some are negative


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", NETWORKS)
def test_any_number_of_rows_and_any_weights_give_the_sums_of_eager_code(name: str, count: int) -> None:
    check_rows(name, count, KINDS if count < 1000 else KINDS[:2])


def test_several_strips_whose_last_is_not_full() -> None:
    check_rows("moons, hinge", 5000, KINDS[1:2])


def check_rows(name: str, count: int, kinds: Sequence[str]) -> None:
    program, example, results, sizes = program_and_rows(name)
    places = [place % PERIOD for place in range(count)]
    rows = [example.rows[place] for place in places]
    for value, place in zip(program.evaluate(rows), places, strict=True):
        assert agree(value, results[place][0], sizes[place][0])

    generator = random.Random(count)
    for kind in kinds:
        weights = None if kind == "none" else some_weights(kind, count, generator)
        check_means(program, rows, [results[place] for place in places], [sizes[place] for place in places], weights)


def test_one_program_takes_one_number_of_rows_after_another() -> None:
    program, example, results, sizes = program_and_rows("moons, hinge")
    for count in (1000, 1, 13, 97, 8, 12, 1000, 25, 2):
        places = [place % PERIOD for place in range(count)]
        rows = [example.rows[place] for place in places]
        check_means(program, rows, [results[place] for place in places], [sizes[place] for place in places], None)


# --------------------------------------------------------------------------------------------------------------
# Rows whose slope is 0, of which whole panels may be passed over
# --------------------------------------------------------------------------------------------------------------

LOSSES: dict[str, Callable[[Value, Value, Value], Value]] = {  # of two scores and a label
    "hinge": lambda a, b, y: losses.hinge([a], [y]),
    "squared hinge": lambda a, b, y: ops.relu(1.0 - y * a) ** 2,
    "and a square": lambda a, b, y: losses.hinge([a], [y]) + 0.5 * (b - y) ** 2,
    "and another": lambda a, b, y: losses.hinge([a], [y]) + ops.relu(2.0 * b - 1.0),
    "and the label": lambda a, b, y: losses.hinge([a], [y]) * (y + 2.0) + y,
    "times a score": lambda a, b, y: losses.hinge([a], [y]) * b,
    "of a product": lambda a, b, y: ops.relu(1.0 - y * a * b),
    "of two": lambda a, b, y: losses.hinge([a, b], [y, -y]),
    "in a root": lambda a, b, y: ops.sqrt(losses.hinge([a], [y]) + 1.0),
    "below a bound": lambda a, b, y: ops.minimum(ops.relu(1.0 - y * a), 2.0),
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_rows_beyond_their_margin_and_rows_within_it(loss: Callable[[Value, Value, Value], Value]) -> None:
    check_margins(loss)


def test_rows_beyond_their_margin_with_a_penalty_on_the_parameters() -> None:
    check_margins(LOSSES["hinge"], penalty=True)


def test_rows_beyond_their_margin_on_other_processors(any_processor: Processor) -> None:
    check_margins(LOSSES["squared hinge"])


def check_margins(loss: Callable[[Value, Value, Value], Value], penalty: bool = False) -> None:
    """Of the first 64 rows all are beyond it, of the next 36 some, and then two of the last 64."""
    model, generator = MLP(3, [6, 5, 2], "relu", seed=4), random.Random(5)
    for neuron in flat_layers(model):
        neuron.bias.data = generator.uniform(-0.1, 0.1)
    x, y = vector(generator, 3), Value(1.0)
    first, second = model(x)
    output = loss(first, second, y)
    if penalty:
        output = output + losses.l2_penalty(model.parameters(), 0.01)
    near = [[*row, generator.choice([-1.0, 1.0])] for row in normal_rows(generator, 36, 3)]
    far: list[list[float]] = []
    while len(far) < 128:
        row = [generator.gauss(0.0, 20.0) for _ in range(3)]
        score = model(row)[0].data
        if abs(score) > 1.0:
            far.append([*row, math.copysign(1.0, score)])
    rows = [*far[:64], *near, *far[64:]]
    for place in (101, 163):
        rows[place][-1] *= -1.0
    example = Example(output, [*x, y], model.parameters(), rows)
    check_numbers(example, "llvm", [generator.choice([0.0, 1.0, 2.5]) for _ in rows])


def flat_layers(model: MLP) -> list[Neuron]:
    return [neuron for layer in model.layers for neuron in layer.neurons]
