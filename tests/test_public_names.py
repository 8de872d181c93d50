"""The names that users import: they stay where they are."""

import builtins
import importlib
from importlib.metadata import version

import pytest

import micrograd
from micrograd import ops
from micrograd.ops import OPS

PUBLIC = {
    "micrograd": (
        "GradientReport History OPS Op Program Value assert_gradients backward_steps by_hand check check_local_derivatives "
        "checks compile datasets draw exercise exercises explain_non_finite explore fit formula forward_steps gradient "
        "hessian jacobian lab losses nn optim parse transcript"
    ),
    "micrograd.engine": "Constant Value topological_order",
    "micrograd.nn": (
        "ACTIVATIONS Attention AvgPool2d Conv1d Conv2d Embedding Flatten GRUCell LSTMCell Layer LayerNorm MLP MaxPool2d Module "
        "Neuron RNNCell Sequential Unflatten accuracy dead_units softmax"
    ),
    "micrograd.losses": (
        "binary_cross_entropy binary_cross_entropy_with_logits cross_entropy half_mean_squared_error hinge l2_penalty "
        "mean_squared_error"
    ),
    "micrograd.optim": "Adam AdaGrad AdamW OPTIMIZERS Optimizer RMSProp SGD",
    "micrograd.datasets": "Dataset circles moons spirals xor",
    "micrograd.checks": "GradientReport assert_gradients by_hand check check_local_derivatives",
    "micrograd.checks.by_hand": "delta_rule",
    "micrograd.exercises": "Exercise LEVELS Sheet exercise random sheet",
    "micrograd.gradients": "gradient hessian jacobian",
    "micrograd.plots": "decision_surfaces line_charts loss_curves",
    "micrograd.training": "History fit",
}


@pytest.mark.parametrize("module", PUBLIC)
def test_public_names_are_where_they_were(module: str) -> None:
    there = importlib.import_module(module)
    assert [name for name in PUBLIC[module].split() if not hasattr(there, name)] == []


def test_the_version_is_that_of_the_installed_package() -> None:
    assert micrograd.__version__ == version("micrograd-explained")


def test_every_row_is_public_under_its_own_name() -> None:
    for op in OPS:
        (name,) = (name for name, row in vars(ops).items() if row is op)
        assert getattr(micrograd, name) is op


def test_import_star_brings_the_functions_but_no_slope_and_no_name_that_hides_another() -> None:
    brought: dict[str, object] = {}
    exec("from micrograd import *", brought)  # noqa: S102
    rows = {op for op in OPS if op in brought.values()}
    assert set(OPS) - rows == {*ops.SLOPES, ops.abs, ops.pow, ops.step}
    assert not {name for name in vars(builtins) if name in brought} - {"__builtins__"}


def test_the_names_in_all_can_be_imported() -> None:
    assert all(hasattr(micrograd, name) for name in micrograd.__all__)
    assert "abs" not in micrograd.__all__
    assert "pow" not in micrograd.__all__
