"""Cells that read a sequence step by step."""

import math
import random
from typing import Any

import numpy as np
import pytest

from micrograd.engine import Value
from micrograd.nn import GRUCell, LSTMCell, RNNCell
from micrograd.nn.recurrent import Cell
from tests.nn.layers import numbers_in
from tests.nn.networks import gradients_of, set_parameters

CELLS = [RNNCell, GRUCell, LSTMCell]
every_cell = pytest.mark.parametrize("kind", CELLS, ids=lambda kind: kind.__name__)


def sigmoid(z: float) -> float:
    return 1.0 / (1.0 + math.exp(-z))


def test_the_gradient_of_a_recurrent_cell_goes_back_through_its_steps() -> None:
    cell = RNNCell(1, 1)
    w, u, b, first, second = 0.5, -0.75, 0.25, 1.0, 2.0
    set_parameters(cell, w, u, b)
    x = Value(first)
    (h,) = cell([second], cell([x], cell.start()))
    h1 = math.tanh(w * first + b)
    h2 = math.tanh(w * second + u * h1 + b)
    assert h.data == pytest.approx(h2, rel=1e-15)
    h.backward()
    slope1, slope2 = 1.0 - h1 * h1, 1.0 - h2 * h2  # of the two steps
    by_w = slope2 * (second + u * slope1 * first)
    by_b = slope2 * (1.0 + u * slope1)
    assert gradients_of(cell) == pytest.approx([by_w, slope2 * h1, by_b], rel=1e-14)
    assert x.grad == pytest.approx(slope2 * u * slope1 * w, rel=1e-14)


def test_a_gated_unit_mixes_its_state_with_the_candidate() -> None:
    cell = GRUCell(1, 1)
    wr, ur, br, wz, uz, bz, wn, un, bn = 0.3, -0.4, 0.1, 0.5, 0.6, -0.2, 0.7, 0.8, 0.15
    set_parameters(cell, wr, ur, br, wz, uz, bz, wn, un, bn)
    x, h = 0.9, Value(-0.35)
    (out,) = cell([x], [h])
    r, z = sigmoid(wr * x + ur * h.data + br), sigmoid(wz * x + uz * h.data + bz)
    n = math.tanh(wn * x + r * (un * h.data) + bn)
    assert out.data == pytest.approx((1.0 - z) * n + z * h.data, rel=1e-15)
    out.backward()
    by_n = (1.0 - z) * (1.0 - n * n)
    by_r = by_n * un * h.data * r * (1.0 - r)
    by_z = (h.data - n) * z * (1.0 - z)
    reset, update = [by_r * x, by_r * h.data, by_r], [by_z * x, by_z * h.data, by_z]
    assert gradients_of(cell) == pytest.approx([*reset, *update, by_n * x, by_n * r * h.data, by_n], rel=1e-13)
    assert h.grad == pytest.approx(z + by_n * r * un + by_r * ur + by_z * uz, rel=1e-13)


def test_an_open_update_gate_keeps_the_state_and_its_gradient() -> None:
    cell = GRUCell(1, 1)
    set_parameters(cell, *[0.0] * 5, 800.0, 0.0, 0.0, 0.5)  # z = 1
    h = Value(0.3)
    state = [h]
    for _ in range(50):
        state = cell([1.0], state)
    state[0].backward()
    assert (state[0].data, h.grad) == (0.3, 1.0)


def test_a_long_short_term_memory_keeps_takes_and_shows() -> None:
    cell = LSTMCell(1, 1)
    zf, zi, zo, zg = 0.4, -0.3, 0.8, 0.6
    set_parameters(cell, 0.0, 0.0, zf, 0.0, 0.0, zi, 0.0, 0.0, zo, 0.0, 0.0, zg)  # the gates are their biases alone
    h, c = Value(0.2), Value(-0.7)
    (shown,), (kept,) = cell([1.5], ([h], [c]))
    f, i, o, g = sigmoid(zf), sigmoid(zi), sigmoid(zo), math.tanh(zg)
    after = f * c.data + i * g
    assert kept.data == pytest.approx(after, rel=1e-15)
    assert shown.data == pytest.approx(o * math.tanh(after), rel=1e-15)
    shown.backward()
    by_c = o * (1.0 - math.tanh(after) ** 2)
    assert c.grad == pytest.approx(by_c * f, rel=1e-14)
    sums = [by_c * c.data * f * (1.0 - f), by_c * g * i * (1.0 - i), math.tanh(after) * o * (1.0 - o), by_c * i * (1.0 - g * g)]
    assert gradients_of(cell) == pytest.approx([share * s for s in sums for share in (1.5, h.data, 1.0)], rel=1e-13)


def test_a_cell_begins_with_zeros_and_a_memory_with_an_open_forget_gate() -> None:
    assert numbers_in(RNNCell(2, 3).start()) == numbers_in(GRUCell(2, 3).start()) == [0.0] * 3
    cell = LSTMCell(2, 3)
    assert numbers_in(cell.start()) == [[0.0] * 3, [0.0] * 3]
    assert [neuron.bias.data for neuron in cell.forget.neurons] == [1.0] * 3
    assert [gate.neurons[0].bias.data for gate in (cell.input, cell.output, cell.candidate)] == [0.0] * 3


@every_cell
def test_parameters_are_named_by_gate(kind: type[Any]) -> None:
    gates = {RNNCell: ["hidden"], GRUCell: ["reset", "update", "candidate"], LSTMCell: ["forget", "input", "output", "candidate"]}
    cell = kind(1, 2)
    assert list(cell.state_dict())[:: 2 * 4] == [f"{gate}.neuron1.w1" for gate in gates[kind]]
    assert [parameter.label for parameter in cell.parameters()] == list(cell.state_dict())


@every_cell
def test_the_same_generator_gives_the_same_cell(kind: type[Any]) -> None:
    assert kind(2, 3, generator=random.Random(0)).state_dict() == kind(2, 3, generator=random.Random(0)).state_dict()


@every_cell
def test_inputs_and_states_are_numbers_values_or_arrays(kind: type[Any]) -> None:
    cell, state = kind(2, 3, generator=random.Random(0)), np.array([0.1, 0.2, 0.3])
    given = (state, state) if kind is LSTMCell else state
    again = ([Value(0.1), 0.2, Value(0.3)], (0.1, 0.2, 0.3)) if kind is LSTMCell else [Value(0.1), 0.2, Value(0.3)]
    assert numbers_in(cell(np.array([1.0, -1.0]), given)) == numbers_in(cell([Value(1.0), -1], again))


@every_cell
def test_a_cell_without_a_state_begins(kind: type[Any]) -> None:
    cell = kind(2, 3, generator=random.Random(0))
    assert numbers_in(cell([0.5, -1.0])) == numbers_in(cell([0.5, -1.0], cell.start()))


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        (RNNCell(1, 2), [0.0]),
        (RNNCell(1, 2), ([0.0, 0.0], [0.0, 0.0])),
        (RNNCell(1, 2), 0.0),
        (GRUCell(1, 2), [0.0] * 3),
    ],
    ids=repr,
)
def test_a_state_of_another_size_or_kind_is_refused(cell: Cell, state: Any) -> None:
    message = (
        r"^\w+\(1, 2\) needs a state of 2 number\(s\), got .*; begin with cell\.start\(\), and go on with what the cell gives$"
    )
    with pytest.raises(ValueError, match=message):
        cell([1.0], state)


@pytest.mark.parametrize("state", [[0.0, 0.0], [0.0] * 3, ([0.0, 0.0],), ([0.0, 0.0], [0.0]), (0.0, 0.0)], ids=repr)
def test_the_state_of_a_long_short_term_memory_is_a_pair(state: Any) -> None:
    with pytest.raises(
        ValueError, match=r"^LSTMCell\(1, 2\) needs a state \(h, c\), two lists of 2 number\(s\), got .*; begin with"
    ):
        LSTMCell(1, 2)([1.0], state)


@every_cell
def test_an_input_of_the_wrong_size_names_the_cell(kind: type[Any]) -> None:
    cell = kind(2, 3)
    with pytest.raises(ValueError, match=rf"^{kind.__name__}\(2, 3\) needs 2 number\(s\), got 1"):
        cell([1.0], cell.start())
    with pytest.raises(TypeError, match="put it in brackets"):
        cell(1.0, cell.start())
    message = rf"^{kind.__name__}\(2, 3\) reads one frame at a time, and got a list of 2; write for frame in frames: state = cell"
    with pytest.raises(TypeError, match=message):
        cell([[1.0, 2.0], [3.0, 4.0]], cell.start())


def test_a_cell_has_a_whole_number_of_inputs_and_of_numbers_in_its_state() -> None:
    with pytest.raises(ValueError, match=r"^the size of the state needs to be a whole number from 1 upwards, got 0$"):
        RNNCell(1, 0)
    with pytest.raises(ValueError, match=r"^the number of inputs needs to be a whole number from 1 upwards, got '2'"):
        LSTMCell("2", 1)  # type: ignore[arg-type]
