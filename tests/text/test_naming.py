"""Names, labels and numbers as a reader sees them."""

import copy
import math
import pickle
import random

import pytest

import micrograd
from micrograd import Value, nn
from micrograd.engine import topological_order
from micrograd.text.naming import Label, inside, node_names, short, subscripted
from micrograd.views.diagram import Diagram


def test_names_come_from_the_namespace_then_from_labels_then_are_counted() -> None:
    a, b = Value(1.0, label="a"), Value(2.0)
    weights = [Value(3.0), Value(4.0)]
    hidden = a * b
    out = hidden + micrograd.dot(weights, [a, b])
    names = node_names(topological_order(out), {"b": b, "weights": weights, "_": hidden, "n": 7})
    assert list(names.values()) == ["a", "b", "v1", "weights[0]", "weights[1]", "v2", "out"]


def test_a_label_that_is_used_twice_gets_a_number() -> None:
    one, two, three = (Value(float(i), label="x") for i in range(3))
    assert list(node_names([one, two, three, one + two]).values())[:3] == ["x", "x#2", "x#3"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-0.14159265, "-0.1416"),
        (2 / 3, "0.6667"),
        (138.83381924, "138.8"),
        (99_999.9, "100000"),
        (999_999.6, "1e6"),
        (1234567.0, "1.23e6"),
        (0.001, "0.001"),
        (0.00099, "9.9e-4"),
        (1e-300, "1e-300"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
    ],
)
def test_a_number_is_written_in_four_digits(number: float, text: str) -> None:
    assert short(number) == text


def test_short_numbers_are_short_and_close() -> None:
    generator = random.Random(0)
    for _ in range(10_000):
        number = generator.uniform(-10.0, 10.0) * 10.0 ** generator.randint(-90, 90)
        assert len(short(number).removeprefix("-")) <= 8
        assert float(short(number)) == pytest.approx(number, rel=0.006)


def test_a_label_keeps_its_groups_and_a_plain_string_has_none() -> None:
    label = Label("w1", ("layer1", "neuron2"))
    assert label == "layer1.neuron2.w1"
    copies = [copy.copy(label), copy.deepcopy(label), *(pickle.loads(pickle.dumps(label, p)) for p in range(6))]  # noqa: S301
    assert [(str(twin), twin.name, twin.groups) for twin in copies] == [(label, "w1", ("layer1", "neuron2"))] * 8
    assert inside("", "b") == "b"
    assert inside("", "b").groups == ()
    assert inside("a.b", "w1").groups == ("a.b",)  # dots in a name are a name's
    assert {type(key) for key in nn.MLP(1, [1], seed=0).state_dict()} == {str}  # any format saves those
    plain, kept = Value(0.5, label="layer1.neuron2.w1"), Value(0.5, label=label)
    frames = [{card.name: card.frame for card in Diagram(weight * 2.0).cards} for weight in (plain, kept)]
    assert [frame.popitem() for frame in frames] == [("out", ()), ("out", ("layer1", "neuron2"))]


def test_a_number_at_the_end_of_a_name_is_its_index() -> None:
    assert [subscripted(name) for name in ("w12", "layer1.b", "x#2", "h2o")] == ["w₁₂", "layer1.b", "x#2", "h2o"]


def test_ten_thousand_nodes_of_one_label_are_told_apart_in_linear_time() -> None:
    node = Value(0.0)
    for _ in range(10_000):
        node = node + 1.0
        node.label = "s"
    names = node_names(topological_order(node))
    assert len(set(names.values()) - {"1"}) == 10_001
