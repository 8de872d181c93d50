"""After a divergence the loss of the model is finite again, and so are its gradients: whoever computed the steps."""

import math
from typing import Any

import pytest

from micrograd.compiler.descent import thin_out
from micrograd.engine import Value
from micrograd.losses import binary_cross_entropy_with_logits, half_mean_squared_error, mean_squared_error
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.training import fit
from tests.optim.valley import every_optimizer

SQUARES = [[float(i)] for i in range(10)], [float(i * i) for i in range(10)]

every_way = pytest.mark.parametrize("way", ["eager", "python", "llvm"])


def diverge(way: str, loss: Any, seed: int, rate: float, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> tuple[MLP, SGD]:
    """A model and its optimizer after a training that was stopped by a number that is not finite."""
    if way == "python":
        monkeypatch.setattr("micrograd.compiler.program.usable", lambda exact: False)
    model = MLP(1, [4, 1], seed=seed)
    optimizer = SGD(model.parameters(), rate)
    with pytest.raises(FloatingPointError, match="are back, so go on from there with a smaller learning rate"):
        fit(model, loss, SQUARES, optimizer, epochs=400, progress=False, eager=way == "eager", **settings)
    return model, optimizer


@every_way
@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("rate", [5.0, 1e10])
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("loss", [mean_squared_error, half_mean_squared_error])
def test_the_parameters_that_come_back_have_a_finite_loss_and_finite_gradients(
    loss: Any, seed: int, rate: float, batch_size: int | None, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, optimizer = diverge(way, loss, seed, rate, monkeypatch, batch_size=batch_size)
    value = loss([model(row) for row in SQUARES[0]], SQUARES[1])
    value.backward()
    assert math.isfinite(value.data)
    assert all(math.isfinite(parameter.data) and math.isfinite(parameter.grad) for parameter in model.parameters())
    optimizer.learning_rate = 1e-300
    optimizer.zero_grad()
    fit(model, loss, SQUARES, optimizer, epochs=2, batch_size=batch_size, progress=False)  # it can go on from there


def test_compiled_and_eager_training_come_back_to_the_same_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full batch that grows ninefold an epoch: the eager sum of ten squares overflows an epoch before their mean."""
    trained = [diverge(way, mean_squared_error, 1, 5.0, monkeypatch) for way in ("eager", "llvm")]
    (model, optimizer), (twin, other) = trained
    assert [p.data for p in model.parameters()] == pytest.approx([p.data for p in twin.parameters()], rel=1e-9)
    assert optimizer.step_count == other.step_count > 0


@every_way
def test_a_loss_whose_sum_overflows_from_the_start_is_blamed_on_the_first_parameters(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "python":
        monkeypatch.setattr("micrograd.compiler.program.usable", lambda exact: False)
    model = MLP(1, [1], seed=1)
    model.layers[0].neurons[0].bias.data = 1e154  # its square is 1e308: ten of them overflow, and their mean does not
    before = model.state_dict()
    with pytest.raises(FloatingPointError, match=r"^training stopped in epoch 1: the loss is inf.*no step had been taken"):
        fit(model, mean_squared_error, SQUARES, SGD(model.parameters(), 0.1), epochs=9, progress=False, eager=way == "eager")
    assert model.state_dict() == before


def test_a_batch_may_be_finite_where_all_rows_together_are_not() -> None:
    """In batches of one row no square overflows, and the sum of ten does: eager training goes further back than one epoch."""

    def row_by_row(outputs: Any, targets: Any) -> Value:
        return mean_squared_error(outputs, targets)

    model = MLP(1, [1], seed=1)
    neuron = model.layers[0].neurons[0]
    neuron.weights[0].data, neuron.bias.data = 0.0, 1e152
    data = [[0.0]] * 10, [0.0] * 10
    optimizer = SGD([neuron.bias], 1.0125)  # each step takes the output to -1.025 times itself
    with pytest.raises(FloatingPointError, match="go on from there"):
        fit(model, row_by_row, data, optimizer, epochs=90, batch_size=1, progress=False, eager=True)
    outputs = [model(row) for row in data[0]]
    assert abs(neuron.bias.data) > 1e152
    assert math.isfinite(mean_squared_error(outputs, data[1]).data)
    assert not math.isfinite(mean_squared_error([output * 1.025**100 for output in outputs], data[1]).data)


@every_optimizer
def test_the_memory_of_the_optimizer_comes_back_too(make: Any) -> None:
    """Where training ended in an error, it stands as if it had stopped there: the same as a shorter training."""
    data = SQUARES[0], [0, 1] * 5
    for eager in (True, False):
        models = [MLP(1, [4, 1], seed=1) for _ in range(2)]
        stopped, shorter = (make(model.parameters(), learning_rate=1e160) for model in models)
        with pytest.raises(FloatingPointError):
            fit(models[0], binary_cross_entropy_with_logits, data, stopped, epochs=400, progress=False, eager=eager)
        fit(models[1], binary_cross_entropy_with_logits, data, shorter, epochs=stopped.step_count, progress=False, eager=eager)
        assert (stopped.state, stopped.steps_taken) == (shorter.state, shorter.steps_taken)
        assert models[0].state_dict() == models[1].state_dict()


def test_few_stages_are_kept_and_one_of_them_is_never_far() -> None:
    stages: list[Any] = []
    for epochs in range(300):
        stages.append(Stage(epochs))
        thin_out(stages)
        kept = [stage.epochs for stage in stages]
        assert kept[0] == 0
        assert kept[-2:] == [epochs - 1, epochs] or epochs == 0
        assert len(kept) <= 2 + 2 * max(epochs, 1).bit_length()
        for back in range(epochs + 1):
            nearest = max(place for place in kept if place <= epochs - back)
            assert epochs - back - nearest <= back


class Stage:
    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
