"""A network in a graph: which neurons are used where, where each cell stands, and what is no network with maps."""

import random

import pytest

import micrograd
from micrograd import Value, losses, nn
from micrograd.engine import topological_order
from micrograd.views.grids.drawing import sheet_of
from micrograd.views.grids.finding import grids_of
from micrograd.views.grids.payload import payload_of
from micrograd.views.grids.shapes import picture_of, shape_of
from micrograd.views.grids.words import formula_words
from tests.views.graphs import attention, network_loss
from tests.views.grids.networks import cell_loss, found, frames, numbers, picture_loss, picture_network, shapes
from tests.views.grids.windows import check_cells


@pytest.mark.parametrize(("pool", "name"), [(nn.AvgPool2d, "mean"), (nn.MaxPool2d, "max")])
def test_a_convolution_its_pool_and_the_outputs_are_stages(pool: type[nn.Module], name: str) -> None:
    grids = found(picture_loss(picture_network(pool)))
    assert shapes(grids) == [("input", (1, 6, 6)), ("filters", (2, 4, 4)), ("pool", (2, 2, 2)), ("dense", (3, 1, 1))]
    picture, filters, pooled, outputs = grids.stages
    assert (filters.reads, pooled.reads, outputs.reads) == ([picture], [filters], [pooled])
    assert filters.activation is micrograd.relu
    assert pooled.text == name
    corners = [(row, column) for row in range(4) for column in range(4)]
    assert filters.windows == [[6 * (row + i) + column + j for i in range(3) for j in range(3)] for row, column in corners]
    assert pooled.windows == [
        [4 * (row + i) + column + j for i in range(2) for j in range(2)] for row in (0, 2) for column in (0, 2)
    ]
    assert outputs.windows == [list(range(8))]


def test_cells_weights_and_outputs_are_those_of_the_model() -> None:
    model = picture_network()
    x = [Value(number) for number in numbers(36)]
    logits = model(x)
    grids = found(losses.cross_entropy([logits], [2]))
    picture, filters, _, outputs = grids.stages
    convolution, layer = [part for part in model.layers if isinstance(part, nn.Layer)]
    assert picture.cells == x
    assert outputs.cells == logits
    for stage, part in ((filters, convolution), (outputs, layer)):
        assert [stage.weights(neuron) for neuron in stage.neurons] == [list(neuron.weights) for neuron in part.neurons]
        assert [neuron.bias for neuron in stage.neurons] == [neuron.bias for neuron in part.neurons]
    assert grids.parameters == model.parameters()
    assert (grids.outputs, grids.target) == (tuple(logits), 2)
    assert grids.probabilities == pytest.approx([p.data for p in nn.softmax(logits)])


@pytest.mark.parametrize("target", range(3))
def test_outputs_are_in_the_order_of_the_model_whatever_the_target_is(target: int) -> None:
    model = nn.Sequential(nn.Conv1d(1, 3, 2, generator=random.Random(0)), nn.Flatten(), nn.Layer(9, 3, "linear"))
    logits = model(frames(4, 1))
    assert found(losses.cross_entropy([logits], [target])).stages[-1].cells == logits


def test_filters_read_all_maps_of_the_filters_before() -> None:
    generator = random.Random(0)
    model = nn.Sequential(
        nn.Conv2d(2, 3, 2, generator=generator),
        nn.Conv2d(3, 2, 2, "tanh", generator=generator),
        nn.Flatten(),
        nn.Layer(8, 1, "linear", generator=generator),
    )
    flat = numbers(32)
    picture = [[flat[start : start + 4] for start in range(base, base + 16, 4)] for base in (0, 16)]
    grids = found(losses.mean_squared_error([model(picture)], [1.0]))
    assert shapes(grids) == [("input", (2, 4, 4)), ("filters", (3, 3, 3)), ("filters", (2, 2, 2)), ("dense", (1, 1, 1))]
    assert [tuple(stage.window[0]) for stage in grids.stages[1:3]] == [(2, 2, 2), (3, 2, 2)]
    assert grids.stages[2].windows[3] == [
        9 * channel + 3 * row + column for channel in range(3) for row in (1, 2) for column in (1, 2)
    ]
    assert [node.data for node in grids.stages[0].cells] == flat
    assert grids.target is None


def test_a_sequence_has_its_features_as_channels_and_time_from_left_to_right() -> None:
    generator = random.Random(0)
    first, second = nn.Conv1d(3, 4, 2, dilation=2, generator=generator), nn.Conv1d(4, 2, 2, "linear", generator=generator)
    heard = frames(7, 3)
    evidence = [micrograd.total(column) / 4 for column in zip(*second(first(heard)), strict=True)]
    grids = found(losses.cross_entropy([evidence], [0]))
    assert shapes(grids) == [("input", (3, 1, 7)), ("filters", (4, 1, 5)), ("filters", (2, 1, 4)), ("pool", (2, 1, 1))]
    sound, filters, _, pooled = grids.stages
    assert [node.data for node in sound.cells] == [frame[feature] for feature in range(3) for frame in heard]
    assert (tuple(filters.window[0]), filters.dilation) == ((3, 1, 2), (1, 2))
    assert filters.windows[1] == [7 * feature + time for feature in range(3) for time in (1, 3)]
    assert filters.order == [3 * frame + feature for feature in range(3) for frame in range(2)]  # a Conv1d has time first
    assert [cell.data for cell in pooled.cells] == [value.data for value in evidence]


def test_a_cell_reads_its_input_and_its_own_state_of_the_step_before() -> None:
    cell = nn.RNNCell(2, 3, generator=random.Random(0))
    grids = found(cell_loss(cell))
    assert shapes(grids) == [("input", (2, 1, 4)), ("filters", (3, 1, 4)), ("dense", (2, 1, 1))]
    sound, state, outputs = grids.stages
    assert state.reads == [sound, state]
    assert [tuple(window) for window in state.window] == [(2, 1, 1), (3, 1, 1)]
    assert state.windows == [[0, 4, -1, -1, -1], *[[time, 4 + time, 7 + time, 11 + time, 15 + time] for time in (1, 2, 3)]]
    assert outputs.windows == [[3, 7, 11]]  # the last step


def test_what_gates_do_is_a_formula_cell_by_cell() -> None:
    grids = found(cell_loss(nn.LSTMCell(2, 3, generator=random.Random(0))))
    gates = {stage.name: stage for stage in grids.stages if stage.kind == "filters"}
    assert gates.keys() == {"input", "forget", "candidate", "output"}
    kept, state = [stage for stage in grids.stages if stage.kind == "formula"]
    assert (formula_words(kept), formula_words(state)) == ("forget × cₜ₋₁ + input × candidate", "output × tanh(c)")
    assert all(state in gate.reads for gate in gates.values())
    assert kept.windows[0][1] == -1  # nothing is kept at the first step
    grids = found(cell_loss(nn.GRUCell(2, 3, generator=random.Random(0))))
    (state,) = [stage for stage in grids.stages if stage.kind == "formula"]
    assert formula_words(state) == "(1 − update) × tanh(candidate x + reset × candidate h + b) + update × hₜ₋₁"
    assert len(grids.parameters) == 3 * 3 * (2 + 3 + 1) + 2 * (3 + 1)


def test_a_read_out_at_each_step_is_a_sequence_and_so_are_stacked_cells_that_read_letters() -> None:
    generator = random.Random(0)
    table, lower, upper = nn.Embedding(3, 2, generator=generator), nn.GRUCell(2, 3), nn.RNNCell(3, 2)
    read = nn.Layer(2, 3, "linear", generator=generator)
    low, high, outputs = lower.start(), upper.start(), []
    for letter in (0, 2, 0, 1):
        low = lower(table(letter), low)
        high = upper(low, high)
        outputs.append(read(high))
    grids = found(losses.cross_entropy(outputs, [2, 0, 1, 1]))
    assert shapes(grids)[0] == ("input", (2, 1, 4))
    assert shapes(grids)[-2:] == [("filters", (2, 1, 4)), ("filters", (3, 1, 4))]
    assert grids.stages[0].cells == [table(letter)[feature] for feature in range(2) for letter in (0, 2, 0, 1)]
    assert grids.stages[-1].cells == [frame[channel] for channel in range(3) for frame in outputs]


def by_hand(size: int, step: int = 1, *, labels: bool = False) -> tuple[list[Value], Value]:
    """Loops with plus and times: a filter of 2 x 2, and the square of the sum of what it gives."""
    x = [Value(number, label=f"p{i}" if labels else None) for i, number in enumerate(numbers(size * size))]
    weights, bias = [Value(number) for number in (0.5, -1.0, 2.0, 0.25)], Value(0.125)
    places = [(row, column) for row in range(0, size - 1, step) for column in range(0, size - 1, step)]
    maps = []
    for row, column in places:
        window = [x[(row + i) * size + column + j] for i in range(2) for j in range(2)]
        maps.append((sum(w * value for w, value in zip(weights, window, strict=True)) + bias).tanh())
    if labels:
        return x, nn.Neuron(len(maps), "linear", generator=random.Random(0))(maps)
    return x, sum(maps[1:], maps[0]) ** 2


@pytest.mark.parametrize("size", [4, 5])
def test_loops_by_hand_without_any_label_are_found(size: int) -> None:
    x, loss = by_hand(size)
    grids = found(loss)
    assert shapes(grids) == [("input", (1, size, size)), ("filters", (1, size - 1, size - 1)), ("pool", (1, 1, 1))]
    assert grids.stages[0].cells == x
    assert [weight.data for weight in grids.stages[1].weights(grids.stages[1].neurons[0])] == [0.5, -1.0, 2.0, 0.25]


def test_outputs_without_labels_are_counted_as_the_loss_does() -> None:
    x = [Value(number) for number in numbers(4)]
    filters = [Value(0.5), Value(-1.0)]
    maps = [micrograd.tanh(micrograd.dot(filters, x[start : start + 2])) for start in range(3)]
    outputs = [micrograd.dot([Value(number) for number in numbers(3, seed)], maps) for seed in range(3)]
    logits = sorted(outputs, key=lambda output: -output.data)  # less the first, which is the largest, the others are read
    grids = found(losses.cross_entropy([logits], [0]))
    assert grids.stages[-1].cells == logits
    assert grids.stages[0].cells == x


def test_neurons_with_a_bias_and_without_one_are_two_layers() -> None:
    x = [Value(number, label=f"x{i}") for i, number in enumerate(numbers(4))]
    plain, biased = nn.Neuron(2, "tanh", generator=random.Random(0)), nn.Neuron(2, "tanh", generator=random.Random(1))
    maps = [
        [micrograd.tanh(micrograd.dot(plain.weights, x[start : start + 2])) for start in range(3)],
        [biased(x[start : start + 2]) for start in range(3)],
    ]
    grids = found(nn.Neuron(6, "linear", generator=random.Random(2))(maps[0] + maps[1]))
    assert shapes(grids)[1:3] == [("filters", (1, 1, 3)), ("filters", (1, 1, 3))]
    check_cells(payload_of([grids], "", [""]))


@pytest.mark.parametrize(("factor", "name"), [(0.25, "mean"), (0.5, "sum")])
def test_a_sum_times_one_by_its_count_is_a_mean(factor: float, name: str) -> None:
    first = found(micrograd.total(maps_of_a_line()) * factor).stages[-1]
    assert (first.kind, first.text) == ("pool", name)


def test_a_cell_added_to_itself_is_no_pool() -> None:
    maps = maps_of_a_line()
    assert found(micrograd.total([maps[0], maps[0], *maps])).stages[-1].kind == "filters"


def maps_of_a_line() -> list[Value]:
    x, neuron = [Value(number, label=f"x{i}") for i, number in enumerate(numbers(5))], nn.Neuron(2, generator=random.Random(0))
    return [neuron(x[start : start + 2]) for start in range(4)]


def test_windows_that_do_not_overlap_have_their_places_by_the_numbers_of_labels() -> None:
    x, loss = by_hand(6, 2, labels=True)  # with weights after it: else the windows would be the rows of a batch
    assert shapes(found(loss)) == [("input", (1, 6, 6)), ("filters", (1, 3, 3)), ("dense", (1, 1, 1))]
    assert found(loss).stages[0].cells == x


@pytest.mark.parametrize(
    ("offsets", "starts", "count", "shape"),
    [
        ([0, 1, 4, 5], [0, 1, 2, 4, 5, 6], 12, (1, 3, 4)),
        ([0, 1, 2], [0, 1, 2], 5, (1, 1, 5)),
        ([0, 1, 4, 5, 8, 9], [0, 1, 2], 12, (3, 1, 4)),  # features one below the other
        ([0, 1, 2, 3], [0, 2, 4], 8, 2),  # frames of two features
        ([0, 1, 6, 7], [0, 2, 4, 6], 14, 2),  # of which every third is read
        ([0, 1, 3, 4, 9, 10, 12, 13], [0, 1, 3, 4], 18, (2, 3, 3)),
        ([0, 2, 3], [0], 4, None),
    ],
)
def test_the_steps_of_windows_tell_the_shape(offsets: list[int], starts: list[int], count: int, shape: object) -> None:
    assert shape_of(offsets, starts, count) == shape


def test_windows_of_no_common_form_are_frames() -> None:
    a, b, c = (Value(number) for number in (1.0, 2.0, 3.0))
    cells, shape = picture_of([(a, b), (a, c)], {a: "", b: "", c: ""})
    assert (cells, tuple(shape)) == ([a, a, b, c], (2, 1, 2))


# --------------------------------------------------------------------------------------------------------------
# What is none
# --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [network_loss(), network_loss(rows=3), attention(), Value(1.0)])
def test_other_graphs_are_none(loss: Value) -> None:
    assert grids_of(loss) is None


def test_a_network_used_at_two_points_may_be_rows_and_has_maps_for_who_asks() -> None:
    model = nn.MLP(1, [3, 1], "tanh", seed=0)
    loss = (model([0.5]) - model([1.0])) ** 2
    assert grids_of(loss) is None
    assert [stage.shape.columns for stage in found(loss).stages] == [2, 2, 2]


def test_folds_that_were_asked_for_are_left_alone() -> None:
    assert grids_of(picture_loss(), collapse=None) is None
    assert grids_of(picture_loss(), collapse="layer") is None


def shared_by_two() -> Value:
    """An opponent's network that reads numbers once, and then what another network makes."""
    judge, maker = nn.MLP(2, [3, 1], seed=0), nn.MLP(1, [2], seed=1)
    return judge([1.0, 2.0]) - judge(maker([0.5]))


def normalized() -> Value:
    """A mean and a deviation of what a layer makes stand between it and the next."""
    layer, norm, read = nn.Layer(2, 2), nn.LayerNorm(2), nn.Neuron(2)
    return micrograd.total([read(norm(layer(row))).tanh() * read(norm(layer(row[::-1]))) for row in ([0.1, 0.2],)])


def unlike_windows() -> Value:
    """A neuron reads neighbours, and then cells that are two steps apart."""
    maps, neuron = maps_of_a_line(), nn.Neuron(2, "tanh", generator=random.Random(0))
    return neuron(maps[:2]) * neuron([maps[1], maps[3]]) * maps[2]


def of_several_layers() -> Value:
    """A neuron reads the one and the other at the same position."""
    one, other, neuron = nn.Neuron(1), nn.Neuron(2), nn.Neuron(1)
    x = [Value(0.5), Value(0.25)]
    return neuron([one([x[0]])]) * neuron([other(x)])


def at_some_places() -> Value:
    """Only one of two states is squared before it is read."""
    neuron, reader = nn.Neuron(1, "tanh"), nn.Neuron(2, "tanh")
    first, second, third = (neuron([Value(number)]) for number in (0.1, 0.2, 0.3))
    return reader([first * first, first]) * reader([second * second, second]) * third


def rows_apart() -> Value:
    model = picture_network()
    return picture_loss(model, 0) + picture_loss(model, 2)


def begun_elsewhere() -> Value:
    cell = nn.RNNCell(1, 2, generator=random.Random(0))
    state = [Value(0.5), Value(0.25)]
    for number in (1.0, 2.0):
        state = cell([number], state)
    return micrograd.total(state)


@pytest.mark.parametrize(
    ("loss", "reason"),
    [
        (network_loss(), "no neuron is used twice"),
        (network_loss(rows=3), "it is a batch of rows; give explore a list with the loss of each"),
        (rows_apart(), "it is a batch of rows; give explore a list with the loss of each"),
        (shared_by_two(), "the windows of its neurons are not alike, in rows and columns"),
        (begun_elsewhere(), "the state before the first step is not 0"),
        (normalized(), "a neuron reads what is no cell of a layer"),
        (unlike_windows(), "the windows of its neurons are not alike, in rows and columns"),
        (of_several_layers(), "a neuron reads at one place what is of several layers"),
        (at_some_places(), "what is computed cell by cell is not computed at all places"),
    ],
)
def test_who_asks_for_grids_is_told_why_there_are_none(loss: Value, reason: str) -> None:
    with pytest.raises(ValueError, match=f'collapse="grids" needs one row of a network in .*, and here {reason}; collapse=None'):
        grids_of(loss, collapse="grids")


def mean_of_states() -> Value:
    """The mean over time of a state, which no layer reads at a step."""
    cell = nn.GRUCell(1, 2, generator=random.Random(0))
    state, states = cell.start(), []
    for number in (1.0, 2.0, 3.0):
        state = cell([number], state)
        states.append(state)
    return losses.cross_entropy([[micrograd.total(column) / 3 for column in zip(*states, strict=True)]], [1])


def two_windows(*, of_one_input: bool) -> Value:
    """Layers that read windows of two and of three, of the same input or of one each."""
    generator = random.Random(0)
    x = [[Value(number, label=f"x{i}")] for i, number in enumerate(numbers(5))]
    others = x if of_one_input else [[Value(number, label=f"y{i}")] for i, number in enumerate(numbers(5))]
    maps = [nn.Conv1d(1, 2, size, generator=generator)(read) for size, read in ((2, x), (3, others))]
    flat = [value for frames_of in maps for frame in frames_of for value in frame]
    return losses.cross_entropy([nn.Layer(len(flat), 2, "linear", generator=generator)(flat)], [0])


def test_a_mean_over_time_of_a_state_is_a_pool() -> None:
    grids = found(mean_of_states())
    assert (shapes(grids)[-1], grids.stages[-1].reads[0].name) == (("pool", (2, 1, 1)), "h")


@pytest.mark.parametrize("of_one_input", [True, False])
def test_layers_side_by_side_read_the_same_input_or_each_their_own(of_one_input: bool) -> None:
    grids = found(two_windows(of_one_input=of_one_input))
    assert [shape for kind, shape in shapes(grids) if kind == "input"] == [(1, 1, 5)] * (1 if of_one_input else 2)
    outputs = grids.stages[-1]
    assert [read.shape for read in outputs.reads] == [(2, 1, 4), (2, 1, 3)]
    check_cells(payload_of([grids], "", [""]))


def test_a_penalty_on_the_weights_and_shares_as_targets_belong_to_the_loss() -> None:
    model = picture_network()
    logits = model(numbers(36))
    is_class = [Value(float(number == 2)) for number in range(3)]
    grids = found(losses.cross_entropy([logits], [is_class]) + losses.l2_penalty(model.parameters(), 0.1))
    assert shapes(grids) == shapes(found(picture_loss()))
    assert grids.target == 2
    assert sum(grids.probabilities or ()) == pytest.approx(1.0)
    assert found(losses.cross_entropy([logits], [[0.5, 0.5, 0.0]])).target is None


def random_uses(generator: random.Random) -> Value:
    """Dots, sums, pools and products of whatever there is, with a few weights that come again and again."""
    choose = generator.choice
    nodes = [Value(generator.random(), label=choose([None, f"x{i}", f"w{i}"])) for i in range(generator.randint(3, 10))]
    weights = [tuple(Value(generator.random()) for _ in range(generator.randint(1, 3))) for _ in range(2)]
    for _ in range(generator.randint(3, 25)):
        w = choose(weights)
        used = micrograd.dot(w, [choose(nodes) for _ in w])
        made = [
            (used + choose([w[0], nodes[0], Value(0.1)])).tanh(),
            used,
            micrograd.total([choose(nodes) for _ in range(generator.randint(1, 4))]) / choose([1.0, 2.0]),
            micrograd.maximum(choose(nodes), choose(nodes)),
            choose(nodes) * choose(nodes),
        ]
        nodes.append(choose(made))
    return micrograd.total(nodes[-5:])


def test_whatever_a_graph_is_it_has_true_maps_or_none() -> None:
    graphs = [grids_of(random_uses(random.Random(seed))) for seed in range(120)]
    maps = [grids for grids in graphs if grids]
    assert maps
    for grids in maps:
        check_cells(payload_of([grids], "", [""]))
        sheet_of(grids, swept=True)


def test_an_activation_at_one_window_alone_is_refused() -> None:
    neuron = nn.Neuron(2, None, generator=random.Random(0))
    x = [Value(number, label=f"x{i}") for i, number in enumerate((1.0, 2.0, 3.0, 4.0))]
    loss = micrograd.total([neuron(x[:2]).tanh(), neuron(x[1:3]).relu(), neuron(x[2:]).tanh()])
    with pytest.raises(ValueError, match="a neuron has an activation at one window and another at the next"):
        grids_of(loss, collapse="grids")


def test_a_long_sequence_is_found_without_recursion_and_its_grads_stay() -> None:
    loss = cell_loss(nn.RNNCell(2, 3, generator=random.Random(0)), steps=300)
    loss.backward()
    before = [node.grad for node in topological_order(loss)]
    assert shapes(found(loss))[1] == ("filters", (3, 1, 300))
    found(loss).gradients()
    assert [node.grad for node in topological_order(loss)] == before
