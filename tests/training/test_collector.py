"""Python's garbage collector: paused while `fit` takes an eager step, and always given back as it was."""

import gc
import inspect
import weakref
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import Any

import pytest

from micrograd.collector import free_in_turn
from micrograd.compiler.descent import Descent
from micrograd.compiler.program import compile as compile_graph
from micrograd.compiler.rows import TrainingState
from micrograd.engine import Value
from micrograd.losses import half_mean_squared_error
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.training import fit
from tests.training.watched import LINE


@pytest.fixture(params=[True, False], ids=["on", "off"])
def was_on(request: pytest.FixtureRequest) -> Iterator[bool]:
    """The collector on, and off; in the end it is on, as tests find it."""
    if not request.param:
        gc.disable()
    yield request.param
    gc.enable()


@pytest.mark.parametrize("batch_size", [None, 2])
def test_it_is_paused_in_every_step_and_then_as_it_was(neuron: MLP, was_on: bool, batch_size: int | None) -> None:
    class Noting(SGD):
        def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> Any:
            seen.append(gc.isenabled())
            return super().update(parameter, gradient, state, step)

    def loss(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
        seen.append(gc.isenabled())
        return half_mean_squared_error(outputs, targets)

    seen: list[bool] = []
    fit(neuron, loss, LINE, Noting(neuron.parameters(), 0.01), epochs=3, batch_size=batch_size, progress=False)
    *in_steps, in_the_last_look = seen
    steps = 9 if batch_size else 3
    assert in_steps == [False] * steps * 3  # the loss, and an update of each of two parameters
    assert in_the_last_look == was_on
    assert gc.isenabled() == was_on


@pytest.mark.parametrize("error", [LookupError, OverflowError, KeyboardInterrupt])
def test_it_is_as_it_was_after_an_error_and_after_ctrl_c(neuron: MLP, was_on: bool, error: type[BaseException]) -> None:
    def loss(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
        seen.append(gc.isenabled())
        if len(seen) == 2:  # in the second step
            raise error
        return half_mean_squared_error(outputs, targets)

    seen: list[bool] = []
    ends_quietly = error is KeyboardInterrupt
    with nullcontext() if ends_quietly else pytest.raises((LookupError, FloatingPointError)):
        fit(neuron, loss, LINE, SGD(neuron.parameters(), 0.01), epochs=3, progress=False)
    assert seen[:2] == [False, False]
    assert gc.isenabled() == was_on


def test_cycles_that_a_loss_makes_are_collected_between_steps(neuron: MLP) -> None:
    class Cycle:
        def __init__(self) -> None:
            self.itself = self

    alive: weakref.WeakSet[Cycle] = weakref.WeakSet()
    most = 0

    def loss(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
        nonlocal most
        for _ in range(1000):
            alive.add(Cycle())
        most = max(most, len(alive))
        return half_mean_squared_error(outputs, targets)

    fit(neuron, loss, LINE, SGD(neuron.parameters(), 0.01), epochs=50, progress=False)
    assert most < 10_000


def test_compiled_training_leaves_it_alone(neuron: MLP, was_on: bool) -> None:
    seen: list[bool] = []

    def loss(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
        seen.append(gc.isenabled())
        return half_mean_squared_error(outputs, targets)

    fit(neuron, loss, LINE, SGD(neuron.parameters(), 0.01), epochs=300, progress=False, eager=False)
    assert set(seen) == {was_on}


def test_it_is_paused_while_a_compiled_training_begins_and_ends(monkeypatch: pytest.MonkeyPatch, was_on: bool) -> None:
    class Noting(Descent):
        def __init__(self, *arguments: Any) -> None:
            seen.append(gc.isenabled())
            super().__init__(*arguments)
            self.plain_save = self.loop.save
            monkeypatch.setattr(self.loop, "save", self.noted_save)

        def noted_save(self) -> TrainingState:
            seen.append(gc.isenabled())
            return self.plain_save()

    monkeypatch.setattr("micrograd.compiler.program.Descent", Noting)
    seen: list[bool] = []
    in_callbacks: list[bool] = []
    w = Value(1.0)
    program = compile_graph(w * w, [], [w], target="python")
    program.train([[]], SGD([w], 0.1), 1, callback=lambda epoch, loss: in_callbacks.append(gc.isenabled()))
    assert seen == [False] * 3  # as it begins, and as it is written back for the callback and at the end
    assert (in_callbacks, gc.isenabled()) == ([was_on], was_on)


def test_nodes_of_a_browser_are_freed_in_turn_and_not_each_within_the_one_before() -> None:
    class Node:
        def __init__(self, parents: tuple["Node", ...], note: "Note") -> None:
            self.parents, self.note = parents, note

    class Note:
        def __init__(self, number: int) -> None:
            self.number = number

        def __del__(self) -> None:
            freed.append((self.number, len(inspect.stack(0))))

    freed: list[tuple[int, int]] = []
    free_in_turn(Node)
    last = Node((), Note(0))
    for number in range(1, 20):
        last = Node((last, last), Note(number))
    kept = last.parents[0].parents[0]
    del last
    assert {number for number, _ in freed} == {18, 19}
    del kept
    assert sorted(number for number, _ in freed) == list(range(20))
    assert len({depth for number, depth in freed if number < 17}) == 1  # 17 lasts until all below it are gone
