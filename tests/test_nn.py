"""Networks: what they compute, how they begin, what they take, and how they are saved and copied."""

import copy
import json
import math
import pickle
import random
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from micrograd import ops
from micrograd.engine import Value
from micrograd.nn import ACTIVATIONS, MLP, Layer, Module, Neuron, dead_units
from micrograd.ops import Op
from micrograd.optim import SGD

CUBE = Op("cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))  # an activation that the table does not have


def set_parameters(model: Module, *numbers: float) -> None:
    """Neuron by neuron, the weights and then the bias."""
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number


def numbers_of(model: Module) -> list[str]:
    """The parameters with every bit: -0.0 is not 0.0."""
    return [parameter.data.hex() for parameter in model.parameters()]


def gradients_of(model: Module) -> list[float]:
    return [parameter.grad for parameter in model.parameters()]


# What a network computes


def test_a_neuron_is_the_activation_of_the_weighted_sum_plus_the_bias() -> None:
    neuron = Neuron(2, "tanh")
    set_parameters(neuron, -3.0, 0.5, 1.25)
    output = neuron([2.0, 8.0])
    output.backward()
    z = -3.0 * 2.0 + 0.5 * 8.0 + 1.25  # -0.75
    slope = 1.0 / math.cosh(z) ** 2
    assert output.data == pytest.approx(math.tanh(z), rel=1e-15)
    assert gradients_of(neuron) == pytest.approx([slope * 2.0, slope * 8.0, slope], rel=1e-14)


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        ("linear", -2.0),
        ("relu", 0.0),
        ("leaky_relu", -0.02),
        ("gelu", -2.0 * 0.5 * math.erfc(2.0 / math.sqrt(2.0))),
        ("silu", -2.0 / (1.0 + math.exp(2.0))),
        ("softplus", math.log(1.0 + math.exp(-2.0))),
        ("sigmoid", 1.0 / (1.0 + math.exp(2.0))),
        ("tanh", math.tanh(-2.0)),
        ("sin", math.sin(-2.0)),
    ],
)
def test_activation_at_minus_two(activation: str, expected: float) -> None:
    neuron = Neuron(1, activation)
    set_parameters(neuron, -1.0, 0.0)
    assert neuron([2.0]).data == pytest.approx(expected, rel=1e-14)


def test_a_layer_gives_one_value_per_neuron_all_from_the_same_inputs() -> None:
    layer = Layer(2, 2, "relu")
    set_parameters(layer, 1.0, 2.0, 0.5, -1.0, -1.0, 1.0)
    outputs = layer([3.0, 4.0])
    assert isinstance(outputs, list)
    assert [output.data for output in outputs] == [1.0 * 3.0 + 2.0 * 4.0 + 0.5, 0.0]


def test_the_last_layer_is_linear_and_the_ones_before_are_not() -> None:
    model = MLP(1, [1, 1], "relu")
    set_parameters(model, -1.0, 0.0, -2.0, -3.0)
    assert model([-5.0]).data == -2.0 * 5.0 - 3.0  # below 0, where relu would give 0
    assert model([5.0]).data == -3.0  # the hidden neuron gives relu(-5) = 0


def test_a_network_of_three_layers_by_hand() -> None:
    model = MLP(2, [2, 2, 2], "relu")
    set_parameters(
        model,
        *(1.0, 1.0, 0.0, 1.0, -1.0, 0.5),  # relu(x1 + x2), relu(x1 - x2 + 1/2)
        *(2.0, 0.0, -1.0, 1.0, 1.0, -9.0),  # relu(2 h1 - 1), relu(h1 + h2 - 9)
        *(1.0, 4.0, 0.0, -1.0, 0.0, 0.25),  # g1 + 4 g2, 1/4 - g1
    )
    outputs = model([3.0, 2.0])
    h1, h2 = 5.0, 1.5
    g1, g2 = 2.0 * h1 - 1.0, 0.0  # h1 + h2 - 9 = -2.5
    assert h2 > 0.0
    assert [output.data for output in outputs] == [g1 + 4.0 * g2, 0.25 - g1]


def test_a_layer_of_one_neuron_gives_the_bare_value() -> None:
    assert isinstance(Layer(3, 1)([1.0, 2.0, 3.0]), Value)
    assert isinstance(MLP(3, [2, 1])([1.0, 2.0, 3.0]), Value)
    assert isinstance(MLP(3, [2, 2])([1.0, 2.0, 3.0]), list)


@pytest.mark.parametrize("widths", [[1], [1, 1], [1, 1, 1], [3, 1, 2], [1, 4]])
def test_inner_layers_of_one_neuron_work(widths: list[int]) -> None:
    model = MLP(2, widths, "tanh", seed=3)
    output = model([0.5, -1.0])
    outputs = [output] if widths[-1] == 1 else output
    assert len(outputs) == widths[-1]
    for number in outputs:
        number.backward()
    assert all(parameter.grad != 0.0 for parameter in model.parameters())


@pytest.mark.parametrize(("activation", "name"), [("relu", "relu"), ("linear", "linear"), (ops.tanh, "tanh"), (CUBE, "cube")])
def test_repr_is_the_shape_with_the_name_of_the_activation(activation: str | Op, name: str) -> None:
    assert repr(Neuron(2, activation)) == f"Neuron(2, '{name}')"
    assert repr(Layer(2, 3, activation)) == f"Layer(2, 3, '{name}')"
    assert repr(MLP(2, (3, 1), activation)) == f"MLP(2, [3, 1], activation='{name}')"
    assert repr(MLP(3, [1], activation)) == f"MLP(3, [1], activation='{name}')"


# Parameters


@pytest.mark.parametrize(
    ("inputs", "widths", "count"),
    [
        (2, [16, 16, 1], (2 + 1) * 16 + (16 + 1) * 16 + (16 + 1)),
        (1, [1], 2),
        (3, [5, 2], (3 + 1) * 5 + (5 + 1) * 2),
    ],
)
def test_a_network_has_a_weight_per_input_and_a_bias_per_neuron(inputs: int, widths: list[int], count: int) -> None:
    assert len(MLP(inputs, widths).parameters()) == count


def test_parameters_are_labelled_by_layer_neuron_and_weight_in_the_order_of_parameters() -> None:
    assert [parameter.label for parameter in MLP(2, [2, 1]).parameters()] == [
        "layer1.neuron1.w1",
        "layer1.neuron1.w2",
        "layer1.neuron1.b",
        "layer1.neuron2.w1",
        "layer1.neuron2.w2",
        "layer1.neuron2.b",
        "layer2.neuron1.w1",
        "layer2.neuron1.w2",
        "layer2.neuron1.b",
    ]


def test_a_neuron_or_layer_by_itself_has_labels_without_a_prefix() -> None:
    assert list(Neuron(2).named_parameters()) == ["w1", "w2", "b"]
    assert list(Layer(1, 2).named_parameters()) == ["neuron1.w1", "neuron1.b", "neuron2.w1", "neuron2.b"]


def test_zero_grad_sets_every_gradient_to_zero_so_that_backward_starts_afresh() -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    model([0.5, -1.0]).backward()
    once = gradients_of(model)
    model.zero_grad()
    assert gradients_of(model) == [0.0] * 13
    model([0.5, -1.0]).backward()
    assert gradients_of(model) == once


# First weights


def test_the_same_seed_gives_the_same_weights() -> None:
    assert numbers_of(MLP(2, [3, 1], seed=7)) == numbers_of(MLP(2, [3, 1], seed=7))
    assert numbers_of(MLP(2, [3, 1], seed=0)) == numbers_of(MLP(2, [3, 1], seed=0))
    assert numbers_of(MLP(2, [3, 1], seed=7)) != numbers_of(MLP(2, [3, 1], seed=8))


def test_no_weight_is_drawn_twice() -> None:
    parameters = MLP(2, [2, 2, 2], "linear", seed=0).parameters()  # every layer has the same shape and limit
    assert len({parameter.data for parameter in parameters}) == 3 * 4 + 1  # the biases are all 0


def test_a_seed_neither_reads_nor_moves_the_generator_of_the_random_module() -> None:
    random.seed(1)
    first = numbers_of(MLP(2, [3, 1], seed=0))
    after = random.random()
    random.seed(1)
    assert random.random() == after
    assert numbers_of(MLP(2, [3, 1], seed=0)) == first


def test_without_a_seed_random_seed_repeats_the_weights() -> None:
    random.seed(5)
    first, second = numbers_of(MLP(2, [3, 1])), numbers_of(MLP(2, [3, 1]))
    random.seed(5)
    assert numbers_of(MLP(2, [3, 1])) == first
    assert first != second


def test_biases_begin_at_zero_and_weights_do_not() -> None:
    named = MLP(3, [4, 4, 2], seed=0).named_parameters()
    assert all((parameter.data == 0.0) == label.endswith(".b") for label, parameter in named.items())


def drawn_at_the_top(low: float, high: float) -> float:
    """In place of `uniform`: every weight is the limit it is drawn within."""
    assert low == -high
    return high


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "gelu", "silu", "softplus"])
def test_weights_of_rectifiers_stay_within_the_limit_of_he(activation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", drawn_at_the_top)
    layer = Layer(24, 5, activation)
    assert {weight.data for neuron in layer.neurons for weight in neuron.weights} == {0.5}  # sqrt(6 / 24)


@pytest.mark.parametrize("activation", ["linear", "sigmoid", "tanh", "sin", CUBE], ids=str)
def test_weights_of_all_others_stay_within_the_limit_of_glorot(activation: str | Op, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", drawn_at_the_top)
    layer = Layer(19, 5, activation)
    assert {weight.data for neuron in layer.neurons for weight in neuron.weights} == {0.5}  # sqrt(6 / (19 + 5))
    assert [weight.data for weight in Neuron(5, activation).weights] == [1.0] * 5  # sqrt(6 / (5 + 1))


def test_the_last_layer_has_the_limit_of_a_linear_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", drawn_at_the_top)
    first, last = MLP(6, [20, 4], "relu").layers
    assert {weight.data for neuron in first.neurons for weight in neuron.weights} == {1.0}  # sqrt(6 / 6)
    assert {weight.data for neuron in last.neurons for weight in neuron.weights} == {0.5}  # sqrt(6 / (20 + 4))


def test_weights_are_drawn_evenly() -> None:
    weights = [weight.data for neuron in Layer(24, 200, generator=random.Random(0)).neurons for weight in neuron.weights]
    count, limit = 24 * 200, 0.5
    assert max(weights) <= limit
    assert min(weights) >= -limit
    mean, mean_square = sum(weights) / count, sum(weight * weight for weight in weights) / count
    # An even distribution has the mean 0, the variance limit^2 / 3; five standard errors of each.
    assert abs(mean) < 5.0 * limit / math.sqrt(3.0 * count)
    assert abs(mean_square - limit**2 / 3.0) < 5.0 * limit**2 * math.sqrt(4.0 / 45.0 / count)


# Drop-in for micrograd 0.1.0


def test_the_training_loop_of_micrograd_0_1_0_runs_as_it_is() -> None:
    random.seed(1337)
    model = MLP(2, [16, 16, 1])
    rows, labels = [[-1.0, 0.5], [1.0, 0.5], [0.5, -1.0], [-0.5, -1.0]], [-1, 1, 1, -1]
    losses = []
    for k in range(20):
        inputs = [list(map(Value, row)) for row in rows]
        scores = list(map(model, inputs))
        data_loss = sum((1 + -yi * scorei).relu() for yi, scorei in zip(labels, scores, strict=True)) * (1.0 / len(rows))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        total_loss = data_loss + reg_loss
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(total_loss.data)
    assert len(model.parameters()) == 337
    assert all((yi > 0) == (model(row).data > 0) for yi, row in zip(labels, rows, strict=True))
    assert losses[-1] < 0.1 < losses[0]


def test_a_neuron_and_a_layer_take_their_sizes_by_position() -> None:
    assert isinstance(Neuron(2)([1.0, 2.0]), Value)
    assert len(Layer(2, 3).parameters()) == 9
    assert all(issubclass(kind, Module) for kind in (Neuron, Layer, MLP))


# Inputs


@pytest.mark.parametrize(
    "inputs",
    [
        [1.0, -2.0],
        (1, -2),
        [Value(1.0), Value(-2.0)],
        [Value(1.0), -2.0],
        [Fraction(1), Fraction(-2)],
        np.array([1.0, -2.0]),
        np.array([1, -2]),
        np.array([1.0, -2.0], dtype=np.float32),
        np.array([[1.0, -2.0]])[0],
        np.array([Value(1.0), Value(-2.0)]),
    ],
    ids=lambda inputs: f"{type(inputs).__name__} of {type(inputs[0]).__name__} {type(inputs[1]).__name__}",
)
def test_inputs_are_numbers_values_or_arrays(inputs: Any) -> None:
    model = MLP(2, [2, 1])
    set_parameters(model, 1.0, 1.0, 4.0, 0.0, -1.0, 0.0, 10.0, 100.0, 1.0)
    assert model(inputs).data == 10.0 * 3.0 + 100.0 * 2.0 + 1.0


def test_gradients_reach_the_inputs_that_are_values() -> None:
    neuron = Neuron(2, "linear")
    set_parameters(neuron, 3.0, -0.5, 1.0)
    inputs = [Value(1.0), Value(2.0)]
    neuron(inputs).backward()
    assert [value.grad for value in inputs] == [3.0, -0.5]


def test_inputs_that_are_numbers_are_labelled_by_their_place() -> None:
    output = Neuron(2, "linear")([1.0, Value(2.0, label="height")])
    weighted = output.parents[0]
    assert [parent.label for parent in weighted.parents] == ["w1", "w2", "x1", "height"]


@pytest.mark.parametrize("inputs", [[], [1.0], [1.0, 2.0, 3.0], np.zeros(3)], ids=len)
def test_a_wrong_number_of_inputs_names_the_layer_what_it_needs_and_what_it_got(inputs: Sequence[float]) -> None:
    with pytest.raises(ValueError, match=rf"^layer1 needs 2 number\(s\), got {len(inputs)}: .*pass one per input$"):
        MLP(2, [3, 1])(inputs)


def test_a_wrong_number_of_inputs_names_a_neuron_or_layer_by_its_label_or_its_shape() -> None:
    with pytest.raises(ValueError, match=r"^layer2\.neuron1 needs 3 number\(s\), got 1: \[7\.0\]"):
        MLP(2, [3, 1]).layers[1].neurons[0]([7.0])
    with pytest.raises(ValueError, match=r"^Neuron\(2, 'relu'\) needs 2 number\(s\), got 1"):
        Neuron(2)([7.0])
    with pytest.raises(ValueError, match=r"^Layer\(2, 3, 'relu'\) needs 2 number\(s\), got 1"):
        Layer(2, 3)([7.0])


@pytest.mark.parametrize("x", [3.0, Value(3.0)], ids=repr)
def test_an_input_without_brackets_is_told_so(x: Any) -> None:
    with pytest.raises(TypeError, match=r"^layer1 needs a list of 1 number\(s\), got .*put it in brackets$"):
        MLP(1, [1])(x)


@pytest.mark.parametrize("x", [["1", "2"], [None, 1.0], [[1.0], [2.0]], [1j, 2.0]], ids=repr)
def test_an_input_that_is_not_a_number_is_a_type_error_with_advice(x: Any) -> None:
    with pytest.raises(TypeError, match=r"a Value holds one real number, got .*; "):
        MLP(2, [1])(x)


# Shapes and activations


@pytest.mark.parametrize("width", [0, -1, 2.0, "3", None], ids=repr)
def test_a_width_that_is_not_a_whole_number_from_one_upwards_is_refused(width: Any) -> None:
    with pytest.raises(ValueError, match=f"the number of inputs needs to be a whole number from 1 upwards, got {width!r}"):
        MLP(width, [1])
    with pytest.raises(ValueError, match=f"the width of layer2 needs to be a whole number from 1 upwards, got {width!r}"):
        MLP(1, [2, width, 1])


@pytest.mark.parametrize("widths", [[], (), 4, None], ids=repr)
def test_a_network_needs_the_widths_of_its_layers(widths: Any) -> None:
    with pytest.raises(
        ValueError, match=r"then a list with the width of each layer, such as MLP\(2, \[16, 16, 1\]\); got MLP\(2, "
    ):
        MLP(2, widths)


def test_widths_without_the_number_of_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match=r"needs the number of inputs and then a list .*; got MLP\(\[2, 3, 1\], \(\)\)"):
        MLP([2, 3, 1])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make",
    [
        lambda name: Neuron(2, name),
        lambda name: Layer(2, 2, name),
        lambda name: MLP(2, [2, 1], name),
        lambda name: MLP(2, [1], name),
    ],
    ids=["neuron", "layer", "network", "network of one linear layer"],
)
def test_an_unknown_activation_lists_those_that_exist(make: Callable[[str], Module]) -> None:
    names = "linear, relu, leaky_relu, gelu, silu, softplus, sigmoid, tanh, sin"
    with pytest.raises(ValueError, match=f"^there is no activation 'rellu'; choose from {names}, or pass an Op$"):
        make("rellu")


@pytest.mark.parametrize("op", [ops.add, ops.atan2], ids=lambda op: op.symbol)
def test_an_activation_takes_one_number(op: Op) -> None:
    with pytest.raises(ValueError, match=rf"an activation takes one number, and {re.escape(op.symbol)} takes 2"):
        Neuron(2, op)


def test_an_op_of_ones_own_is_an_activation() -> None:
    neuron = Neuron(2, CUBE)
    set_parameters(neuron, 1.0, -2.0, 3.0)
    output = neuron([4.0, 2.5])
    output.backward()
    z = 1.0 * 4.0 - 2.0 * 2.5 + 3.0  # 2
    assert output.data == z**3
    assert gradients_of(neuron) == [3.0 * z * z * 4.0, 3.0 * z * z * 2.5, 3.0 * z * z]


def test_an_activation_may_be_named_or_passed_as_its_row() -> None:
    assert MLP(1, [3, 1], "sin", seed=0)([0.5]).data == MLP(1, [3, 1], ops.sin, seed=0)([0.5]).data


# Modules of one's own


class Everywhere(Module):
    """Parameters in every place where a module may keep them."""

    def __init__(self) -> None:
        self.name = "not a parameter"
        self.size = 3
        self.nothing = None
        self.attribute = Value(1.0, label="attribute")
        self.listed = [Value(2.0, label="list 1"), [Value(3.0, label="list in list")]]
        self.tupled = (Value(4.0, label="tuple"), "text", 5.0)
        self.mapped = {"a": Value(6.0, label="dict"), "b": {"c": [Value(7.0, label="list in dict in dict")]}}
        self.module = Neuron(1, label="neuron")
        self.modules = [Layer(1, 1, label="layer"), {"deep": Neuron(1, label="deep")}]
        self.again = self.attribute

    def __call__(self, x: Value) -> Value:
        return self.attribute * x


def test_parameters_are_found_in_attributes_lists_tuples_dictionaries_and_modules_each_once() -> None:
    assert [parameter.label for parameter in Everywhere().parameters()] == [
        "attribute",
        "list 1",
        "list in list",
        "tuple",
        "dict",
        "list in dict in dict",
        "neuron.w1",
        "neuron.b",
        "layer.neuron1.w1",
        "layer.neuron1.b",
        "deep.w1",
        "deep.b",
    ]


def test_a_module_of_ones_own_is_called_zeroed_saved_and_loaded_like_any_other() -> None:
    model, other = Everywhere(), Everywhere()
    model(Value(5.0)).backward()
    assert model.attribute.grad == 5.0
    model.zero_grad()
    assert model.attribute.grad == 0.0
    model.attribute.data = -8.0
    other.load_state_dict(model.state_dict())
    assert other.attribute.data == -8.0


def test_a_module_without_call_says_what_to_write() -> None:
    class Silent(Module):
        pass

    with pytest.raises(TypeError, match=r"^Silent needs a method __call__\(x\) that gives its output$"):
        Silent()([1.0])


# Saving and loading


@pytest.mark.parametrize("awkward", [0.1, -0.0, 5e-324, 1.7976931348623157e308, math.pi, math.inf])
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
        (lambda state: state.pop("w1"), ValueError, "the state has no number for w1; load it into a model of the shape"),
        (lambda state: state.clear(), ValueError, "the state has no number for b, w1; load it"),
        (lambda state: state.update(w2=1.0, c=2.0), ValueError, "the model has no parameter c, w2; load it into"),
        (lambda state: state.update(b="0.5"), TypeError, "the state has '0.5' for b; each parameter needs one number"),
        (lambda state: state.update(b=None), TypeError, "the state has None for b"),
        (lambda state: state.update(b=[0.5]), TypeError, r"the state has \[0.5\] for b"),
        (lambda state: state.update(b=1j), TypeError, "the state has 1j for b"),
        (lambda state: state.update(b=10**400), OverflowError, "large"),  # JSON has integers of any size
    ],
    ids=["one missing", "all missing", "unknown", "text", "none", "list", "complex", "too large for a float"],
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


@pytest.mark.parametrize(
    ("first", "second"), [("w", None), (None, None), ("w", "w"), ("w", "")], ids=["one", "two", "the same", "empty"]
)
def test_parameters_without_a_label_of_their_own_are_not_saved_by_name(first: str | None, second: str | None) -> None:
    model = Pair(Value(1.0, label=first), Value(2.0, label=second))
    assert len(model.parameters()) == 2
    for save in (model.named_parameters, model.state_dict):
        with pytest.raises(ValueError, match=r"every parameter needs a label of its own .* set parameter\.label"):
            save()


# Copies


def pickled(model: Any) -> Any:
    return pickle.loads(pickle.dumps(model))  # noqa: S301  (we made these bytes)


every_copy = pytest.mark.parametrize("copied", [copy.deepcopy, pickled], ids=["deepcopy", "pickle"])


@every_copy
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_copy_of_a_model_computes_the_same_with_parameters_of_its_own(activation: str, copied: Callable[[MLP], MLP]) -> None:
    model = MLP(2, [3, 1], activation, seed=0)
    twin = copied(model)
    assert twin.state_dict() == model.state_dict()
    assert repr(twin) == repr(model)
    assert twin([0.3, -0.7]).data == model([0.3, -0.7]).data
    assert not set(twin.parameters()) & set(model.parameters())


@every_copy
def test_gradients_reach_the_parameters_of_a_copy_and_only_those(copied: Callable[[MLP], MLP]) -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    twin = copied(model)
    twin([0.3, -0.7]).backward()
    assert gradients_of(model) == [0.0] * 13
    model([0.3, -0.7]).backward()
    assert gradients_of(twin) == gradients_of(model)
    assert all(gradient != 0.0 for gradient in gradients_of(twin))


@every_copy
def test_a_copy_moves_apart_from_its_model(copied: Callable[[MLP], MLP]) -> None:
    model = MLP(2, [3, 1], seed=0)
    before = numbers_of(model)
    twin = copied(model)
    for parameter in twin.parameters():
        parameter.data += 1.0
    assert numbers_of(model) == before


@every_copy
def test_a_model_and_its_optimizer_copied_together_stay_together(copied: Callable[[Any], Any]) -> None:
    model = MLP(1, [1], seed=0)
    twin, optimizer = copied((model, SGD(model.parameters(), learning_rate=1.0)))
    before = numbers_of(model)
    twin([2.0]).backward()
    optimizer.step()
    weight, bias = model.parameters()
    assert [p.data for p in twin.parameters()] == [weight.data - 2.0, bias.data - 1.0]
    assert numbers_of(model) == before


@every_copy
def test_a_copy_made_after_backward_keeps_the_gradients(copied: Callable[[MLP], MLP]) -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    model([0.3, -0.7]).backward()
    assert gradients_of(copied(model)) == gradients_of(model)


def test_a_model_with_an_activation_of_ones_own_is_deepcopied() -> None:
    model = MLP(2, [3, 1], CUBE, seed=0)
    twin = copy.deepcopy(model)
    assert twin([0.3, -0.7]).data == model([0.3, -0.7]).data


def test_a_model_with_an_activation_of_ones_own_is_not_pickled_and_the_error_names_it() -> None:
    with pytest.raises(TypeError, match="'cube' is not in the table of operations"):
        pickle.dumps(MLP(2, [3, 1], CUBE))


# Dead units


def test_a_unit_is_dead_if_its_activation_is_flat_on_every_row() -> None:
    model = MLP(1, [3, 1], "relu")
    set_parameters(model, 1.0, -10.0, 1.0, 0.0, 1.0, -2.0, 1.0, 1.0, 1.0, 0.0)
    rows = [[-3.0], [1.0], [3.0]]
    # Sums: x - 10 is below 0 on all rows, x is above 0 on two of them, x - 2 on one.
    assert dead_units(model, rows) == ["layer1.neuron1"]
    assert dead_units(model, rows[:2]) == ["layer1.neuron1", "layer1.neuron3"]
    assert dead_units(model, rows[:1]) == ["layer1.neuron1", "layer1.neuron2", "layer1.neuron3"]
    assert dead_units(model, rows[::-1]) == ["layer1.neuron1"]
    assert dead_units(model, []) == []


def test_a_unit_at_the_kink_of_relu_is_dead() -> None:
    model = MLP(1, [1, 1], "relu")
    set_parameters(model, 1.0, 0.0, 1.0, 0.0)
    assert dead_units(model, [[0.0]]) == ["layer1.neuron1"]


@pytest.mark.parametrize("activation", ["linear", "leaky_relu", "gelu", "silu", "softplus", "sigmoid", "tanh", "sin"])
def test_a_unit_with_a_small_slope_is_not_dead(activation: str) -> None:
    model = MLP(1, [2, 1], activation)
    set_parameters(model, 1.0, -10.0, 1.0, -10.0, 1.0, 1.0, 0.0)
    assert dead_units(model, [[-1.0], [1.0]]) == []


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_a_unit_so_far_out_that_its_slope_is_zero_is_dead(activation: str) -> None:
    model = MLP(1, [2, 1], activation)
    set_parameters(model, 1.0, -1e4, 1.0, 0.0, 1.0, 1.0, 0.0)
    assert dead_units(model, [[-1.0], [1.0]]) == ["layer1.neuron1"]


def test_dead_units_are_found_in_every_layer_before_every_output() -> None:
    model = MLP(1, [2, 2, 2], "relu")
    set_parameters(model, 1.0, 0.0, -1.0, -5.0, 1.0, 1.0, 0.0, 1.0, 1.0, -9.0, *(1.0, 0.0, 0.0), *(0.0, 1.0, 0.0))
    assert dead_units(model, [[1.0], [2.0]]) == ["layer1.neuron2", "layer2.neuron2"]


def test_looking_for_dead_units_changes_neither_parameters_nor_gradients() -> None:
    model = MLP(2, [3, 1], seed=0)
    model([0.3, -0.7]).backward()
    before = numbers_of(model), gradients_of(model)
    dead_units(model, [[1.0, 2.0]])
    assert (numbers_of(model), gradients_of(model)) == before


def test_parameters_in_a_numpy_array_are_found() -> None:
    class Affine(Module):
        def __init__(self) -> None:
            self.weights = np.array([[Value(1.0, label="w1"), Value(2.0, label="w2")]])
            self.scale = np.float64(3.0)

    assert [parameter.label for parameter in Affine().parameters()] == ["w1", "w2"]


@pytest.mark.parametrize("x", [None, {1.0}, {0: 1.0}, "1"], ids=repr)
def test_an_input_that_is_no_list_is_refused(x: Any) -> None:
    with pytest.raises(TypeError, match=r"^layer1 needs a list of 1 number\(s\), got .* \(\w+\)$"):
        MLP(1, [1])(x)


def test_an_inner_layer_of_the_wrong_width_is_named() -> None:
    model = MLP(2, [4, 1], seed=0)
    model.layers[1] = Layer(3, 1, "linear", label="other")
    with pytest.raises(ValueError, match=r"^other.neuron1 needs 3 number\(s\), got 4"):
        model([1.0, 2.0])


def test_numpy_integers_are_whole_numbers() -> None:
    np = pytest.importorskip("numpy")
    assert repr(MLP(np.int64(2), [np.int64(3), 1], seed=np.int64(0))) == "MLP(2, [3, 1], activation='relu')"


def test_a_module_may_know_the_one_that_holds_it() -> None:
    layer = Layer(1, 1)
    vars(layer.neurons[0])["home"] = layer
    assert len(layer.parameters()) == 2
