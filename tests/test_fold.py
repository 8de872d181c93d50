"""`fold`: the matrix form of a graph, what it tells of single numbers, and what it says of wrong input."""

import copy
import math
import pickle
import sys
from typing import Any

import numpy as np
import pytest

from micrograd import Value, fold, losses, nn, ops
from micrograd.folding import Folded
from micrograd.ops import Op, Reduction


@pytest.fixture
def network() -> tuple[Value, list[Value], list[Value]]:
    model = nn.MLP(2, [3, 1], activation="relu", seed=1)
    x, y = [Value(0.5, label="x1"), Value(-1.0, label="x2")], Value(1.0, label="y")
    return losses.half_mean_squared_error([model(x)], [y]), [*x, y], model.parameters()


@pytest.fixture
def folded(network: tuple[Value, list[Value], list[Value]]) -> Folded:
    return fold(network[0], inputs=network[1], parameters=network[2])


def test_the_text_is_the_one_of_a_book(folded: Folded) -> None:
    text = """
def gradient(x, y, W1, b1, w2, b2, share):
    z1 = x @ W1.T + b1                    # rows, 3
    h1 = relu(z1)                         # rows, 3
    v1 = h1 @ w2 + b2 - y                 # rows
    loss = share * (v1 * v1 / 2.0).sum()  # one number
    dv1 = v1 * share                      # rows
    dh1 = w2 * dv1[:, None]               # rows, 3
    dz1 = step(z1) * dh1                  # rows, 3
    dW1 = dz1.T @ x                       # 3, 2
    db1 = dz1.sum(axis=0)                 # 3
    dw2 = h1.T @ dv1                      # 3
    db2 = dv1.sum()                       # one number
    return loss, dW1, db1, dw2, db2"""
    assert str(folded) == text[1:]


def test_loops_without_labels_give_the_same_lines(folded: Folded) -> None:
    weights, biases = [[Value(0.1), Value(0.2)] for _ in range(3)], [Value(0.0) for _ in range(3)]
    last, bias, x, y = [Value(0.3) for _ in range(3)], Value(0.0), [Value(1.0), Value(2.0)], Value(0.0)
    hidden = [(w1 * x[0] + w2 * x[1] + b).relu() for (w1, w2), b in zip(weights, biases, strict=True)]
    error = hidden[0] * last[0] + hidden[1] * last[1] + hidden[2] * last[2] + bias - y
    parameters = [*[w for row in weights for w in row], *biases, *last, bias]
    assert str(fold(error * error / 2.0, [*x, y], parameters)).replace("w1", "w2") == str(folded)


def test_a_value_is_found_in_its_array(folded: Folded, network: tuple[Value, list[Value], list[Value]]) -> None:
    loss, inputs, parameters = network
    assert [str(folded.where(parameter)) for parameter in parameters[:6]] == [
        "W1[0, 0]", "W1[0, 1]", "b1[0]", "W1[1, 0]", "W1[1, 1]", "b1[1]",
    ]  # fmt: skip
    place = folded.where(parameters[3])
    assert (place.name, place.index) == ("W1", (1, 0))
    assert [str(folded.where(leaf)) for leaf in inputs] == ["x[0]", "x[1]", "y"]
    units = [node for node in nodes_of(loss) if node.op is ops.relu]
    assert sorted(str(folded.where(unit)) for unit in units) == ["h1[0]", "h1[1]", "h1[2]"]


def nodes_of(output: Value) -> list[Value]:
    from micrograd.engine import topological_order

    return topological_order(output)


def test_an_entry_of_a_gradient_says_what_made_it(folded: Folded) -> None:
    entry = folded.scalars("dW1", 2, 1)
    assert str(entry) == "dW1[2, 1] = the sum over the rows of x[1] * dz1[2]"  # why the transpose
    assert [[str(factor) for factor in term] for term in entry.terms] == [["x[1]", "dz1[2]"]]
    assert entry.rows
    assert str(folded.scalars("z1", 0)) == "z1[0] = b1[0] + (x[0] * W1[0, 0] + x[1] * W1[0, 1])"
    assert str(folded.scalars("dz1", 1)) == "dz1[1] = step(z1[1]) * dh1[1]"
    assert str(folded.scalars("db2")) == "db2 = the sum over the rows of dv1"


def test_arrays_are_plain_records(folded: Folded) -> None:
    arrays = {array.name: array for array in folded.arrays if array.name}
    assert arrays.keys() >= {"W1", "b1", "w2", "b2", "x", "y", "share", "z1", "h1", "dz1", "dW1"}
    assert arrays["W1"].shape == (3, 2)
    assert arrays["dW1"].kind == "dot"
    assert [view.source.name for view in arrays["dW1"].operands if view.source] == ["x", "dz1"]


def test_the_graph_proves_its_arrays(folded: Folded) -> None:
    assert folded.verify()


def test_a_program_that_is_bent_is_not_proved(folded: Folded) -> None:
    views = folded.program.gradients
    folded.program.gradients = [views[0], views[2], views[1], views[3]]  # two gradients of one shape exchanged
    assert not folded.verify()


def test_the_representation_counts_nodes_and_lines(folded: Folded) -> None:
    assert repr(folded) == "<Folded: 32 nodes of the scalar graph, 11 lines of arrays>"


def test_a_hessian_product_runs_the_rules_once_more(folded: Folded) -> None:
    product = folded.hessian_product()
    assert str(product).splitlines()[0] == "def hessian_product(x, y, W1, b1, w2, b2, vW1, vb1, vw2, vb2, share):"
    assert str(product).splitlines()[-1] == "    return slope, ddW1, ddb1, ddw2, ddb2"
    assert product.verify()
    assert "vW1" not in str(folded)
    with pytest.raises(ValueError, match="this is a Hessian product already; for higher derivatives fold a loss made of"):
        product.hessian_product()


def test_a_file_holds_all_that_the_function_calls(folded: Folded) -> None:
    space: dict[str, Any] = {}
    exec(folded.source("numpy"), space)  # noqa: S102
    leaves = [np.ones((1, 2)), np.ones(1), np.ones((3, 2)), np.zeros(3), np.ones(3), 0.0, 1.0]
    loss, *_ = space["gradient"](*leaves)  # each of three units gives 1 + 1, and the error is 6 - 1
    assert loss == 12.5
    assert "import jax.numpy as np" in folded.source("jax").splitlines()
    with pytest.raises(ValueError, match="a folded graph is written for 'numpy' or 'jax', got 'torch'"):
        folded.source("torch")


def test_a_second_derivative_in_the_loss_is_folded_too() -> None:
    from micrograd import gradient

    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    (slope,) = gradient(ops.tanh(w * x), [x])
    assert fold(slope * slope, [x], [w]).verify()


# --------------------------------------------------------------------------------------------------------------
# Bad input
# --------------------------------------------------------------------------------------------------------------


def test_what_is_no_graph() -> None:
    with pytest.raises(TypeError, match=r"fold takes the Value at the end of a graph, got 3\.0"):
        fold(3.0, [], [])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("inputs", "parameters", "message"),
    [
        (lambda x, w: x, lambda x, w: [w], "the inputs of fold are a list of leaf Values, got Value"),
        (lambda x, w: [x], lambda x, w: [w * 2.0], "the parameters of fold are leaf Values, and one is Value"),
        (lambda x, w: [x, x], lambda x, w: [w], "each leaf is listed once, and x is there twice in inputs"),
        (lambda x, w: [x], lambda x, w: [x], "x is in both inputs and parameters"),
    ],
)
def test_wrong_leaves(inputs: Any, parameters: Any, message: str) -> None:
    x, w = Value(1.0, label="x"), Value(2.0, label="w")
    with pytest.raises((TypeError, ValueError), match=message):
        fold(w * x, inputs(x, w), parameters(x, w))


def test_rows_that_do_not_fit() -> None:
    w, x = Value(1.0), Value(2.0)
    with pytest.raises(ValueError, match=r"row 2 needs 1 number\(s\), one per input \(x1\), got 3: \[4\.0, 5\.0, 6\.0\]"):
        fold(w * x, [x], [w], rows=[[1.0], [4.0, 5.0, 6.0]])
    with pytest.raises(ValueError, match="there are no rows"):
        fold(w * x, [x], [w], rows=[])


def test_an_entry_that_does_not_exist(folded: Folded) -> None:
    with pytest.raises(ValueError, match=r"dW1 has no entry \[3, 0\]; its shape is 3 x 2"):
        folded.scalars("dW1", 3, 0)
    with pytest.raises(ValueError, match=r"dW1 has no entry \[0\]; its shape is 3 x 2"):
        folded.scalars("dW1", 0)
    with pytest.raises(ValueError, match=r"db2 has no entry \[0\]; it is one number, without an index"):
        folded.scalars("db2", 0)
    with pytest.raises(ValueError, match="there is no array 'dW7'; there are "):
        folded.scalars("dW7", 0)


def test_a_value_that_has_no_place(folded: Folded, network: tuple[Value, list[Value], list[Value]]) -> None:
    with pytest.raises(ValueError, match="other stands in no array: it is not in the graph that was folded"):
        folded.where(Value(1.0, label="other"))
    with pytest.raises(TypeError, match=r"where takes a Value of the graph, got 'w'"):
        folded.where("w")  # type: ignore[arg-type]


def test_a_rule_that_looks_at_numbers() -> None:
    ramp = Op("ramp", lambda a: a if a > 0 else 0.0, lambda out, a: (1.0 if a > 0 else 0.0,))
    w, x = Value(1.0), Value(2.0)
    with pytest.raises(TypeError, match="the rule of an operation of your own looks at the number of an operand"):
        fold(ramp(w * x), [x], [w])


def test_an_operation_of_ones_own_is_folded() -> None:
    cube = Op("cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
    w, x = Value(1.0), Value(2.0)
    assert fold(cube(w * x), [x], [w]).verify()


def test_a_reduction_of_ones_own() -> None:
    mean = Reduction("mean", lambda a: sum(a) / len(a), lambda out, a: (1.0 / len(a),) * len(a))
    w, x = Value(1.0), Value(2.0)
    with pytest.raises(ValueError, match="mean is an operation of your own on sequences, which no array has; write it"):
        fold(mean([w, x]), [x], [w])


@pytest.mark.parametrize("number", [float("inf"), float("nan"), -0.0, 0.0])
def test_a_factor_that_is_no_common_number(number: float) -> None:
    w, x = Value(1.0, label="w"), Value(2.0, label="x")
    space: dict[str, Any] = {}
    exec(fold(w * x * Value(number), [x], [w]).source(), space)  # noqa: S102
    loss, slope = space["gradient"](np.array([2.0]), 3.0, 1.0)
    assert np.array_equal([loss, slope], [6.0 * number, 2.0 * number], equal_nan=True)


def gradient_of(folded: Folded, *arguments: Any) -> list[Any]:
    space: dict[str, Any] = {}
    exec(folded.source(), space)  # noqa: S102
    return list(space["gradient"](*arguments))


def test_constants_are_added_up_in_any_order_and_still_proved() -> None:
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    constants = [Value(0.1), Value(0.7), Value(0.5772156649015329)]
    folded = fold(ops.total([w * x, *constants]), [x], [w])
    assert folded.verify()
    constants[0].data = 5.0  # it keeps the number that it had
    assert folded.verify()
    loss, slope = gradient_of(folded, np.array([3.0]), 2.0, 1.0)
    assert (loss, slope) == (pytest.approx(6.0 + 0.1 + 0.7 + 0.5772156649015329, rel=1e-15), 3.0)


def test_what_is_used_often_and_unevenly_without_inputs() -> None:
    a, b = Value(0.3, label="a"), Value(0.4, label="b")
    folded = fold(ops.total([ops.tanh(a)] * 5 + [ops.tanh(b)] * 4), [], [a, b])
    assert folded.verify()
    _, *slopes = gradient_of(folded, np.array([0.3, 0.4]), 1.0)
    wanted = [5.0 * ops.sech2(0.3), 4.0 * ops.sech2(0.4)]
    assert np.concatenate([np.ravel(slope) for slope in slopes]) == pytest.approx(wanted, rel=1e-15)


def test_two_groups_with_equal_operands_stay_two() -> None:
    x, (p, q) = Value(0.3, label="x"), [Value(0.1), Value(-0.4)]
    loss = ops.tanh(ops.logsumexp([p, x, q])) + ops.sin(ops.logsumexp([p, q, x]))
    assert fold(loss, [x], [p, q]).verify()


def test_a_constant_that_has_no_value_goes_on_as_nan_or_an_infinity() -> None:
    w, constant = Value(2.0, label="w"), Value(1.0)
    loss = ops.log(constant) * w
    constant.data = 0.0
    with np.errstate(divide="ignore"):
        assert gradient_of(fold(loss, [], [w]), 2.0, 1.0) == [-math.inf, -math.inf]


def test_a_file_for_jax_runs_by_itself() -> None:
    from tests.tensors.examples import EXAMPLES

    for name in ("cnn", "rnn", "causal attention"):
        example = EXAMPLES[name]()
        space: dict[str, Any] = {}
        exec(fold(*example[:3]).source("jax"), space)  # noqa: S102
        assert callable(space["gradient"])


def test_a_file_cannot_call_an_operation_of_ones_own() -> None:
    cube = Op("cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
    w, x = Value(1.0), Value(2.0)
    folded = fold(cube(w * x), [x], [w])
    assert "cube(" in str(folded)
    with pytest.raises(ValueError, match="cube is an operation of your own, which a file cannot call"):
        folded.source()


def test_a_copy_is_folded_anew(folded: Folded) -> None:
    again = pickle.loads(pickle.dumps(folded))  # noqa: S301 - it is our own
    assert str(again) == str(folded)
    assert str(copy.deepcopy(folded.hessian_product())) == str(folded.hessian_product())


def test_leaves_that_nothing_reads_and_constants_are_told_apart() -> None:
    w, x, unused, constant = Value(1.0, label="w"), Value(2.0, label="x"), Value(3.0, label="unused"), Value(4.0, label="c")
    folded = fold(ops.tanh(w * x) * constant, [x, unused], [w])
    assert folded.where(unused).name == "x"
    with pytest.raises(ValueError, match="c stands in no array: it is a constant, with the number that it had"):
        folded.where(constant)


def test_what_is_shown_at_the_prompt_is_the_text(folded: Folded) -> None:
    assert repr(folded.scalars("x", 0)) == "x[0] = an input"
    assert repr(folded.scalars("dW1", 0, 1)) == "dW1[0, 1] = the sum over the rows of x[1] * dz1[0]"
    with pytest.raises(ValueError, match=r"z1 has no entry \[0, 1\]; its shape is 3, in each row of data"):
        folded.scalars("z1", 0, 1)


def test_numpy_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(ModuleNotFoundError, match=r"fold needs NumPy: python -m pip install -e '\.\[arrays\]'"):
        fold(Value(1.0) * 2.0)


def test_a_constant_graph_has_no_gradient() -> None:
    constant = fold(Value(2.0) * 3.0)
    assert str(constant).splitlines()[0] == "def gradient(share):"
    assert constant.program.gradients == []
