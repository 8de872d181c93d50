"""Models and losses of one's own: `fit` compiles them where that is the same, and stays eager where they look at a number."""

import copy
import math
import random
import textwrap
from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd import losses, ops
from micrograd.compiler.watching import Watch
from micrograd.engine import Value
from micrograd.nn import MLP, Layer, Module, values_within
from micrograd.optim import SGD, Adam
from micrograd.training import fit
from tests.compiler.networks import numbers

Data = tuple[Any, Any]


class Own(Module):
    """A model whose call is a function of its two parameters and the row."""

    def __init__(self, function: Callable[[Value, Value, Any], Any]) -> None:
        self.w, self.b = Value(0.6, label="w"), Value(-0.2, label="b")
        self.function = function

    def __call__(self, x: Any) -> Any:
        return self.function(self.w, self.b, x)


def squared(outputs: Any, targets: Any) -> Value:
    """A loss that is not known by name."""
    return losses.mean_squared_error(outputs, targets)


def trained(make: Callable[[], Module], loss: Any, data: Data, eager: bool | None, **settings: Any) -> list[float]:
    model = make()
    optimizer = Adam(model.parameters(), 0.02)
    history = fit(model, loss, data, optimizer, epochs=20, progress=False, eager=eager, **settings)
    assert all(type(value) is Value for value in values_within(model))
    return [*history.losses, *numbers(model)]


CUBE = ops.Op("cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
NETWORK = MLP(2, [2, 1], "tanh", seed=0)

LINE = [[0.1 * i, 1.0 - 0.05 * i] for i in range(24)]
WANTED = [math.sin(row[0]) for row in LINE]
CLASSES = [i % 3 for i in range(24)]


# --------------------------------------------------------------------------------------------------------------
# What is compiled
# --------------------------------------------------------------------------------------------------------------


class Residual(Module):
    def __init__(self) -> None:
        self.into, self.out = MLP(2, [2], seed=0), MLP(2, [1], seed=1)

    def __call__(self, x: Any) -> Value:
        hidden = self.into(x)
        return self.out([a + ops.maximum(h, 0.1 * h) for a, h in zip(x, hidden, strict=True)])


class Recurrent(Module):
    """It reads a row of points, [[x1, x2], ...], one after the other, and gives back a pair for each, in a list."""

    def __init__(self) -> None:
        self.cell = Layer(3, 1, "tanh", label="cell")
        self.head = Layer(1, 2, "linear", label="head")
        for i, parameter in enumerate(self.parameters()):
            parameter.data = math.sin(1.0 + i)

    def __call__(self, x: Any) -> list[list[Value]]:
        state: Any = 0.0
        outputs: list[list[Value]] = []
        for point in x:
            state = self.cell([*point, state])
            outputs.append(self.head([state]))
        return outputs


def pairs(outputs: Any, targets: Any) -> Value:
    """The squared error of nested rows."""
    return losses.mean_squared_error([[*chain(*output)] for output in outputs], [[*chain(*target)] for target in targets])


def small(seed: int) -> Callable[[], Module]:
    return lambda: MLP(2, [3, 3], "tanh", seed=seed)


def with_penalty(outputs: Any, targets: Any) -> Value:
    return losses.cross_entropy(outputs, targets) + losses.l2_penalty([output[0] for output in outputs], 0.0)


def by_hand(outputs: Any, targets: Any) -> Value:
    return ops.total([(a - b) * (a - b) for a, b in zip(outputs, targets, strict=True)]) / len(outputs)


POINTS = [[[math.sin(i + j), math.cos(2.0 * i - j)] for j in range(3)] for i in range(20)]
PAIRS = [[[math.sin(i + 2.0 * j), 0.5] for j in range(3)] for i in range(20)]

COMPILED: dict[str, tuple[Callable[[], Module], Any, Data]] = {
    "a model": (Residual, losses.half_mean_squared_error, (LINE, WANTED)),
    "a loss": (lambda: MLP(2, [3, 1], seed=0), squared, (LINE, WANTED)),
    "a loss by hand": (lambda: MLP(2, [3, 1], seed=0), by_hand, (LINE, WANTED)),
    "classes": (small(2), with_penalty, (LINE, CLASSES)),
    "probabilities": (small(2), with_penalty, (LINE, [[0.2, 0.3, 0.5]] * 24)),
    "several numbers": (small(2), squared, (LINE, [[0.1 * i, 1.0, -1.0] for i in range(24)])),
    "nested lists": (Recurrent, pairs, (POINTS, PAIRS)),
    "arrays": (lambda: Own(lambda w, b, x: w * x[0] + b * x[1]), squared, (np.array(LINE), np.array(WANTED))),
    "array arithmetic": (lambda: Own(lambda w, b, x: micrograd.total(np.tanh(x * w + b))), squared, (np.array(LINE), WANTED)),
    "nested arrays": (lambda: Own(lambda w, b, x: w * x[1, 0] + b * x[0, 1]), squared, (np.array(POINTS), [0.5] * 20)),
    "pairs of tuples": (lambda: Own(lambda w, b, x: w * x[0][0] + b * x[1][1]), squared,
                        ([(tuple(a), tuple(b)) for a, b, _ in POINTS], [0.5] * 20)),
    "an input unused": (lambda: Own(lambda w, b, x: w * x[0] + b), squared, (LINE, WANTED)),
    "whole numbers": (lambda: Own(lambda w, b, x: w * x[0] + b), squared, ([[i % 3, 1] for i in range(9)], list(range(9)))),
    "a label looked at": (lambda: Own(lambda w, b, x: w * x[0] + b if w.label == "w" else b), squared, (LINE, WANTED)),
    "an operation": (lambda: Own(lambda w, b, x: CUBE(w * x[0]) + b), squared, (LINE, WANTED)),
    "a gradient": (lambda: Own(lambda w, b, x: sum(micrograd.gradient((w * w * x[0] + b).tanh(), [w]))), squared, (LINE, WANTED)),
}  # fmt: skip


@pytest.mark.parametrize("batch_size", [None, 7])
@pytest.mark.parametrize("which", COMPILED)
def test_what_looks_at_no_number_is_compiled_unasked(which: str, batch_size: int | None, compiled: list[int]) -> None:
    make, loss, data = COMPILED[which]
    got = trained(make, loss, data, eager=None, batch_size=batch_size)
    assert compiled == [20]
    assert got == pytest.approx(trained(make, loss, data, eager=True, batch_size=batch_size), rel=1e-9, abs=1e-9)


# --------------------------------------------------------------------------------------------------------------
# What is not
# --------------------------------------------------------------------------------------------------------------


def chosen(outputs: Any, targets: Any) -> Value:
    """A Python `if` on the target, which in eager training is a plain number."""
    each = [ops.softplus(-z if target == 1 else z) for z, target in zip(outputs, targets, strict=True)]
    return ops.total(each) / len(each)


def dearer(outputs: Any, targets: Any) -> Value:
    """The class 2 costs twice as much."""
    each = [losses.cross_entropy([o], [t]) * (2.0 if t == 2 else 1.0) for o, t in zip(outputs, targets, strict=True)]
    return ops.total(each) / len(each)


def rare(w: Value, b: Value, x: Any) -> Value:
    """Another branch for one row in 24, which is not among the 16 that are compared."""
    return w * x[0] + (b if x[0] != LINE[ODD][0] else 5.0 * b)


ODD = 2
KINK = ops.Op("kink", lambda a: max(a, 0.0), lambda out, a: (1.0 if a > 0.0 else 0.0,))

LOOKING: dict[str, Callable[[Value, Value, Any], Any]] = {
    "data": lambda w, b, x: w * x[0] if w.data > 0.0 else b,
    "a number as a constant": lambda w, b, x: w * x[0] + math.tanh(b.data),
    "an inner number": lambda w, b, x: w * x[0] + (w * b).data,
    "item": lambda w, b, x: w * x[0] + b.item(),
    "detach": lambda w, b, x: w * x[0] + (w * b).detach(),
    "a copy": lambda w, b, x: w * x[0] + copy.copy(b),
    "a deep copy": lambda w, b, x: w * copy.deepcopy([x[0] * 1.0])[0],
    "less": lambda w, b, x: w * x[0] if w * x[0] < 0.0 else b,
    "a number less": lambda w, b, x: w * x[0] if x[0] > 0.5 else b,
    "the largest": lambda w, b, x: max(w * x[0], b),
    "sorted": lambda w, b, x: sorted([w * x[0], b])[0],
    "truth": lambda w, b, x: w * x[0] or b,
    "text": lambda w, b, x: w * x[0] if "-" in str(b) else b,
    "a format": lambda w, b, x: w * x[0] if f"{b:.1f}" == "0.0" else b,
    "an equal input": lambda w, b, x: b if x[0] == LINE[ODD][0] else w * x[0],
    "an unequal input": rare,
    "an input among others": lambda w, b, x: b if x[0] in [0.0, 1.0] else w * x[0],
    "an input in a set": lambda w, b, x: b if x[0] in {0.0, 1.0} else w * x[0],
    "an input as a key": lambda w, b, x: w * {0.0: 1.0}.get(x[0], 2.0) + b,
    "a gradient": lambda w, b, x: w * x[0] + b * swept(w),
    "a slope": lambda w, b, x: w * x[0] + b * (w * w).local_derivatives[0],
    "a network's number": lambda w, b, x: NETWORK([w * x[0], b]) if NETWORK([w, x[0]]) > 0.3 else b,
    "what has no value": lambda w, b, x: without_value(w * (x[0] - 0.05)) + b,
    "the rule of an operation": lambda w, b, x: KINK(w * x[0] - 0.5) + b,
}


def swept(w: Value) -> float:
    (w * w).backward()
    return float(w.grad)


def without_value(a: Value) -> Value:
    try:
        return a.log()
    except ops.DomainError:
        return a


@pytest.mark.parametrize("which", LOOKING)
def test_what_looks_at_a_number_stays_eager_and_eager_false_names_the_line(which: str, compiled: list[int]) -> None:
    twins = []
    for eager in (None, True):
        model = Own(LOOKING[which])
        fit(
            model, losses.mean_squared_error, (LINE, WANTED), SGD(model.parameters(), 0.01), epochs=3, progress=False, eager=eager
        )
        twins.append(numbers(model))
    assert twins[0] == twins[1]
    model = Own(LOOKING[which])
    with pytest.raises(
        ValueError, match=r"^fit cannot compile this training: line \d+ of test_fit_own_models\.py looks at a number"
    ):
        fit(model, losses.mean_squared_error, (LINE, WANTED), SGD(model.parameters(), 0.01), progress=False, eager=False)
    assert numbers(model) == [0.6, -0.2]
    assert [type(value) for value in (model.w, model.b)] == [Value, Value]
    assert compiled == []


@pytest.mark.parametrize(
    ("loss", "make", "targets"),
    [
        (chosen, lambda: MLP(2, [1], seed=0), [0, 1] * 12),
        (dearer, small(2), CLASSES),
        (lambda outputs, targets: squared(outputs, targets) if 0.5 in targets else by_hand(outputs, targets),
         lambda: MLP(2, [1], seed=0), WANTED),
        (lambda outputs, targets: max((a - b) * (a - b) for a, b in zip(outputs, targets, strict=True)),
         lambda: MLP(2, [1], seed=0), WANTED),
    ],
    ids=["an equal target", "an equal class", "a target among others", "the largest"],
)  # fmt: skip
def test_a_loss_that_looks_at_a_number_stays_eager(
    loss: Any, make: Callable[[], Module], targets: Any, compiled: list[int]
) -> None:
    assert trained(make, loss, (LINE, targets), eager=None) == trained(make, loss, (LINE, targets), eager=True)
    with pytest.raises(ValueError, match=r"line \d+ of test_fit_own_models\.py looks at a number"):
        trained(make, loss, (LINE, targets), eager=False)
    assert compiled == []


def test_the_numbers_of_a_state_dictionary_are_looked_at_too(compiled: list[int]) -> None:
    model = MLP(2, [1], seed=0)

    def with_decay(outputs: Any, targets: Any) -> Value:
        return losses.mean_squared_error(outputs, targets) + sum(number * number for number in model.state_dict().values())

    settings: dict[str, Any] = {"epochs": 2, "progress": False}
    fit(model, with_decay, (LINE, WANTED), SGD(model.parameters(), 0.01), **settings)
    with pytest.raises(ValueError, match=r"line \d+ of test_fit_own_models\.py looks at a number"):
        fit(model, with_decay, (LINE, WANTED), SGD(model.parameters(), 0.01), eager=False, **settings)
    assert compiled == []


def test_long_training_in_eager_steps_is_not_begun_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("micrograd.compiler.tracing.LONG", 0)
    monkeypatch.setattr("micrograd.compiler.tracing.WORTHWHILE", 0)
    settings: dict[str, Any] = {"epochs": 2, "progress": False}
    model = Own(LOOKING["item"])
    message = (
        r"^training runs in eager steps, which takes long: line \d+ of test_fit_own_models\.py looks at a number.*; eager=True"
    )
    with pytest.warns(UserWarning, match=message):
        fit(model, squared, (LINE, WANTED), SGD(model.parameters(), 0.01), **settings)
    fit(model, squared, (LINE, WANTED), SGD(model.parameters(), 0.01), eager=True, **settings)  # a warning would be an error


def test_only_the_functions_of_others_are_asked_what_they_remember() -> None:
    """Out of Python's own library, as its handler of Ctrl-C, all of a notebook's kernel can be reached."""

    def words(x: Value) -> Value:
        return NETWORK([x, len(textwrap.wrap("two words", width=5))])

    x = Value(2.0)
    with Watch([x], []) as watch:
        words(x)
    assert list(watch.calls) == [words.__code__]


class Noisy(Module):
    """A model that does `act` in each call."""

    made_by_all = 0

    def __init__(self, act: Callable[["Noisy"], float]) -> None:
        self.w = Value(0.5, label="w")
        self.calls, self.seen, self.frozen = 0, [0.0], Value(1.0)
        self.generator, self.draws = random.Random(0), np.random.default_rng(0)
        self.act = act

    def __call__(self, x: Any) -> Value:
        return self.w * x[0] * self.act(self)


def counted(model: Noisy) -> float:
    model.calls += 1
    return 1.0 if model.calls < 1000 else 0.5


def listed(model: Noisy) -> float:
    model.seen.append(1.0)
    return 1.0 if len(model.seen) < 1000 else 0.5


def decayed(model: Noisy) -> float:
    model.frozen.data *= 0.5
    return 1.0


def global_count(model: Noisy) -> float:
    global CALLS
    CALLS += 1
    return 1.0 if CALLS < 1000 else 0.5


def class_count(model: Noisy) -> float:
    Noisy.made_by_all += 1
    return 1.0 if Noisy.made_by_all < 1000 else 0.5


CALLS = 0


@pytest.mark.parametrize("act", [counted, listed, global_count, class_count])
def test_a_model_that_remembers_its_calls_is_compiled_only_if_asked(act: Callable[[Noisy], float], compiled: list[int]) -> None:
    for eager, uses in ((None, []), (False, [3])):
        model = Noisy(act)
        settings: dict[str, Any] = {"epochs": 3, "progress": False, "eager": eager}
        fit(model, losses.mean_squared_error, (LINE, WANTED), SGD(model.parameters(), 0.01), **settings)
        assert compiled == uses


def rarely(number: float) -> float:
    return 1.0 if number < 0.9999 else 0.0


CHANCES: dict[str, Callable[[Noisy], float]] = {
    "noise": lambda model: 1.0 + 0.01 * random.random(),
    "rarely": lambda model: rarely(random.random()),
    "numpy": lambda model: rarely(np.random.rand()),
    "a generator": lambda model: 1.0 + model.generator.random(),
    "a generator of numpy": lambda model: 1.0 + model.draws.random(),
    "a count": lambda model: counted(model) * model.calls,
}


@pytest.mark.parametrize("which", CHANCES)
def test_chance_and_counts_in_a_graph_are_not_compiled(which: str, compiled: list[int]) -> None:
    random.seed(1)
    model = Noisy(CHANCES[which])
    settings: dict[str, Any] = {"epochs": 2, "progress": False}
    fit(model, losses.mean_squared_error, (LINE, WANTED), SGD(model.parameters(), 0.01), **settings)
    with pytest.raises(
        ValueError, match="called twice for one row, the model or the loss makes another graph: it draws at random"
    ):
        fit(model, losses.mean_squared_error, (LINE, WANTED), SGD(model.parameters(), 0.01), eager=False, **settings)
    assert compiled == []


def test_parameters_that_take_turns_are_two_though_their_numbers_are_the_same(compiled: list[int]) -> None:
    class Turns(MLP):
        turn = 0

        def __call__(self, x: Any) -> Any:
            self.turn = 1 - self.turn
            return self.layers[0].neurons[self.turn](x)

    model = Turns(2, [2], seed=0)
    for parameter in model.parameters():
        parameter.data = 0.5
    with pytest.raises(ValueError, match="called twice for one row, the model or the loss makes another graph"):
        fit(model, squared, (LINE, WANTED), SGD(model.parameters(), 0.01), epochs=2, progress=False, eager=False)
    assert compiled == []


def test_a_number_that_is_not_trained_is_remembered(compiled: list[int]) -> None:
    model = Noisy(decayed)
    fit(model, losses.mean_squared_error, (LINE, WANTED), SGD([model.w], 0.01), epochs=2, progress=False)
    assert compiled == []


@pytest.mark.parametrize("act", ["generator", "draws"])
def test_a_rare_draw_of_a_generator_of_the_model_is_remembered(act: str, compiled: list[int]) -> None:
    model = Noisy(lambda model: rarely(getattr(model, act).random()))
    fit(model, losses.mean_squared_error, (LINE, WANTED), SGD(model.parameters(), 0.01), epochs=2, progress=False)
    assert compiled == []
