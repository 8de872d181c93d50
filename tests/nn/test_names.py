"""What the parts of a module are called: by the attribute that holds them, and in a state by the way to them."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from micrograd.engine import Value
from micrograd.nn import MLP, Flatten, Layer, Module, Neuron, RNNCell, Sequential
from tests.nn.layers import CASES, every_layer, made, outputs_of
from tests.nn.networks import every_copy, numbers_of


class Holder(Module):
    """Holds what it is given as attributes."""

    encoder: Any
    head: Any
    home: Any
    part: Any

    def __init__(self, **parts: Any) -> None:
        vars(self).update(parts)


def labels(model: Module) -> list[str | None]:
    return [parameter.label for parameter in model.parameters()]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"scale": Value(1.0)}, ["scale"]),
        ({"scale": Value(1.0, label="s")}, ["s"]),
        ({"head": Layer(1, 1)}, ["head.neuron1.w1", "head.neuron1.b"]),
        ({"layers": [Layer(1, 1), Neuron(1, label="own")]}, ["layer1.neuron1.w1", "layer1.neuron1.b", "own.w1", "own.b"]),
        ({"rows": [[Value(1.0), Value(2.0)], (Value(3.0),)]}, ["row1.1", "row1.2", "row2.1"]),
        ({"gates": {"open": Value(1.0), "shut": [Value(2.0)]}}, ["gates.open", "gates.shut1"]),
        ({"bias": [Value(1.0)], "axis": [Value(1.0)]}, ["bias1", "axis1"]),
        ({"table": np.array([[Value(1.0), Value(2.0)]])}, ["table1.1", "table1.2"]),
        ({"cell": RNNCell(1, 1)}, ["cell.hidden.neuron1.w1", "cell.hidden.neuron1.w2", "cell.hidden.neuron1.b"]),
        ({"inner": Holder(inner=Holder(scale=Value(1.0)))}, ["inner.inner.scale"]),
        ({"twice": 2.0 * Value(1.0), "name": "no part", "nothing": None}, []),
    ],
    ids=lambda item: next(iter(item)) if isinstance(item, dict) else "",
)  # fmt: skip
def test_a_part_without_a_label_is_called_by_its_place(parts: dict[str, Any], expected: list[str]) -> None:
    assert labels(Holder(**parts)) == expected


def test_parts_are_labelled_once_the_module_is_complete() -> None:
    class Deep(Module):
        def __init__(self) -> None:
            self.layers: list[Layer] = []
            for _ in range(2):
                self.layers.append(Layer(1, 1))

    class Deeper(Deep):
        def __init__(self) -> None:
            super().__init__()
            self.layers.append(Layer(1, 1))
            self.head = Layer(1, 1)

    assert [str(label) for label in labels(Deeper())][::2] == [
        f"{part}.neuron1.w1" for part in ("layer1", "layer2", "layer3", "head")
    ]


def test_an_error_names_the_part_of_a_model() -> None:
    model = Sequential(Flatten(), Layer(4, 3), Layer(2, 1))
    with pytest.raises(ValueError, match=r"^layer3 needs 2 number\(s\), got 3"):
        model([1.0, 2.0, 3.0, 4.0])
    with pytest.raises(ValueError, match=r"^encoder\.layer2 needs 4 number\(s\), got 1"):
        Holder(encoder=model).encoder([1.0])


def test_a_part_that_comes_later_is_saved_by_its_place_and_labelled_on_demand() -> None:
    model = Holder(body=Layer(1, 1))
    model.head = Layer(1, 1)
    names = ["body.neuron1.w1", "body.neuron1.b", "head.neuron1.w1", "head.neuron1.b"]
    assert list(model.state_dict()) == names
    assert labels(model)[2:] == ["neuron1.w1", "neuron1.b"]
    model.label_parts()
    assert labels(model) == names == list(model.state_dict())


def test_the_state_of_a_trained_model_loads_whatever_the_model_has_come_to_stand_in() -> None:
    model, fresh = MLP(2, [2, 1], seed=0), MLP(2, [2, 1], seed=1)
    saved = json.loads(json.dumps(model.state_dict()))
    before = numbers_of(model)
    for parameter in model.parameters():
        parameter.data = 0.0
    wrapped = Sequential(Holder(inner=model))
    assert labels(model)[0] == "layer1.inner.layer1.neuron1.w1"
    model.load_state_dict(saved)
    fresh.load_state_dict(model.state_dict())
    assert numbers_of(model) == numbers_of(fresh) == before
    other = Sequential(Holder(inner=MLP(2, [2, 1])))
    other.load_state_dict(wrapped.state_dict())
    assert numbers_of(other) == before


def test_a_state_does_not_tell_in_how_many_models_a_part_has_been() -> None:
    layer, again = Layer(1, 1), Layer(1, 1)
    Holder(first=layer), Holder(first=again)
    assert list(Holder(a=layer, b=again).state_dict()) == ["a.neuron1.w1", "a.neuron1.b", "b.neuron1.w1", "b.neuron1.b"]


def test_a_state_by_labels_is_loaded_too() -> None:
    model = Holder(first=Layer(1, 1, label="eye"), second=Layer(1, 1, label="ear"))
    assert list(model.state_dict()) == ["first.neuron1.w1", "first.neuron1.b", "second.neuron1.w1", "second.neuron1.b"]
    model.load_state_dict({"eye.neuron1.w1": 1.0, "eye.neuron1.b": 2.0, "ear.neuron1.w1": 3.0, "ear.neuron1.b": 4.0})
    assert list(model.state_dict().values()) == [1.0, 2.0, 3.0, 4.0]
    with pytest.raises(
        ValueError, match=r"^the state has no number for 'first.neuron1.w1', .*; load it into a model of the shape"
    ):
        model.load_state_dict({"eye.neuron1.w1": 1.0})
    alike = Holder(first=Layer(1, 1, label="eye"), second=Layer(1, 1, label="eye"))
    with pytest.raises(
        ValueError, match=r"^the state has no number for 'first.neuron1.w1', .*; load it into a model of the shape"
    ):
        alike.load_state_dict({"eye.neuron1.w1": 1.0, "eye.neuron1.b": 2.0})


def test_what_is_held_twice_is_called_by_its_first_place() -> None:
    layer, weight = Layer(1, 1), Value(1.0)
    tied = Sequential(layer, layer)
    assert labels(tied) == list(tied.state_dict()) == ["layer1.neuron1.w1", "layer1.neuron1.b"]
    both = Holder(first=Holder(weight=weight), second=Holder(weight=weight))
    assert labels(both) == list(both.state_dict()) == ["first.weight"]
    own = Value(1.0)
    outside = Holder(own=own, inner=Holder(part=own))
    assert labels(outside) == list(outside.state_dict()) == ["part"]


def test_a_module_may_be_held_by_what_it_holds() -> None:
    inner = Holder(scale=Value(1.0))
    outer = Holder(inner=inner, shift=Value(2.0))
    inner.home = outer
    assert list(outer.state_dict()) == labels(outer) == ["inner.scale", "shift"]
    assert labels(Holder(outer=outer)) == ["outer.inner.scale", "outer.shift"]
    late, home = Holder(scale=Value(1.0)), Holder(shift=Value(2.0))
    late.home, home.part = home, late
    home.label_parts()
    assert labels(home) == ["shift", "part.scale"]
    assert home.label == ""


def test_two_parameters_with_one_label_in_one_module_are_not_saved() -> None:
    with pytest.raises(ValueError, match=r"every parameter needs a label of its own .* set parameter\.label"):
        Holder(inner=Holder(a=Value(1.0, label="w"), b=Value(2.0, label="w"))).state_dict()
    assert list(Holder(a=Holder(w=Value(1.0, label="w")), b=Value(2.0, label="w")).state_dict()) == ["a.w", "w"]


def test_a_module_may_be_abstract_or_a_dataclass() -> None:
    class Shape(Module, ABC):
        @abstractmethod
        def __call__(self, x: Any) -> Any: ...

    @dataclass
    class Scaled(Shape):
        inner: Layer
        scale: Value

        def __call__(self, x: Any) -> Any:
            return self.scale * self.inner(x)

    with pytest.raises(TypeError, match="abstract"):
        Shape()  # type: ignore[abstract]
    assert labels(Scaled(Layer(1, 1), Value(2.0))) == ["inner.neuron1.w1", "inner.neuron1.b", "scale"]


@every_layer
def test_the_state_of_every_layer_goes_through_json_into_a_fresh_one(name: str) -> None:
    layer, x = made(name)
    fresh, _ = made(name, seed=1)
    fresh.load_state_dict(json.loads(json.dumps(layer.state_dict())))
    assert len(layer.state_dict()) == len(layer.parameters())
    assert list(layer.state_dict()) == labels(layer)
    assert [output.data for output in outputs_of(fresh, x)] == [output.data for output in outputs_of(layer, x)]


@every_copy
def test_a_copy_of_every_layer_computes_the_same_under_the_same_names(copied: Callable[[Any], Any]) -> None:
    for name in CASES:
        layer, x = made(name)
        twin = copied(Holder(part=layer)).part
        assert labels(twin) == labels(layer)
        assert list(twin.state_dict()) == list(layer.state_dict())
        assert repr(twin) == repr(layer)
        assert [output.data for output in outputs_of(twin, x)] == [output.data for output in outputs_of(layer, x)]
        assert not set(twin.parameters()) & set(layer.parameters())
