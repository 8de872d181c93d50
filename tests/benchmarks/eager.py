"""Eager work: build a graph, sweep it, step. Every row computes the same numbers on both sides, checked before timing."""

from __future__ import annotations

import gc
import math
import operator
import random
import time
import tracemalloc
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial, reduce
from itertools import pairwise
from multiprocessing import get_context
from typing import Any, NamedTuple, TypeAlias

from micrograd import engine
from micrograd.datasets import Dataset, moons, xor
from micrograd.engine import Value
from micrograd.losses import half_mean_squared_error, hinge
from micrograd.nn import MLP
from micrograd.optim import SGD
from tests.benchmarks.measure import Row, comparison, least_means, show
from tests.benchmarks.peers import MinimalValue, karpathy_engine, karpathy_nn

KARPATHY = "karpathy/micrograd"
LEARNING_RATE = 0.05
MOONS = moons(100, labels=(-1, 1))
CHAIN = 1_000_000
CHAIN_SECONDS = 5.0
CHAIN_BYTES = 700.0

Loss: TypeAlias = Callable[[Sequence[Any], Sequence[Any]], Any]
Matrix: TypeAlias = list[list[Any]]


def run() -> bool:
    """Measure, print the table, and say whether every floor is met."""
    return show("Eager work on this engine", [*moons_rows(), xor_row(), transformer_row(), *chain_rows()])


# Training steps


class Training(NamedTuple):
    """A step that can be taken again and again, and the parameters that it moves."""

    step: Callable[[], float]
    parameters: list[Any]


def moons_rows() -> list[Row]:
    """Full-batch steps on 100 points: with our network, and with karpathy's nn.py on our Values and on its own."""
    trainings = [moons_here, moons_in_products, moons_there]
    check_same_numbers([make() for make in trainings])
    own, in_products, peer = least_means(trainings, steps=10)
    return [
        comparison("moons, one step", KARPATHY, own, peer, peer / own, floor=35.0),
        comparison("moons, one step, in * and +", KARPATHY, in_products, peer, peer / in_products, floor=6.0),
    ]


def moons_here() -> Training:
    model = moons_model()
    optimizer = SGD(model.parameters(), LEARNING_RATE)
    return Training(partial(own_step, model, optimizer, hinge, MOONS), model.parameters())


def moons_in_products() -> Training:
    model = with_weights(karpathy_nn(engine).MLP(2, [16, 16, 1]), moons_model())
    return Training(partial(step_by_hand, model, hinge_by_hand, MOONS), model.parameters())


def moons_there() -> Training:
    model = with_weights(karpathy_nn(karpathy_engine()).MLP(2, [16, 16, 1]), moons_model())
    return Training(partial(step_by_hand, model, hinge_by_hand, MOONS), model.parameters())


def moons_model() -> MLP:
    return MLP(2, [16, 16, 1], seed=0)


def xor_row() -> Row:
    """Full-batch steps on the four rows of exclusive or."""
    trainings = [xor_here, xor_there]
    check_same_numbers([make() for make in trainings])
    own, peer = least_means(trainings, steps=500)
    return comparison("xor, one step", KARPATHY, own, peer, peer / own)


def xor_here() -> Training:
    model = MLP(2, [3, 1], seed=0)
    optimizer = SGD(model.parameters(), LEARNING_RATE)
    return Training(partial(own_step, model, optimizer, half_mean_squared_error, xor()), model.parameters())


def xor_there() -> Training:
    model = with_weights(karpathy_nn(karpathy_engine()).MLP(2, [3, 1]), MLP(2, [3, 1], seed=0))
    return Training(partial(step_by_hand, model, half_mean_squared_error_by_hand, xor()), model.parameters())


def with_weights(model: Any, source: MLP) -> Any:
    """`model` with the weights of `source`, whose parameters are in the same order."""
    for parameter, original in zip(model.parameters(), source.parameters(), strict=True):
        parameter.data = original.data
    return model


def own_step(model: MLP, optimizer: SGD, loss: Loss, data: Dataset) -> float:
    """A step as users of this package write it; the loss before the step."""
    optimizer.zero_grad()
    value = loss([model(row) for row in data.inputs], data.targets)
    value.backward()
    optimizer.step()
    return float(value.data)


def step_by_hand(model: Any, loss: Loss, data: Dataset, rate: float = LEARNING_RATE) -> float:
    """The same step as users of karpathy/micrograd write it."""
    model.zero_grad()
    value = loss([model(row) for row in data.inputs], data.targets)
    value.backward()
    for parameter in model.parameters():
        parameter.data -= rate * parameter.grad
    return float(value.data)


def hinge_by_hand(scores: Sequence[Any], labels: Sequence[Any]) -> Any:
    return sum((1.0 - label * score).relu() for score, label in zip(scores, labels, strict=True)) / len(scores)


def half_mean_squared_error_by_hand(outputs: Sequence[Any], targets: Sequence[Any]) -> Any:
    return sum((output - target) ** 2 for output, target in zip(outputs, targets, strict=True)) / (2.0 * len(outputs))


def check_same_numbers(trainings: Sequence[Training]) -> None:
    """Take a step with each; an AssertionError unless all losses and gradients agree."""
    numbers = [[training.step(), *(parameter.grad for parameter in training.parameters)] for training in trainings]
    for theirs in numbers[1:]:
        assert_close(numbers[0], theirs)


def assert_close(ours: Sequence[float], theirs: Sequence[float]) -> None:
    """Equal to 1e-9 of the number, or to 1e-15 where it is 0 but for rounding."""
    for a, b in zip(ours, theirs, strict=True):
        assert math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-15), f"{a!r} here is {b!r} at the peer"


# A transformer written in scalars, such as microgpt is: no reduction, every product and sum a node

WIDTH = 16
TOKENS = [3, 1, 4, 1, 5, 9, 2]
VOCABULARY = 27


def transformer_row() -> Row:
    """Loss and gradient of one short text, on our Values and on `MinimalValue`."""
    trainings = [transformer_here, transformer_on_the_least]
    check_same_numbers([make() for make in trainings])
    nodes = len(engine.topological_order(transformer_loss(as_values(Value, transformer_numbers()), TOKENS)))
    own, peer = least_means(trainings, steps=10)
    return comparison(f"transformer in scalars, {nodes:,} nodes", "minimal Value", own, peer, peer / own, floor=0.85)


def transformer_here() -> Training:
    return transformer_training(Value)


def transformer_on_the_least() -> Training:
    return transformer_training(MinimalValue)


def transformer_training(kind: Callable[[float], Any]) -> Training:
    weights = as_values(kind, transformer_numbers())
    return Training(partial(transformer_sweep, weights), [weight for rows in weights.values() for row in rows for weight in row])


def transformer_numbers() -> dict[str, list[list[float]]]:
    """Normal random weights by name, a list of rows for each matrix."""
    generator = random.Random(0)
    shapes = {
        "token": (VOCABULARY, WIDTH),
        "position": (len(TOKENS), WIDTH),
        "query": (WIDTH, WIDTH),
        "key": (WIDTH, WIDTH),
        "value": (WIDTH, WIDTH),
        "mix": (WIDTH, WIDTH),
        "widen": (4 * WIDTH, WIDTH),
        "narrow": (WIDTH, 4 * WIDTH),
        "logits": (VOCABULARY, WIDTH),
    }
    return {
        name: [[generator.gauss(0.0, 0.2) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in shapes.items()
    }


def as_values(kind: Callable[[float], Any], numbers: dict[str, list[list[float]]]) -> dict[str, Matrix]:
    return {name: [[kind(number) for number in row] for row in rows] for name, rows in numbers.items()}


def transformer_sweep(weights: dict[str, Matrix]) -> float:
    for rows in weights.values():
        for row in rows:
            for weight in row:
                weight.grad = 0.0
    loss = transformer_loss(weights, TOKENS)
    loss.backward()
    return float(loss.data)


def transformer_loss(weights: dict[str, Matrix], tokens: Sequence[int]) -> Any:
    """Mean cross entropy of each next token, by one layer of attention with one head and one MLP; for any kind of Value."""
    keys: Matrix = []
    values: Matrix = []
    losses = []
    for position, (token, target) in enumerate(pairwise(tokens)):
        x = normalized(plus(weights["token"][token], weights["position"][position]))
        residual, x = x, normalized(x)
        query = times(weights["query"], x)
        keys.append(times(weights["key"], x))
        values.append(times(weights["value"], x))
        attention = softmax([inner(query, key) / math.sqrt(WIDTH) for key in keys])
        x = plus(residual, times(weights["mix"], [inner(attention, column) for column in zip(*values)]))
        hidden = [number.relu() for number in times(weights["widen"], normalized(x))]
        x = plus(x, times(weights["narrow"], hidden))
        losses.append(-softmax(times(weights["logits"], x))[target].log())
    return added(losses) / len(losses)


def added(terms: Sequence[Any]) -> Any:
    """The sum without the 0 that Python's `sum` begins with, so that every engine makes the same nodes."""
    return reduce(operator.add, terms)


def inner(left: Sequence[Any], right: Sequence[Any]) -> Any:
    return added([a * b for a, b in zip(left, right, strict=True)])


def times(matrix: Matrix, x: Sequence[Any]) -> list[Any]:
    return [inner(row, x) for row in matrix]


def plus(left: Sequence[Any], right: Sequence[Any]) -> list[Any]:
    return [a + b for a, b in zip(left, right, strict=True)]


def normalized(x: Sequence[Any]) -> list[Any]:
    """`x` at a root mean square of 1."""
    scale = (inner(x, x) / len(x) + 1e-5) ** -0.5
    return [number * scale for number in x]


def softmax(logits: Sequence[Any]) -> list[Any]:
    largest = max(logit.data for logit in logits)
    powers = [(logit - largest).exp() for logit in logits]
    whole = added(powers)
    return [power / whole for power in powers]


# A long chain


def chain_rows() -> list[Row]:
    """A chain of additions, built, swept and freed in a process of its own, since a recursion too deep would end it."""
    work = f"chain of {CHAIN:,} additions"
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
            seconds = pool.submit(chain_seconds, CHAIN).result()
            peak = pool.submit(chain_bytes, CHAIN).result()
    except BrokenProcessPool:
        return [Row(f"{work}: Python crashed", "", "", "", met=False)]
    return [
        Row(work, f"{seconds:.2f} s", "", "", floor=f"<= {CHAIN_SECONDS:g} s", met=seconds <= CHAIN_SECONDS),
        Row(f"{work}, a node", f"{peak:.0f} bytes", "", "", floor=f"< {CHAIN_BYTES:g} bytes", met=peak < CHAIN_BYTES),
    ]


def chain_seconds(length: int) -> float:
    """CPU seconds to build and sweep the chain; freed afterwards, as is any local variable."""
    begin = time.process_time()
    sweep_chain(length)
    return time.process_time() - begin


def chain_bytes(length: int) -> float:
    """The most memory in use at any moment of building and sweeping, by tracemalloc, divided by the length.

    It slows Python down, so the time is taken in another run.
    """
    gc.collect()
    tracemalloc.start()
    sweep_chain(length)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / length


def sweep_chain(length: int) -> None:
    x = y = Value(1.0)
    for _ in range(length):
        x = x + y
    x.backward()
    assert y.grad == length + 1.0
