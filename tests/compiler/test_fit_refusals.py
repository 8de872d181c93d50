"""With `eager=False` fit says why it cannot compile; nothing has moved then."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from micrograd import losses, ops
from micrograd.engine import Value
from micrograd.nn import MLP, Module
from micrograd.optim import SGD, Optimizer
from micrograd.training import fit
from tests.compiler.networks import Clipping, data_of, numbers

FORTY = data_of(40)


class Choosing(SGD):
    """An update rule with a Python `if` on a number."""

    def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> Any:
        return parameter - (self.learning_rate * gradient if gradient > 0.0 else 0.0), state


class Letters(Module):
    """A model that reads text."""

    def __init__(self) -> None:
        self.weight_of = {letter: Value(0.0, label=letter) for letter in "abc"}

    def __call__(self, x: str) -> Value:
        return ops.total([self.weight_of[letter] for letter in x])


class Named(Value):
    """A Value of one's own."""

    __slots__ = ()


class Special(Module):
    def __init__(self) -> None:
        self.w = Named(0.5, label="w")

    def __call__(self, x: Any) -> Value:
        return self.w * x[0]


class Rooted(Module):
    """A model that calls a function of Python, which needs a number."""

    def __init__(self) -> None:
        self.w = Value(0.5, label="w")

    def __call__(self, x: Any) -> Value:
        return self.w * float(x[0])


class Bent(Module):
    """A model with an operation whose rule takes numbers alone."""

    def __init__(self) -> None:
        self.w = Value(0.5, label="w")

    def __call__(self, x: Any) -> Value:
        return OWN(self.w * x[0])


OWN = ops.Op("own", lambda a: a * a, lambda out, a: (2.0 * float(a),))


def network() -> Module:
    return MLP(2, [3, 1], "tanh", seed=0)


def summed(outputs: Any, targets: Any) -> Value:
    return losses.mean_squared_error(outputs, targets) * len(outputs)


def first_counts_twice(outputs: Any, targets: Any) -> Value:
    return losses.mean_squared_error([outputs[0], *outputs], [targets[0], *targets])


REFUSED: dict[str, tuple[Callable[[], Module], Any, Any, Callable[..., Optimizer], str]] = {
    "a step of its own": (
        network, losses.mean_squared_error, FORTY, Clipping,
        r"Clipping has a step\(\) of its own, which compiled code would leave out",
    ),
    "an update rule": (
        network, losses.mean_squared_error, FORTY, Choosing,
        r"^the update rule of Choosing cannot be compiled: traced on Values it is not the same everywhere",
    ),
    "a sum": (
        network, summed, FORTY, SGD,
        r"the loss of 16 rows together is \d+\.\d+, and the mean of the loss of each is \d+\.\d+; divide by the number of rows",
    ),
    "rows that differ": (network, first_counts_twice, FORTY, SGD, r"the loss of 16 rows together is "),
    "text": (
        Letters, losses.mean_squared_error, (["ab", "ca", "aa"], [1.0, 0.0, 1.0]), SGD,
        r"row 1 of the data: a Value holds one real number, got 'ab' \(str\)",
    ),
    "a Value of one's own": (Special, losses.mean_squared_error, FORTY, SGD, r"a parameter is a Named, which may do more"),
    "a function of Python": (
        Rooted, losses.mean_squared_error, FORTY, SGD,
        r"with Values in place of the numbers of a row, the model or the loss stops: TypeError: a Value does not become a plain ",
    ),
    "a rule on numbers": (
        Bent, losses.mean_squared_error, FORTY, SGD,
        r"with Values in place of the numbers of a row, the rule of own stops: TypeError: a Value does not become a plain number",
    ),
    "no parameter": (
        network, lambda outputs, targets: Value(0.5) * ops.total(targets) / len(targets), FORTY, SGD,
        r"^the output does not depend on any parameter that the optimizer moves",
    ),
}  # fmt: skip


@pytest.mark.parametrize("which", REFUSED)
def test_what_cannot_be_compiled_is_an_error_with_its_reason(which: str, compiled: list[int]) -> None:
    make, loss, data, optimizer, reason = REFUSED[which]
    model = make()
    before = numbers(model)
    with pytest.raises(ValueError, match=reason) as caught:
        fit(model, loss, data, optimizer(model.parameters(), 0.01), epochs=3, progress=False, eager=False)
    if not reason.startswith("^"):
        assert str(caught.value).startswith("fit cannot compile this training: ")
        assert str(caught.value).endswith("; without eager=False it runs in eager steps")
    assert numbers(model) == before
    assert compiled == []


@pytest.mark.parametrize("which", [which for which in REFUSED if which != "no parameter"])
def test_without_being_asked_it_trains_in_eager_steps(which: str, compiled: list[int]) -> None:
    make, loss, data, optimizer, _ = REFUSED[which]
    model = make()
    before = numbers(model)
    history = fit(model, loss, data, optimizer(model.parameters(), 0.01), epochs=3, progress=False)
    assert len(history.losses) == 3
    assert numbers(model) != before
    assert compiled == []


def test_two_profilers_cannot_watch_at_once(compiled: list[int]) -> None:
    model = network()
    sys.setprofile(lambda frame, event, result: None)
    try:
        with pytest.raises(ValueError, match="a profiler runs in this thread, so nobody else can see what the model"):
            fit(model, summed, FORTY, SGD(model.parameters(), 0.01), epochs=3, progress=False, eager=False)
        fit(model, losses.mean_squared_error, FORTY, SGD(model.parameters(), 0.01), epochs=3, progress=False, eager=False)
        assert sys.getprofile() is not None
    finally:
        sys.setprofile(None)
    assert compiled == [3]


def dearer_in_large_batches(outputs: Any, targets: Any) -> Value:
    """Nothing that 16 rows could show."""
    return losses.mean_squared_error(outputs, targets) * (2.0 if len(outputs) > 16 else 1.0)


def test_a_difference_at_the_end_of_compiled_training_puts_everything_back(compiled: list[int]) -> None:
    def trained(eager: bool | None) -> list[float]:
        model = network()
        optimizer = SGD(model.parameters(), 0.01, momentum=0.9)
        history = fit(model, dearer_in_large_batches, FORTY, optimizer, epochs=3, progress=False, eager=eager)
        assert optimizer.step_count == 3
        return [*history.losses, *numbers(model)]

    assert trained(None) == trained(True)
    assert compiled == [3]  # and then in eager steps
    model = network()
    before = numbers(model)
    optimizer = SGD(model.parameters(), 0.01, momentum=0.9)
    reason = r"trained so, the loss of all rows is \d+\.\d+, and by the graph of one row it is \d+\.\d+; without eager=False"
    with pytest.raises(ValueError, match=reason):
        fit(model, dearer_in_large_batches, FORTY, optimizer, epochs=3, progress=False, eager=False)
    assert numbers(model) == before
    assert (optimizer.step_count, optimizer.state) == (0, [(0.0,)] * len(before))


def test_a_loss_that_is_no_value_and_a_target_that_is_refused_are_said_as_in_eager_training() -> None:
    for eager in (True, False):
        model = network()
        with pytest.raises(TypeError, match=r"^a loss function needs to return one Value, got 1\.0$"):
            fit(model, lambda outputs, targets: 1.0, FORTY, SGD(model.parameters(), 0.01), progress=False, eager=eager)  # type: ignore[arg-type,return-value]
        data = FORTY[0], [1] * 30 + [0] * 10
        with pytest.raises(ValueError, match=r"^a label of hinge needs to be -1 or 1, got 0"):
            fit(model, losses.hinge, data, SGD(model.parameters(), 0.01), progress=False, eager=eager)
