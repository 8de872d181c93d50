"""What a batch in a graph is: rows of the same operations on the same parameters, below a mean or a total."""

import math
from collections.abc import Callable

import pytest

from micrograd import Value, losses, nn, tanh, total
from micrograd.engine import topological_order
from micrograd.views.batches.cards import rows_cards
from micrograd.views.batches.finding import Batch, batch_of
from tests.views.batches import INPUTS, POINTS, TARGETS, Loss, line_squares, mean, network, network_batch

SIGNS = [-1.0, 1.0, 1.0, -1.0]


def found(loss: Value) -> Batch:
    batch = batch_of(loss)
    assert batch is not None
    return batch


def names(batch: Batch) -> list[str]:
    return [card.name for card in rows_cards(batch)[0]]


@pytest.mark.parametrize("activation", nn.ACTIVATIONS)
@pytest.mark.parametrize(
    ("loss", "targets"),
    [
        (losses.half_mean_squared_error, TARGETS),
        (losses.mean_squared_error, TARGETS),
        (losses.binary_cross_entropy_with_logits, TARGETS),
        (losses.binary_cross_entropy_with_logits, [0.25, 1.0, 0.0, 0.5]),
        (losses.hinge, SIGNS),
    ],
)
def test_a_loss_over_rows_is_a_batch_whatever_loss_and_activation_are(activation: str, loss: Loss, targets: list[float]) -> None:
    model = network(activation=activation)
    outputs = [model(row) for row in INPUTS]
    whole = loss(outputs, targets)
    batch = found(whole)
    assert (batch.is_mean, batch.rest, batch.targets) == (True, 0.0, [tuple(targets)])
    assert [batch.columns[place] for place in batch.outputs] == [tuple(outputs)]
    alone = [loss([output], [target]).data for output, target in zip(outputs, targets, strict=True)]
    assert batch.losses == pytest.approx(alone)
    assert math.fsum(batch.losses) / 4 == pytest.approx(whole.data)


def test_a_network_is_a_card_for_each_input_and_each_neuron() -> None:
    batch = found(network_batch())
    cards, outputs = rows_cards(batch)
    assert [(card.name, card.glyph, card.level) for card in cards] == [
        ("x1", "x", 0),
        ("x2", "x", 0),
        ("h1", "tanh", 1),
        ("h2", "tanh", 1),
        ("h3", "tanh", 1),
        ("o", "Σ", 2),
    ]
    assert outputs == [5]
    assert [(link.source, link.weight and str(link.weight.label)) for link in cards[2].links] == [
        (0, "layer1.neuron1.w1"),
        (1, "layer1.neuron1.w2"),
        (None, "layer1.neuron1.b"),
    ]


def test_each_column_has_the_nodes_of_the_rows_in_their_order() -> None:
    batch = found(network_batch())
    x1, x2, *hidden, output = [card.column for card in rows_cards(batch)[0]]
    assert [[a.data, b.data] for a, b in zip(x1, x2, strict=True)] == INPUTS
    for row in range(4):
        below = set(topological_order(output[row]))
        assert {x1[row], x2[row], *(column[row] for column in hidden)} <= below
        assert below.isdisjoint({x1[(row + 1) % 4], *(column[(row + 1) % 4] for column in hidden)})


def test_a_column_of_a_neuron_has_what_comes_out_of_its_activation() -> None:
    hidden = rows_cards(found(network_batch()))[0][2]
    assert {node.op for node in hidden.column} == {tanh}


def test_two_hidden_layers_of_eight() -> None:
    cards, outputs = rows_cards(found(network_batch(widths=(8, 8, 1))))
    assert [sum(card.level == level for card in cards) for level in range(4)] == [2, 8, 8, 1]
    assert [card.group for card in cards[2::8]] == ["layer1", "layer2", "layer3"]
    assert len(cards[outputs[0]].links) == 9  # eight weights and a bias


@pytest.mark.parametrize("classes", [[0, 1, 2, 0], [2, 2, 1, 1], [0, 0, 0, 0]])
def test_the_target_of_a_cross_entropy_is_the_number_of_an_output(classes: list[int]) -> None:
    model = network((4, 3))
    outputs = [model(row) for row in INPUTS]
    assert len({max(range(3), key=[logit.data for logit in row].__getitem__) for row in outputs}) > 1  # so losses differ in shape
    batch = found(losses.cross_entropy(outputs, classes))
    assert batch.targets == [tuple(map(float, classes))]
    assert [batch.columns[place] for place in batch.outputs] == list(zip(*outputs, strict=True))
    cards, ends = rows_cards(batch)
    assert [cards[number].name for number in ends] == ["o0", "o1", "o2"]


def test_the_targets_of_a_cross_entropy_may_be_probabilities() -> None:
    model = network((4, 3))
    shares = [[0.5, 0.25, 0.25], [0.0, 0.5, 0.5], [0.125, 0.125, 0.75], [0.25, 0.5, 0.25]]
    batch = found(losses.cross_entropy([model(row) for row in INPUTS], shares))
    assert batch.targets == list(zip(*map(tuple, shares), strict=True))
    assert not batch.has_classes


def test_several_outputs_of_a_row_are_in_that_row() -> None:
    model = network((3, 2))
    targets = [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5], [0.0, 0.0]]
    outputs = [model(row) for row in INPUTS]
    batch = found(losses.mean_squared_error(outputs, targets))
    assert (batch.rows, batch.targets) == (4, [(0.0, 1.0, 0.5, 0.0), (1.0, 0.0, 0.5, 0.0)])
    assert batch.losses == pytest.approx(
        [sum((o.data - t) ** 2 for o, t in zip(row, wanted, strict=True)) for row, wanted in zip(outputs, targets, strict=True)]
    )


@pytest.mark.parametrize("mean_of", [mean, lambda terms: total(terms) / 3, lambda terms: mean(terms) * 1.0])
def test_a_mean_of_squares_by_hand(mean_of: Callable[[list[Value]], Value]) -> None:
    w, b = Value(2.0, label="w"), Value(1.0, label="b")
    batch = found(mean_of(line_squares(w, b)))
    assert batch.losses == ((3.0 - 2.0) ** 2, (5.0 - 3.0) ** 2, (7.0 - 5.5) ** 2)
    assert (batch.is_mean, batch.targets) == (True, [tuple(y for _, y in POINTS)])
    cards, _ = rows_cards(batch)
    assert [(card.name, card.glyph) for card in cards] == [("x", "x"), ("o", "Σ")]
    assert [(link.source, link.weight) for link in cards[1].links] == [(0, w), (None, b)]


def test_a_sum_that_is_not_divided_is_a_total() -> None:
    batch = found(total(line_squares(Value(2.0, label="w"), Value(1.0, label="b"))))
    assert (batch.is_mean, batch.losses) == (False, (1.0, 4.0, 2.25))


def test_a_sum_may_begin_with_a_number() -> None:
    squares = line_squares(Value(2.0), Value(1.0))
    for number in (0.0, 0.5):
        batch = found(sum(squares, Value(number)))
        assert (batch.losses, batch.rest) == ((1.0, 4.0, 2.25), number)


def test_what_is_added_to_the_mean_is_the_rest() -> None:
    w, b = Value(2.0, label="w"), Value(1.0, label="b")
    batch = found(mean(line_squares(w, b)) + losses.l2_penalty([w, b], 0.1))
    assert batch.losses == (1.0, 4.0, 2.25)
    assert batch.rest == pytest.approx(0.1 * (2.0**2 + 1.0**2))


def test_a_function_between_two_weights_is_a_card_of_its_own() -> None:
    height, decay = Value(2.0, label="a"), Value(0.5, label="k")
    rows = [(height * (decay * Value(t, label="t")).exp() - y) ** 2 for t, y in POINTS]
    cards, _ = rows_cards(found(mean(rows)))
    assert [(card.name, card.glyph, card.level) for card in cards] == [("t", "x", 0), ("h", "exp", 1), ("o", "×", 2)]
    assert [(link.source, link.weight) for card in cards[1:] for link in card.links] == [(0, decay), (1, height)]


@pytest.mark.parametrize("targets", [TARGETS, [0.0] * 4, [1.0] * 4])
def test_an_output_is_what_comes_out_of_its_activation_and_before_the_loss(targets: list[float]) -> None:
    model = network()
    chances = [model(row).sigmoid() for row in INPUTS]
    batch = found(losses.binary_cross_entropy(chances, targets))
    assert [batch.columns[place] for place in batch.outputs] == [tuple(chances)]
    assert [(card.name, card.glyph) for card in rows_cards(batch)[0][-1:]] == [("o", "σ")]
    logits = [model(row) for row in INPUTS]
    batch = found(losses.binary_cross_entropy_with_logits(logits, targets))  # of 0 alone the loss is softplus of an output
    assert [batch.columns[place] for place in batch.outputs] == [tuple(logits)]
    assert [(card.name, card.glyph) for card in rows_cards(batch)[0][-1:]] == [("o", "Σ")]
    assert batch.targets == [tuple(targets)]


def test_a_weighted_sum_that_is_read_twice_is_a_card_of_its_own() -> None:
    a, b, c = Value(2.0, label="w1"), Value(0.5, label="w2"), Value(-1.0, label="w3")

    def square(x: float, y: float) -> Value:
        z = a * x
        return (b * z.tanh() + c * z - y) ** 2

    cards, _ = rows_cards(found(mean([square(*point) for point in POINTS])))
    assert [(card.glyph, card.level) for card in cards] == [("x", 0), ("×", 1), ("tanh", 2), ("Σ", 3)]
    assert [(link.source, link.weight) for link in cards[3].links] == [(2, b), (1, c)]


def test_a_weighted_sum_that_the_loss_reads_too_is_a_card_of_its_own() -> None:
    a, b = Value(2.0, label="w1"), Value(0.5, label="w2")

    def square(x: float, y: float) -> Value:
        z = a * x
        return (b * z.tanh() - y) ** 2 + 0.5 * (z * z)

    cards, outputs = rows_cards(found(mean([square(*point) for point in POINTS])))
    assert [card.glyph for card in cards] == ["x", "×", "tanh", "×"]
    assert outputs == [1, 3]


def test_a_number_in_the_formula_stands_on_the_tile() -> None:
    w = Value(2.0, label="w")
    rows = [(w * (2.0 * Value(x, label="x")).sin() - y) ** 2 for x, y in POINTS]
    assert [(card.glyph, card.before) for card in rows_cards(found(mean(rows)))[0]] == [
        ("x", ""),
        ("×", "2"),
        ("sin", ""),
        ("×", ""),
    ]


def test_a_parameter_that_was_computed_once_is_shared_like_any_other() -> None:
    raw = Value(0.5, label="raw")
    scale = raw.exp()
    rows = [(scale * Value(x, label="x") - y) ** 2 for x, y in POINTS]
    cards, _ = rows_cards(found(mean(rows)))
    assert [(link.source, link.weight) for link in cards[1].links] == [(0, scale)]


def test_labels_that_count_the_rows_give_the_card_one_name() -> None:
    w = Value(2.0, label="w")
    rows = [(w * Value(x, label=f"x{row}") - y) ** 2 for row, (x, y) in enumerate(POINTS)]
    assert names(found(mean(rows))) == ["x", "o"]


def test_neurons_may_be_written_in_loops_over_plain_numbers() -> None:
    weights = [[Value(0.5), Value(-0.25)], [Value(1.0), Value(0.75)]]
    biases, out, end = [Value(0.1), Value(0.2)], [Value(1.0), Value(-1.0)], Value(0.5)

    def score(x: list[float]) -> Value:
        hidden = [sum((w * n for w, n in zip(row, x, strict=True)), b).tanh() for row, b in zip(weights, biases, strict=True)]
        return sum((w * h for w, h in zip(out, hidden, strict=True)), end)

    cards, _ = rows_cards(found(mean([(1 + -y * score(x)).relu() for x, y in zip(INPUTS, SIGNS, strict=True)])))
    assert [(card.name, card.glyph) for card in cards] == [("x1", "x"), ("x2", "x"), ("h1", "tanh"), ("h2", "tanh"), ("o", "Σ")]
    assert [(link.source, link.weight) for link in cards[2].links] == [
        (0, weights[0][0]),
        (1, weights[0][1]),
        (None, biases[0]),
    ]
    assert [(link.source, link.weight) for link in cards[4].links] == [(2, out[0]), (3, out[1]), (None, end)]


def test_a_label_of_a_hinge_is_the_target_however_its_sign_is_written() -> None:
    w = Value(2.0, label="w")
    rows = list(zip(POINTS, [1.0, -1.0, 1.0], strict=True))
    less = [(1.0 - label * (w * x)).relu() for (x, _), label in rows]
    more = [(1.0 + -label * (w * x)).relu() for (x, _), label in rows]
    assert found(mean(less)).targets == found(mean(more)).targets == [(1.0, -1.0, 1.0)]


def test_a_factor_of_an_output_is_no_label() -> None:
    w = Value(2.0, label="w")
    rows = [(y - 2.0 * (w * x)).relu() for x, y in POINTS]
    assert found(mean(rows)).targets == [(2.0, 3.0, 5.5)]  # and not 2, 2, 2


def no_batches() -> dict[str, Value]:
    model, w = network((2, 2)), Value(2.0, label="w")
    x = [Value(number, label="x") for number, _ in POINTS]
    middle = mean(x)
    a, c = Value(1.0, label="a"), Value(3.0, label="c")
    return {
        "it adds nothing up": w * x[0],
        "a parameter is used in one row only": losses.mean_squared_error([model([0.0, 1.0])], [[1.0, 0.0]]),
        "the rows do not have the same shape": total([(w * x[0] - 1.0) ** 2, (w + x[1] - 1.0) ** 2, (w * x[2] - 1.0) ** 2]),
        "the losses of the rows do not have the same shape": mean([(w * x[0] - 1.0) ** 2, abs(w * x[1] - 1.0)]),
        "the rows have no parameter in common": total([number * number for number in x]),
        "the rows have no data of their own": total([w.tanh(), w.tanh()]),
        "what would be an input of the rows has a name of its own in each": (a * w + c * w) / 2,
        "what the rows are made of is read elsewhere too": total([(w * number - 1.0) ** 2 for number in x]) + x[0],
        "the rows do not have the same shape ": total(
            [(w * (number - middle) - 1.0) ** 2 for number in x]
        ),  # they know each other
    }


def test_a_term_that_the_others_read_too_is_no_row() -> None:
    """As in a residual connection."""
    hidden = Value(2.0, label="w") * Value(1.5, label="x")
    for output in (hidden + hidden, hidden + hidden.tanh(), (hidden.tanh() + hidden) / 2, total([hidden, hidden.exp(), -hidden])):
        assert batch_of(output) is None
        with pytest.raises(ValueError, match="here the terms of the sum are no rows"):
            batch_of(output, collapse="batch")


@pytest.mark.parametrize("reason", no_batches())
def test_what_is_no_batch_is_not_folded(reason: str) -> None:
    output = no_batches()[reason]
    assert batch_of(output) is None
    with pytest.raises(ValueError, match=rf'collapse="batch" needs a mean or total over rows .* and here {reason.strip()};'):
        batch_of(output, collapse="batch")


def test_a_weight_in_the_rows_own_hands_is_no_data() -> None:
    w = [Value(number, label=label) for label, number in (("w1", 1.0), ("w2", 2.0))]
    x = Value(3.0, label="x")
    assert batch_of(total([(weight * x - 1.0) ** 2 for weight in w])) is None


def test_a_sum_of_outputs_by_plus_is_a_batch_only_where_that_is_asked_for() -> None:
    w = Value(2.0, label="w")
    output = w * Value(1.0, label="x1") + w * Value(4.0, label="x2")
    assert batch_of(output) is None
    asked = batch_of(output, collapse="batch")
    assert asked is not None
    assert asked.losses == (2.0, 8.0)


def test_no_batch_is_looked_for_where_all_nodes_are_wanted() -> None:
    loss = network_batch()
    assert [batch_of(loss, collapse=other) for other in (None, "neuron", "layer")] == [None, None, None]


def test_rows_need_not_stand_in_one_total() -> None:
    rows = 3000  # a sum by plus is deeper than Python's recursion goes
    w = Value(2.0, label="w")
    loss = mean([(w * float(row) - 1.0) ** 2 for row in range(rows)])
    assert found(loss).losses[:3] == (1.0, 1.0, 9.0)
