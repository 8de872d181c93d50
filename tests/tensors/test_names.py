"""Names of arrays: those that a reader gave, else those that a book would give."""

from __future__ import annotations

import keyword
import random

import pytest

from micrograd import losses, nn, ops
from micrograd.engine import Value
from micrograd.folding import Folded, fold
from micrograd.tensors.lines import gradient_formulas
from micrograd.tensors.names import give_names, number_of_layer, stem
from micrograd.tensors.terms import Name
from micrograd.text.naming import Label
from tests.tensors.examples import EXAMPLES
from tests.tensors.pieces import flat, matrix, product, vector


def leaf_names(of: Folded) -> list[str]:
    return [array.name for array in of.formulas.arguments]


def line_names(of: Folded) -> list[str]:
    return [line.name for line in of.formulas.lines]


def two_layers(letters: tuple[str, str, str, str], inputs: str = "") -> Folded:
    """tanh layers of 3 and 2 units, written by hand, under these labels."""
    generator = random.Random(1)
    first, second, third, fourth = letters
    weights1, biases1 = matrix(generator, 3, 2, first), vector(generator, 3, second)
    weights2, biases2 = matrix(generator, 2, 3, third), vector(generator, 2, fourth)
    x = vector(generator, 2, inputs)
    h = [(ops.dot(row, x) + b).tanh() for row, b in zip(weights1, biases1, strict=True)]
    z = [ops.dot(row, h) + b for row, b in zip(weights2, biases2, strict=True)]
    return fold(ops.total([out * out for out in z]), x, flat([weights1, biases1, weights2, biases2]))


@pytest.mark.parametrize(
    ("labels", "common"),
    [
        (["x1", "x2"], "x"), (["y"], "y"), (["w_hidden1", "w_hidden2"], "w_hidden"), (["k0", "k1"], "k"),
        (["W1,1", "W1,2"], "W"), (["W[0][1]", "W[1][1]"], "W"), (["a1", "b1"], ""), (["", "x"], ""), (["1", "2"], ""),
        (["my weight 1", "my weight 2"], ""),
        ([Label("w1", ("layer1", "neuron1")), Label("w2", ("layer1", "neuron1"))], "w"), (["θ1", "θ2"], "θ"),
    ],
)  # fmt: skip
def test_labels_have_a_stem_if_they_differ_in_their_numbers_alone(labels: list[str], common: str) -> None:
    assert stem(labels) == common


def test_the_number_of_a_layer_is_that_of_the_outermost_group_that_all_share() -> None:
    assert number_of_layer([Label("w1", ("layer2", "neuron1")), Label("w1", ("layer2", "neuron2"))]) == 2
    assert number_of_layer([Label("w1", ("layer2", "neuron1")), Label("w2", ("layer2", "neuron1"))]) == 2
    assert number_of_layer([Label("w1", ("layer1", "neuron3")), Label("w1", ("layer2", "neuron3"))]) == 3
    assert number_of_layer([Label("w1", ("encoder",)), Label("w2", ("encoder",))]) is None
    assert number_of_layer(["w1", "w2"]) is None


def test_layers_have_their_numbers_and_matrices_are_capital() -> None:
    model = nn.MLP(2, [3, 4, 1], seed=0)
    x, y = vector(random.Random(0), 2, "x"), Value(0.0, label="y")
    loss = losses.mean_squared_error([model(x)], [y])
    assert leaf_names(fold(loss, [*x, y], model.parameters())) == ["x", "y", "W1", "b1", "W2", "b2", "w3", "b3", "share"]


def test_without_labels_names_tell_of_roles() -> None:
    of = two_layers(("", "", "", ""))
    assert leaf_names(of) == ["x", "W1", "b1", "W2", "b2", "share"]
    assert line_names(of)[:3] == ["z1", "h1", "z2"]
    assert line_names(of)[-4:] == ["dW1", "db1", "dW2", "db2"]


def test_labels_are_kept() -> None:
    of = two_layers(("w_hidden", "b_hidden", "w_out", "b_out"), inputs="features")
    assert leaf_names(of) == ["features", "w_hidden", "b_hidden", "w_out", "b_out", "share"]
    assert line_names(of)[-4:] == ["dw_hidden", "db_hidden", "dw_out", "db_out"]


def test_one_label_for_several_arrays_is_numbered_in_their_order() -> None:
    assert leaf_names(two_layers(("w", "b", "w", "b"))) == ["x", "w1", "b1", "w2", "b2", "share"]


def test_two_networks_are_numbered_through() -> None:
    first, second = nn.MLP(2, [3, 4], seed=0), nn.MLP(4, [5, 2], seed=1)
    x = vector(random.Random(0), 2)
    loss = ops.total([out * out for out in second([out.tanh() for out in first(x)])])
    names = leaf_names(fold(loss, x, [*first.parameters(), *second.parameters()]))
    assert names == ["x", "W1", "b1", "W2", "b2", "W3", "b3", "W4", "b4", "share"]


@pytest.mark.parametrize("word", ["lambda", "np", "relu", "len", "share", "contract", "loss", "match"])
def test_no_array_has_the_name_of_what_the_text_calls(word: str) -> None:
    of = two_layers((word, "b", "w", "c"))
    assert leaf_names(of)[1] == f"{word}_"
    compile(str(of), "text", "exec")


def test_labels_that_look_like_other_names_are_no_harm() -> None:
    of = two_layers(("z", "h", "dz", "I"), inputs="v")
    names = [*leaf_names(of), *line_names(of)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", EXAMPLES)
def test_names_are_identifiers_and_none_is_given_twice(name: str) -> None:
    example = EXAMPLES[name]()
    formulas = fold(example.loss, inputs=example.inputs, parameters=example.parameters).formulas
    names = [array.name for array in [*formulas.arguments, *formulas.constants, *[line.array for line in formulas.lines]]]
    names += [table.name for table in formulas.tables]
    assert len(set(names)) == len(names)
    assert all(each.isidentifier() and not keyword.iskeyword(each) for each in names)
    known = set(names)
    assert all(term.array.name in known for term in formulas.terms() if isinstance(term, Name))


def test_a_derivative_is_called_like_what_it_is_the_derivative_by() -> None:
    for line in two_layers(("", "", "", "")).formulas.lines:
        if line.array.adjoint_of is not None:
            assert line.name == f"d{line.array.adjoint_of.name}"


def test_names_stay_when_another_text_is_made_of_the_same_arrays() -> None:
    of = two_layers(("", "", "", ""))
    before = line_names(of)
    assert line_names(of) == before
    again = gradient_formulas(of.program)
    give_names(of.program, again, {})
    assert [line.name for line in again.lines] == before


def test_a_row_of_sums_without_products_has_names_too() -> None:
    x = vector(random.Random(0), 3)
    assert str(fold(product([x], [Value(1.0), Value(2.0), Value(3.0)])[0], x)).startswith("def gradient(x, share):")
