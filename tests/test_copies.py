"""Copies of graphs: by `copy`, by `pickle`, and of a model by its state."""

import copy
import io
import json
import pickle
from collections.abc import Callable

import pytest

from micrograd.engine import Constant, NoGradient, Value, topological_order
from micrograd.nn import MLP
from micrograd.ops import Op


def test_a_deep_copy_has_leaves_of_its_own_and_fills_them() -> None:
    x = Value(3.0, label="x")
    loss = x * x + 2.0
    copied_x, copied_loss = copy.deepcopy((x, loss))
    copied_loss.backward()
    assert (copied_x.grad, x.grad) == (6.0, 0.0)
    assert copied_x.label == "x"
    assert isinstance(copied_loss.parents[1], Constant)


def test_inner_nodes_keep_their_identity_in_a_deep_copy() -> None:
    x = Value(3.0)
    inner = x * x
    copies = copy.deepcopy({"loss": inner * 2.0, "inner": inner})
    copies["loss"].backward()
    assert copies["inner"].grad == 2.0


def test_a_copy_can_be_built_upon() -> None:
    x = Value(3.0)
    later = copy.deepcopy(x * x)
    (later * later + x).backward()
    assert later.parents[0].grad == 2.0 * 9.0 * 6.0
    assert x.grad == 1.0


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))], ids=["copy", "pickle"])  # noqa: S301
def test_a_chain_of_100_000_is_copied_and_pickled_without_recursion(duplicate: Callable[[Value], Value]) -> None:
    x = Value(1.0)
    chain = x
    for _ in range(100_000):
        chain = chain + x
    copied = duplicate(chain)
    copied.backward()
    leaf = topological_order(copied)[0]
    assert (leaf.grad, x.grad) == (100_001.0, 0.0)


def test_a_pickled_graph_keeps_its_leaves_shared_with_the_model() -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    loss = model([1.0, 2.0])
    copied_model, copied_loss = pickle.loads(pickle.dumps((model, loss)))  # noqa: S301
    copied_loss.backward()
    loss.backward()
    assert [p.grad for p in copied_model.parameters()] == [p.grad for p in model.parameters()]


def test_a_value_without_a_gradient_has_none_after_pickling() -> None:
    copied = pickle.loads(pickle.dumps(Value(3.0)))  # noqa: S301
    assert isinstance(copied.grad, NoGradient)


def test_a_users_own_row_cannot_be_pickled_and_says_so() -> None:
    cube = Op("cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
    with pytest.raises(TypeError, match="'cube' is not in the table of operations"):
        pickle.dump(cube(Value(2.0)), io.BytesIO())
    assert copy.deepcopy(cube(Value(2.0))).op is cube


def test_state_dict_goes_through_json_bit_for_bit() -> None:
    model = MLP(2, [3, 1], seed=0)
    other = MLP(2, [3, 1], seed=1)
    other.load_state_dict(json.loads(json.dumps(model.state_dict())))
    assert other.state_dict() == model.state_dict()


class Named(Value):
    """A Value whose constructor takes something else."""

    def __init__(self, *, name: str) -> None:
        super().__init__(len(name), name)


def test_a_subclass_with_a_constructor_of_its_own_is_copied() -> None:
    named = Named(name="abc")
    for copied in (copy.copy(named), copy.deepcopy(named), pickle.loads(pickle.dumps(named))):  # noqa: S301
        assert type(copied) is Named
        assert (copied.data, copied.label) == (3.0, "abc")
