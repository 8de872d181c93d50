"""Code as users write it: it passes mypy --strict and pyright without a cast, and it runs.

Each `assert_type` says what an editor shows at that place.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import assert_type

import numpy as np

import micrograd
from micrograd import (
    GradientReport,
    History,
    Op,
    Program,
    Value,
    check,
    datasets,
    draw,
    examine,
    exercise,
    exercises,
    exp,
    explore,
    fit,
    fold,
    gradient,
    hessian,
    lab,
    losses,
    maximum,
    nn,
    optim,
    tanh,
    total,
)  # fmt: skip


def functions_of_numbers_and_of_values() -> None:
    x, w = Value(2.0, label="x"), Value(-3.0, label="w")
    assert_type(exp(1.0), float)
    assert_type(exp(x), Value)
    assert_type(maximum(0.0, x * w), Value)
    assert_type(maximum(0, 1), float)
    assert_type(total([x, w]), Value)
    assert_type(total([1.0, 2.0]), float)
    assert_type(micrograd.dot([1.0, 2.0], [x, w]), Value)
    assert_type(nn.softmax([x, w]), list[Value])
    assert_type(nn.softmax([0.5, 1]), list[float])
    cube = Op("cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
    assert_type(cube(x), Value)
    out = tanh(2 * x + w**2 - 1) / 3
    out.backward()
    slope: float = x.grad
    w.data -= 0.1 * slope
    assert_type(out.data, float)
    assert_type(gradient(out, [x, w]), list[Value])
    assert_type(hessian(out, [x, w])[0][1].data, float)


def loss_of_mine(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
    return total([abs(output - target) for output, target in zip(outputs, targets, strict=True)]) / len(targets)


class Residual(nn.Module):
    """A model of one's own."""

    def __init__(self, size: int) -> None:
        self.inner = nn.Layer(size, size, "tanh", generator=random.Random(0))
        self.head = nn.Layer(size, 1, "linear", generator=random.Random(1))

    def __call__(self, x: Sequence[Value | float]) -> Value:
        inner = self.inner(x)
        return self.head([a + b for a, b in zip(inner, x, strict=True)])


def a_loop_of_ones_own() -> float:
    data = datasets.moons(20, seed=1)
    network = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    descent = optim.SGD(network.parameters(), learning_rate=0.1)
    for _ in range(3):
        outputs = [network(row) for row in data.inputs]
        loss = losses.binary_cross_entropy_with_logits(outputs, data.targets)
        descent.zero_grad()
        loss.backward()
        descent.step()
    right: int = sum((network(row).data > 0.0) == (target == 1) for row, target in data.rows)
    classes = nn.MLP(2, [4, 3], seed=0)
    row = classes([0.5, -1.0])
    best = max(range(len(row)), key=lambda k: row[k].data)
    shares = [share.data for share in nn.softmax(row)]
    assert_type(losses.cross_entropy([row], [best]), Value)
    assert_type(losses.mean_squared_error([0.5, 1.0], [1, 1]), float)
    assert_type(losses.mean_squared_error([Residual(2)([1.0, 2.0])], [1.0]), Value)
    assert_type(losses.hinge([network(row) for row in np.eye(2)], np.array([1, -1])), Value)
    return right / len(data.rows) + sum(shares)


def trained_drawn_checked_and_compiled() -> None:
    network = nn.MLP(2, [4, 1], activation="tanh", seed=1)
    descent = optim.Adam(network.parameters(), learning_rate=0.05)
    history = fit(network, losses.half_mean_squared_error, datasets.xor(), descent, epochs=2, progress=False)
    assert_type(history, History)
    own, arrays = Residual(2), (np.eye(2), np.array([0.0, 1.0]))
    fit(own, loss_of_mine, arrays, optim.SGD(own.parameters(), 0.1), epochs=1, progress=False, eager=True)
    x, y = [Value(1.0, label="x1"), Value(0.0, label="x2")], Value(1.0, label="y")
    loss = losses.half_mean_squared_error([network(x)], [y])
    report = check(loss)
    assert_type(report, GradientReport)
    picture, player = draw(loss), explore(loss, title="one row")
    page = lab(network, losses.half_mean_squared_error, datasets.xor(), descent)
    saved = [shown.save for shown in (picture, player, page)]
    program = micrograd.compile(loss, inputs=[*x, y], parameters=network.parameters(), target="python")
    assert_type(program, Program)
    means = program.train([[1.0, 0.0, 1.0]], optim.SGD(network.parameters(), 0.1), epochs=2, progress=False)
    text: str = str(fold(loss, inputs=[*x, y], parameters=network.parameters()))
    network.load_state_dict(network.state_dict())
    assert all([report, saved, means, text])


class MyValue:
    """The beginning of an engine of one's own."""

    def __init__(self, data: float) -> None:
        self.data = data
        self.grad = 0.0


def exercises_and_an_engine_of_ones_own() -> None:
    task = exercise(Value(2.0, "a") * Value(3.0, "b"), title="a product")
    grade = task.grade({"a": 3.0, "b": "2"})
    assert_type(grade.score, float)
    drawn = exercises.random(3, seed=7)
    hint, solution = drawn.hint(), str(drawn.solution())
    found = [finding.name for finding in examine(MyValue).findings]
    assert all([grade, hint, solution, found])
