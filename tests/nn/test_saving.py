"""A network's numbers saved by name, and loaded."""

import json
import math
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from micrograd.engine import Value
from micrograd.nn import MLP, Layer, Module, Neuron
from tests.nn.networks import numbers_of, set_parameters


@pytest.mark.parametrize("awkward", [0.1, -0.0, 5e-324, 1.7976931348623157e308, math.pi])
def test_a_state_goes_through_json_and_back_bit_for_bit(awkward: float) -> None:
    model, other = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=1)
    model.layers[0].neurons[1].bias.data = awkward
    other.load_state_dict(json.loads(json.dumps(model.state_dict())))
    assert numbers_of(other) == numbers_of(model)


def test_a_state_holds_the_number_of_each_parameter_by_label() -> None:
    layer = Layer(1, 2)
    set_parameters(layer, 1.0, 2.0, 3.0, 4.0)
    assert layer.state_dict() == {"neuron1.w1": 1.0, "neuron1.b": 2.0, "neuron2.w1": 3.0, "neuron2.b": 4.0}


def test_loading_keeps_the_parameters_themselves_and_makes_their_numbers_floats() -> None:
    neuron = Neuron(1)
    weight = neuron.weights[0]
    state: dict[str, Any] = {"b": 2, "w1": Fraction(1, 2)}  # the order of the labels does not matter
    neuron.load_state_dict(state)
    assert neuron.weights == (weight,)
    assert [(type(p.data), p.data) for p in neuron.parameters()] == [(float, 0.5), (float, 2.0)]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda state: state.pop("w1"), ValueError, "the state has no number for 'w1'; load it into a model of the shape"),
        (lambda state: state.clear(), ValueError, "the state has no number for 'w1', 'b'; load it"),
        (lambda state: state.update(w2=1.0, c=2.0), ValueError, "the model has no parameter 'w2', 'c'; load it into"),
        (lambda state: state.update(b="0.5"), TypeError, "the state has '0.5' for b; each parameter needs one number"),
        (lambda state: state.update(b=None), TypeError, "the state has None for b"),
        (lambda state: state.update(b=[0.5]), TypeError, r"the state has \[0.5\] for b"),
        (lambda state: state.update({1: 1.0, "2": 2.0}), ValueError, "the model has no parameter 1, '2'; load it into"),
        (lambda state: state.update(b=math.nan), ValueError, "the state has nan for b; nothing can be computed with it"),
        (lambda state: state.update(b=-math.inf), ValueError, "the state has -inf for b"),
        (lambda state: state.update(b=1j), TypeError, "the state has 1j for b"),
        (lambda state: state.update(b=10**400), OverflowError, "large"),  # JSON has integers of any size
    ],
    ids=[
        "one missing",
        "all missing",
        "unknown",
        "text",
        "none",
        "list",
        "numbers",
        "nan",
        "infinite",
        "complex",
        "too large for a float",
    ],
)
def test_a_state_that_does_not_fit_leaves_the_model_unchanged(
    change: Callable[[dict[str, Any]], None], error: type[Exception], message: str
) -> None:
    neuron = Neuron(1, generator=random.Random(0))
    before = numbers_of(neuron)
    state: dict[str, Any] = {"w1": 7.0, "b": 8.0}
    change(state)
    with pytest.raises(error, match=message):
        neuron.load_state_dict(state)
    assert numbers_of(neuron) == before


class Pair(Module):
    def __init__(self, first: Value, second: Value) -> None:
        self.first, self.second = first, second


@pytest.mark.parametrize("labels", [("w", None), (None, None), ("w", "")], ids=["one", "two", "empty"])
def test_a_parameter_without_a_label_is_called_as_its_attribute(labels: tuple[str | None, str | None]) -> None:
    first, second = (Value(number, label=label) for number, label in zip((1.0, 2.0), labels, strict=True))
    assert Pair(first, second).state_dict() == {labels[0] or "first": 1.0, "second": 2.0}


def test_parameters_without_a_label_of_their_own_are_not_saved_by_name() -> None:
    model = Pair(Value(1.0, label="w"), Value(2.0, label="w"))
    assert len(model.parameters()) == 2
    for save in (model.named_parameters, model.state_dict):
        with pytest.raises(ValueError, match=r"every parameter needs a label of its own .* set parameter\.label"):
            save()
