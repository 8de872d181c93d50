"""An optimizer's own rule, traced and compiled."""

from typing import Any

import pytest

import micrograd
from micrograd.compiler.rule import has_known_rule, settings_of, traced_rule
from micrograd.engine import Value
from micrograd.optim import OPTIMIZERS, SGD, Optimizer
from tests.compiler.networks import Clipping, data_of, network_and_program, numbers, rows_of
from tests.compiler.targets import every_target


class Clipped(Optimizer):
    """A rule with a Python `if` on a number."""

    def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> tuple[Any, Any]:
        return (parameter - gradient if gradient > 0.0 else parameter), state


class Signed(Optimizer):
    """A rule of one's own that is all operations."""

    def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> tuple[Any, Any]:
        return parameter - self.learning_rate * micrograd.sign(gradient), state


def test_a_rule_with_a_python_if_is_refused() -> None:
    model, program = network_and_program("python")
    with pytest.raises(ValueError, match=r"^the update rule of Clipped cannot be compiled: traced on Values it .* a Python if$"):
        program.train(rows_of(data_of()), Clipped(model.parameters(), 0.1), 5)


def test_a_step_of_ones_own_is_refused() -> None:
    model, program = network_and_program("python")
    with pytest.raises(
        ValueError, match=r"^Clipping has a step\(\) of its own, which compiled training would leave out; train with"
    ):
        program.train(rows_of(data_of()), Clipping(model.parameters(), 0.1), 5)


@every_target
def test_a_rule_of_ones_own_is_compiled_as_it_is_written(target: str) -> None:
    model, program = network_and_program(target)
    before = numbers(model)
    program.train(rows_of(data_of()), Signed(model.parameters(), 0.25), 1, progress=False)
    assert {abs(now - then) for now, then in zip(numbers(model), before, strict=True)} == {0.25}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_tracing_leaves_the_optimizer_as_it_was(name: str) -> None:
    optimizer = OPTIMIZERS[name]([Value(1.0)], learning_rate=0.125)
    state = list(optimizer.state)
    traced_rule(optimizer)
    traced_rule(optimizer, counting=True)
    assert (optimizer.learning_rate, optimizer.state, optimizer.step_count) == (0.125, state, 0)
    assert optimizer.steps_taken == [0]


class WarmUp(SGD):
    def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> tuple[Any, Any]:
        share = step / 20.0
        return parameter - self.learning_rate * (share if share < 1.0 else 1.0) * gradient, state


class Counting(SGD):
    def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> tuple[Any, Any]:
        return parameter - self.learning_rate / (1.0 + self.step_count) * gradient, state


class CountingItsOwn(SGD):
    def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> tuple[Any, Any]:
        return parameter - self.learning_rate / (1.0 + self.steps_taken[0]) * gradient, state


@pytest.mark.parametrize("kind", [WarmUp, Counting, CountingItsOwn])
def test_a_rule_that_is_not_the_same_everywhere_is_refused(kind: type[SGD]) -> None:
    with pytest.raises(ValueError, match=r"cannot be compiled: traced on Values it is not the same everywhere"):
        traced_rule(kind([Value(1.0)], 0.1))


def test_a_rule_is_known_unless_it_is_ones_own() -> None:
    w = [Value(1.0)]
    replaced: Any = SGD(w, 0.1)
    replaced.update = Signed(w, 0.1).update
    assert [has_known_rule(optimizer) for optimizer in (SGD(w, 0.1), WarmUp(w, 0.1), replaced)] == [True, False, False]


def test_two_optimizers_have_one_rule_if_only_their_learning_rates_differ() -> None:
    w = [Value(1.0)]
    rule = settings_of(SGD(w, 0.1, momentum=0.5))
    assert rule == settings_of(SGD(w, 0.2, momentum=0.5))
    others = [SGD(w, 0.1), SGD(w, 0.1, momentum=0.5, nesterov=True), OPTIMIZERS["rmsprop"](w, learning_rate=0.1, momentum=0.5)]
    assert rule not in map(settings_of, others)
    own = WarmUp(w, 0.1)
    assert settings_of(own) != settings_of(own)


def test_a_rule_reads_the_step_of_all_unless_each_parameter_counts_its_own() -> None:
    adam = OPTIMIZERS["adam"]([Value(1.0)], learning_rate=0.1)
    together, own = traced_rule(adam), traced_rule(adam, counting=True)
    assert (len(together.inputs), len(together.outputs)) == (2 + 2 + 2, 3)
    assert (len(own.inputs), len(own.outputs)) == (2 + 2 + 1 + 2, 4)
    step = together.inputs[4]
    assert any(step in instruction.operands for instruction in together.instructions)
    assert not any(own.inputs[5] in instruction.operands for instruction in own.instructions)
