"""What the laboratory reads of a training before the page is made: rows, kinds, rules, starts; and what it refuses."""

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from micrograd import Op, Value, datasets, losses, nn, ops, optim
from micrograd.compiler.rule import Setting, numbers_of_rule, traced_rule
from micrograd.views.laboratory.page import lab
from micrograd.views.laboratory.payload import code_of, making, slider, title_of
from tests.views.laboratory.engine import CASES, Featured, SignDescent, ball, data_of, experiment, smooth


def on(loss: Any, data: Any, outputs: int = 1, inputs: int = 2, **options: Any) -> Any:
    model = nn.MLP(inputs, [3, outputs], "tanh", seed=0)
    return experiment(model, loss, data, optim.SGD(model.parameters(), 0.1), **options)


ROWS = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]


def weighed(outputs: Sequence[Any], targets: Sequence[Any]) -> Any:
    """A row's weight stands before its target."""
    parts = [weight * (output - target) ** 2 for output, (weight, target) in zip(outputs, targets, strict=True)]
    return ops.total(parts) / len(parts)


@pytest.mark.parametrize(
    ("made", "kind", "boundary"),
    [
        (lambda: on(losses.mean_squared_error, datasets.xor()), "two", 0.5),
        (lambda: on(losses.mean_squared_error, datasets.moons(10, labels=(-1, 1))), "two", 0.0),
        (lambda: on(losses.binary_cross_entropy_with_logits, datasets.moons(10)), "two", 0.0),
        (lambda: on(losses.hinge, ball(10), inputs=3), "two", 0.0),
        (lambda: on(smooth, datasets.xor()), "two", 0.5),
        (lambda: on(losses.mean_squared_error, (ROWS, [0.0, 1.0, 2.0])), "regression", None),
        (lambda: on(losses.cross_entropy, datasets.spirals(9), outputs=3), "classes", None),
        (lambda: on(losses.cross_entropy, (ROWS, [[1, 0], [0, 1], [1, 0]]), outputs=2), "classes", None),
        (lambda: on(losses.mean_squared_error, (ROWS, [[1, 2], [0, 1], [1, 0]]), outputs=2), "several", None),
        (lambda: on(weighed, (ROWS, [[1, 0], [1, 1], [1, 1]])), "regression", None),
    ],
    ids=["xor", "signs", "logits", "hinge", "own", "regression", "classes", "one hot", "several", "with a weight"],
)
def test_the_kind_of_a_task_and_the_output_at_which_both_targets_cost_the_same(
    made: Callable[[], Any], kind: str, boundary: float | None
) -> None:
    data = data_of(made())
    assert (data["kind"], data["boundary"]) == (kind, boundary)


def test_a_class_travels_as_a_weight_for_each() -> None:
    data = data_of(on(losses.cross_entropy, (ROWS, [2, 0, 1]), outputs=3, test=([[0.5, 0.5]], [2])))
    assert data["rows"] == [[0, 1, 0, 0, 1], [1, 0, 1, 0, 0], [1, 1, 0, 1, 0]]
    assert data["test"] == [[0.5, 0.5, 0, 0, 1]]
    assert (data["inputs"], data["inputNames"], data["targetNames"]) == (2, ["x₁", "x₂"], ["y₁", "y₂", "y₃"])


def test_nothing_of_the_model_or_the_optimizer_is_changed() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    optimizer = optim.Adam(model.parameters(), 0.1)
    losses.mean_squared_error([model(row) for row in ROWS], [0, 1, 1]).backward()
    optimizer.step()
    before = [(p.data, p.grad, p.label) for p in model.parameters()], repr(optimizer), optimizer.state[:], optimizer.step_count
    random.seed(3)
    drawn = random.random()
    random.seed(3)
    data_of(experiment(model, losses.mean_squared_error, (ROWS, [0, 1, 1]), optimizer))
    assert random.random() == drawn
    assert before == (
        [(p.data, p.grad, p.label) for p in model.parameters()],
        repr(optimizer),
        optimizer.state,
        optimizer.step_count,
    )


def test_the_optimizer_goes_on_from_its_memory_and_its_steps() -> None:
    model = nn.MLP(2, [1], seed=0)
    optimizer = optim.SGD(model.parameters(), 0.1, momentum=0.5)
    losses.mean_squared_error([model(row) for row in ROWS], [0, 1, 1]).backward()
    slopes = [parameter.grad for parameter in model.parameters()]
    optimizer.step()
    data = data_of(experiment(model, losses.mean_squared_error, (ROWS, [0, 1, 1]), optimizer))
    assert (data["memories"], data["stepCount"]) == ([slopes], 1)  # after one step the velocity is the gradient


@pytest.mark.parametrize("name", optim.OPTIMIZERS)
def test_a_rule_with_its_settings_as_inputs_is_the_same_rule(name: str) -> None:
    optimizer = optim.OPTIMIZERS[name]([Value(0.0)], learning_rate=0.1)
    settings = numbers_of_rule(optimizer)
    assert set(optimizer.settings()) - {"nesterov", "learning_rate"} == {setting.attribute for setting in settings}
    fixed, free = traced_rule(optimizer), traced_rule(optimizer, settings=settings)
    numbers = [0.7, -0.3, *[0.2] * len(optimizer.state[0]), 3.0, 0.1]
    assert free.run([*numbers, *[setting.number for setting in settings]], []) == fixed.run(numbers, [])
    assert all(setting.number == getattr(optimizer, setting.attribute) for setting in settings if setting.place is None)


def test_a_rule_that_asks_about_a_setting_keeps_it() -> None:
    """As long as it is 0, the rule has no place for it, so turning it in the page would do nothing."""

    class Asking(SignDescent):
        def __init__(self, parameters: list[Value]) -> None:
            super().__init__(parameters, 0.05)
            self.shrinking = 0.0

        def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> Any:
            return super().update(
                parameter * (1.0 - self.shrinking) if self.shrinking > 0.0 else parameter, gradient, state, step
            )

    model = nn.MLP(2, [1], seed=0)
    data = data_of(experiment(model, smooth, datasets.xor(), Asking(model.parameters())))
    assert [setting["name"] for setting in data["settings"]] == ["learning rate"]


def test_a_rule_that_would_choose_otherwise_far_from_a_setting_keeps_it() -> None:
    class Choosing(SignDescent):
        def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> Any:
            return super().update(parameter, 2.0 * gradient if self.softness > 1e-4 else gradient, state, step)

    model = nn.MLP(2, [1], seed=0)
    data = data_of(experiment(model, smooth, datasets.xor(), Choosing(model.parameters(), 0.05)))
    assert [setting["name"] for setting in data["settings"]] == ["learning rate"]


@pytest.mark.parametrize("limit", [math.inf, (0.0, math.inf), math.nan])
def test_a_number_that_is_not_finite_has_no_slider(limit: Any) -> None:
    """An inf says that there is no limit."""
    model = nn.MLP(2, [1], seed=0)
    optimizer = SignDescent(model.parameters(), 0.05)
    optimizer.limit = limit
    data = data_of(experiment(model, smooth, datasets.xor(), optimizer))
    assert [setting["name"] for setting in data["settings"]] == ["learning rate", "softness"]


def test_every_setting_is_within_the_range_of_its_slider() -> None:
    for make in [
        *optim.OPTIMIZERS.values(),
        lambda p, learning_rate: optim.SGD(p, 0.0),
        lambda p, learning_rate: optim.SGD(p, 3e4, momentum=1e307, weight_decay=5e-324),
    ]:
        optimizer = make([Value(0.0)], learning_rate=0.1)
        rate = Setting("learning_rate", None, optimizer.learning_rate)
        for setting in [rate, *numbers_of_rule(optimizer)]:
            made = slider(setting)
            assert made["low"] <= made["value"] <= made["high"] or made["value"] == 0.0  # at its left end
            assert made["scale"] == "linear" or made["low"] > 0.0 or made["value"] < 1e-300  # of which no number is a hundredth
            assert math.isfinite(made["high"])


def test_the_lines_of_python_make_the_same_training() -> None:
    made = CASES["batches"].experiment(seed=4)
    names: dict[str, Any] = {"nn": nn, "losses": losses, "optim": optim, "data": ball(22)}
    names["fit"] = lambda model, loss, data, optimizer, epochs, **options: (model, loss, optimizer, epochs, options)
    exec(code_of(made), names)  # noqa: S102
    model, loss, optimizer, epochs, options = names["history"]
    assert (repr(model), repr(optimizer), loss, epochs) == (repr(made.task.model), repr(made.task.optimizer), losses.hinge, 1000)
    assert options == {"batch_size": 8, "seed": 4}


def test_the_lines_of_python_make_a_sequential_of_our_layers_too() -> None:
    model = nn.Sequential(nn.Layer(2, 3, "tanh"), nn.Sequential(nn.Flatten(), sum), nn.Layer(3, 1, "linear"))
    assert making(model) == ("nn.Sequential(nn.Layer(2, 3, 'tanh'), nn.Sequential(nn.Flatten(), sum), nn.Layer(3, 1, 'linear'))")
    plain = nn.Sequential(nn.Layer(2, 8, "tanh"), nn.Layer(8, 1, "linear"))
    made = lab(plain, losses.binary_cross_entropy_with_logits, datasets.moons(10), optim.Adam(plain.parameters(), 0.01))
    assert repr(made).startswith("<Lab of 2-8-1: 33 parameters, 10 rows, Adam;")
    assert [title_of(other) for other in (model, nn.Conv1d(1, 1, 1), nn.MLP(2, [3, 1]))] == ["Sequential", "Conv1d", "2-3-1"]


# --------------------------------------------------------------------------------------------------------------
# Starts
# --------------------------------------------------------------------------------------------------------------


def test_other_starts_are_models_or_numbers_and_may_have_names() -> None:
    made = CASES["xor"].experiment()
    other = nn.MLP(2, [4, 1], "tanh", seed=7)
    numbers = [float(k) for k in range(17)]
    named = made.starts({"seed 7": other, "counted": numbers})
    assert [start["name"] for start in named] == ["as given", "seed 7", "counted"]
    assert [start["numbers"] for start in named] == [made.numbers, [p.data for p in other.parameters()], numbers]
    assert [start["name"] for start in made.starts([other])] == ["as given", "start 2"]


def test_a_start_has_the_numbers_of_what_is_moved() -> None:
    model = nn.MLP(2, [2, 1], seed=0)
    last = model.layers[1].parameters()
    made = experiment(model, smooth, datasets.xor(), optim.SGD(last, 0.1))
    other = nn.MLP(2, [2, 1], seed=3)
    assert made.start_of(other) == [parameter.data for parameter in other.layers[1].parameters()]
    assert made.start_of([1, 2, 3]) == [1.0, 2.0, 3.0]
    assert made.limits() is None


def test_the_limits_of_a_seed_are_those_of_the_first_weights() -> None:
    made = experiment(model := nn.MLP(2, [3, 1], "relu"), smooth, datasets.xor(), optim.SGD(model.parameters(), 0.1))
    hidden, last = math.sqrt(6 / 2), math.sqrt(6 / (3 + 1))  # He's for relu, Glorot's for the linear neuron
    assert made.limits() == ([[-hidden, hidden]] * 2 + [[0, 0]]) * 3 + [[-last, last]] * 3 + [[0, 0]]


@pytest.mark.parametrize(
    ("start", "error"),
    [
        ([1.0] * 16, r"a start needs 17 numbers, one for each parameter that the optimizer moves, and this one has 16"),
        (nn.MLP(2, [5, 1]), r"a start needs a model of the same shape, with 17 parameters, and this one has 21"),
        ([math.nan] * 17, r"a start needs finite numbers, and one of these is not; leave it out"),
        (3, r"a start is a model, or a list of numbers, one for each parameter, got 3"),
        (["one"] * 17, r"holds one real number, got 'one'"),
    ],
    ids=["short", "shape", "nan", "number", "text"],
)
def test_a_wrong_start_is_refused(start: Any, error: str) -> None:
    with pytest.raises((TypeError, ValueError), match=error):
        CASES["xor"].experiment().starts([start])


def unknown() -> nn.MLP:
    model = nn.MLP(2, [4, 1])
    model.parameters()[0].data = math.nan
    return model


@pytest.mark.parametrize(
    ("starts", "error"),
    [
        (3, r"starts are a list of models, or a dictionary that names them, got 3; put it into a list"),
        (nn.MLP(2, [4, 1]), r"starts are a list of models, .* got MLP\(2, .*\); put it into a list"),
        ([unknown()], r"a start needs finite numbers, and one of these is not; leave it out"),
    ],
    ids=["number", "model alone", "model with nan"],
)
def test_starts_that_cannot_begin_are_refused(starts: Any, error: str) -> None:
    with pytest.raises((TypeError, ValueError), match=error):
        CASES["xor"].experiment().starts(starts)


# --------------------------------------------------------------------------------------------------------------
# Refusals
# --------------------------------------------------------------------------------------------------------------

CUBE = Op("cube", lambda a: a**3, lambda out, a: (3 * a * a,))


def refused(
    loss: Any = losses.mean_squared_error, data: Any = None, model: Any = None, optimizer: Any = None, **options: Any
) -> None:
    model = model or nn.MLP(2, [3, 1], "tanh", seed=0)
    lab(model, loss, data or datasets.xor(), optimizer or optim.SGD(model.parameters(), 0.1), **options)


def looks(outputs: Sequence[Any], targets: Sequence[Any]) -> Any:
    return outputs[0] if outputs[0] > 0.0 else -outputs[0]


def wide(outputs: int) -> nn.MLP:
    return nn.MLP(2, [outputs, outputs, 1])


class OwnStep(optim.SGD):
    def step(self) -> None:
        super().step()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"model": nn.MLP(2, [2, 1], CUBE)}, r"the lab cannot run 'cube', an operation of your own, in a browser; write it with"),
        ({"model": wide(40)}, r"takes up to 6,000 instructions .* needs \d,\d{3}; make it smaller, .*Program\.train"),
        ({"model": wide(200)}, r"takes up to 6,000 instructions .* needs at least \d\d,\d{3}; make it smaller"),
        ({"loss": looks}, r"^the lab cannot run this training: .* looks at a number, .*; fit trains it in eager steps"),
        ({"data": ([[0.0, 1.0], [1.0]], [0, 1])}, r"every row of data needs as many numbers as row 1, 2; row 2 has 1"),
        ({"data": ([[0.0, math.inf]], [0])}, r"training needs finite numbers, and row 1 of the data has inf"),
        ({"data": ([[0.0] * 2] * 2001, [0] * 2001)}, r"the lab draws up to 2,000 rows, and data has 2,001; give it a part"),
        ({"test": ([[0.0, 1.0, 2.0]], [0])}, r"the rows of test have 3 numbers and those of data 2; cut both"),
        ({"test": ([[0.0, 1.0]], [[0, 1]])}, r"the targets of test have 2 numbers and those of data 1; cut both"),
        ({"test": ([], [])}, r"test: data needs at least one row, got none"),
        ({"batch_size": 0}, r"batch_size needs to be a whole number from 1 upwards, got 0"),
        ({"seed": 0.5}, r"seed needs to be a whole number, got 0\.5"),
        ({"boundary": "0"}, r"boundary needs to be the output on the line between two classes, a finite number, got '0'"),
        ({"optimizer": optim.SGD([Value(0.0)], 0.1)}, r"the optimizer moves no parameter of this model"),
        ({"loss": lambda outputs, targets: ops.log(outputs[0] * 0.0)}, r"log\(0\.0\) has no value"),
        ({"epochs": 100}, r"lab has no epochs: the page trains until you stop it; leave it out"),
        ({"lr": 0.1}, r"lab has no lr: write it into the optimizer"),
        ({"validation_data": ()}, r"lab has no validation_data: write test=\(inputs, targets\)"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)  # fmt: skip
def test_what_the_page_cannot_do_is_refused_in_a_sentence(options: dict[str, Any], error: str) -> None:
    with pytest.raises((TypeError, ValueError, ArithmeticError), match=error):
        refused(**options)


def test_a_step_of_ones_own_is_refused_as_by_fit() -> None:
    model = nn.MLP(2, [3, 1])
    with pytest.raises(ValueError, match=r"the lab cannot run this training: OwnStep has a step\(\) of its own"):
        refused(model=model, optimizer=OwnStep(model.parameters(), 0.1))


def test_a_model_of_ones_own_is_taken_where_fit_takes_it() -> None:
    assert CASES["own"].experiment().task.is_known() is False
    assert isinstance(CASES["own"].experiment().task.model, Featured)


def test_what_is_missing_is_missed_by_the_lab_itself() -> None:
    model = nn.MLP(2, [2, 1])
    descent = optim.SGD(model.parameters(), 0.1)
    with pytest.raises(TypeError, match=r"^lab needs a function as its loss, such as losses\.mean_squared_error, got 'mse'$"):
        lab(model, "mse", datasets.xor(), descent)  # type: ignore[arg-type]


def test_data_that_are_no_pair_of_lists_are_refused() -> None:
    model = nn.MLP(2, [2, 1])
    descent = optim.SGD(model.parameters(), 0.1)
    with pytest.raises(
        ValueError, match=r"^test: data needs to be a pair \(inputs, targets\), such as datasets\.xor\(\), got \[1, 2\]$"
    ):
        lab(model, losses.mean_squared_error, datasets.xor(), descent, test=[1, 2])  # type: ignore[arg-type]
