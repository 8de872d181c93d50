"""Optimizers: first steps by hand, a hundred steps by the formulas of the papers and by PyTorch, and their settings."""

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.optim import OPTIMIZERS, SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp

STEPS = 100
START = [0.5, -1.5, 2.0]


def problem(parameters: Sequence[Any], exp: Any, sin: Any) -> Any:
    """A valley that is not quadratic, for Values and tensors; its gradient by hand is `slopes`."""
    u, v, w = parameters
    return exp(0.3 * u) + (u * v - 1.0) ** 2 + sin(w) + 0.1 * (v - w) ** 4


def slopes(parameters: np.ndarray) -> np.ndarray:
    u, v, w = parameters
    return np.array(
        [
            0.3 * np.exp(0.3 * u) + 2.0 * (u * v - 1.0) * v,
            2.0 * (u * v - 1.0) * u + 0.4 * (v - w) ** 3,
            np.cos(w) - 0.4 * (v - w) ** 3,
        ]
    )


def trajectory(make: Callable[..., Optimizer], steps: int = STEPS, **settings: Any) -> np.ndarray:
    """The parameters after each step down the valley, one row per step."""
    parameters = [Value(number) for number in START]
    optimizer = make(parameters, **settings)
    rows = []
    for _ in range(steps):
        optimizer.zero_grad()
        problem(parameters, micrograd.exp, micrograd.sin).backward()
        optimizer.step()
        rows.append([parameter.data for parameter in parameters])
    return np.array(rows)


def assert_equal_trajectories(ours: np.ndarray, theirs: np.ndarray) -> None:
    """To 1e-12 of the largest of the three parameters: one of them may pass through 0."""
    sizes = np.abs(theirs).max(axis=1, keepdims=True)
    assert ours.shape == theirs.shape == (STEPS, len(START))
    assert np.all(np.isfinite(ours))
    assert np.all(np.abs(ours - theirs) <= 1e-12 * sizes), np.abs((ours - theirs) / sizes).max()


def after(optimizer: Optimizer, *gradients: float) -> list[float]:
    """The parameter after steps with these gradients."""
    (parameter,) = optimizer.parameters
    numbers = []
    for gradient in gradients:
        parameter.grad = gradient
        optimizer.step()
        numbers.append(parameter.data)
    return numbers


# First steps by hand, in numbers that binary fractions hold exactly where the rule has no root


def test_gradient_descent_subtracts_the_learning_rate_times_the_gradient() -> None:
    assert after(SGD([Value(1.0)], 0.5), 2.0, -3.0) == [0.0, 1.5]


def test_momentum_adds_a_part_of_the_last_velocity() -> None:
    # velocity: 2; 1/4 * 2 + 4 = 4.5; 1/4 * 4.5 + 0 = 1.125
    assert after(SGD([Value(1.0)], 0.5, momentum=0.25), 2.0, 4.0, 0.0) == [0.0, -2.25, -2.8125]


def test_nesterov_looks_one_velocity_ahead() -> None:
    # direction: gradient + 1/4 velocity = 2 + 0.5; 4 + 1/4 * 4.5
    assert after(SGD([Value(1.0)], 0.5, momentum=0.25, nesterov=True), 2.0, 4.0) == [-0.25, -0.25 - 0.5 * 5.125]


def test_weight_decay_pulls_a_parameter_with_no_gradient_towards_zero() -> None:
    assert after(SGD([Value(8.0)], 0.5, weight_decay=0.25), 0.0, 0.0) == [8.0 * 0.875, 8.0 * 0.875**2]


def test_weight_decay_joins_the_gradient_before_the_momentum() -> None:
    # velocity: 1 + 1/4 * 8 = 3; parameter 6.5; velocity: 1/2 * 3 + 1/4 * 6.5 = 3.125
    assert after(SGD([Value(8.0)], 0.5, momentum=0.5, weight_decay=0.25), 1.0, 0.0) == [6.5, 6.5 - 0.5 * 3.125]


def test_adagrad_divides_by_the_root_of_the_sum_of_squares() -> None:
    # sums: 9, 9 + 16, 25 + 144
    expected = [1.0 - 0.5 * 3.0 / 3.0, 0.5 - 0.5 * 4.0 / 5.0, 0.1 - 0.5 * -12.0 / 13.0]
    assert after(AdaGrad([Value(1.0)], 0.5), 3.0, 4.0, -12.0) == pytest.approx(expected, abs=1e-9)  # epsilon is 1e-10


def test_adagrad_adds_epsilon_to_the_root_and_the_decay_to_the_gradient() -> None:
    assert after(AdaGrad([Value(8.0)], 0.5, epsilon=1.0, weight_decay=0.25), 1.0) == [8.0 - 0.5 * 3.0 / (3.0 + 1.0)]


def test_rmsprop_divides_by_the_root_of_the_running_mean_of_squares() -> None:
    # means: 1/4 * 16 = 4; 3/4 * 4 + 1/4 * 4 = 4
    optimizer = RMSProp([Value(1.0)], 0.5, decay=0.75, epsilon=2.0)
    assert after(optimizer, 4.0, -2.0) == [1.0 - 0.5 * 4.0 / (2.0 + 2.0), 0.5 + 0.5 * 2.0 / (2.0 + 2.0)]


def test_rmsprop_carries_on_with_momentum_and_adds_the_decay_to_the_gradient() -> None:
    optimizer = RMSProp([Value(8.0)], 0.5, decay=0.75, epsilon=2.0, momentum=0.5, weight_decay=0.25)
    # gradient 2 + 2 = 4, mean 4, velocity 4 / 4 = 1; gradient -1.875 + 7.5 / 4 = 0, velocity 1/2
    assert after(optimizer, 2.0, -1.875) == [7.5, 7.25]


@pytest.mark.parametrize("gradient", [1e-3, -5.0, 1e6])
def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_size_of_the_gradient(gradient: float) -> None:
    (moved,) = after(Adam([Value(1.0)], 0.25, epsilon=1e-30), gradient)
    assert moved == pytest.approx(1.0 - math.copysign(0.25, gradient), rel=1e-15)


def test_adam_by_hand() -> None:
    optimizer = Adam([Value(1.0)], 0.5, betas=(0.5, 0.75), epsilon=2.0)
    # means: 1/2 * 4 = 2, over 1 - 1/2 is 4; 1/2 * 2 + 1/2 * -4 = -1, over 1 - 1/4 is -4/3
    # squares: 1/4 * 16 = 4, over 1 - 3/4 is 16; 3/4 * 4 + 1/4 * 16 = 7, over 1 - 9/16 is 16
    expected = [1.0 - 0.5 * 4.0 / (4.0 + 2.0), 1.0 - 0.5 * 4.0 / 6.0 + 0.5 * (4.0 / 3.0) / (4.0 + 2.0)]
    assert after(optimizer, 4.0, -4.0) == pytest.approx(expected, rel=1e-15)


def test_the_weight_decay_of_adam_joins_the_gradient_and_is_divided_like_it() -> None:
    (moved,) = after(Adam([Value(8.0)], 0.5, weight_decay=0.25, epsilon=1e-30), 0.0)
    assert moved == pytest.approx(8.0 - 0.5, rel=1e-15)  # the learning rate, however small the decay


def test_the_weight_decay_of_adamw_shrinks_the_parameter_itself() -> None:
    assert after(AdamW([Value(8.0)], 0.5, weight_decay=0.25), 0.0, 0.0) == [8.0 * 0.875, 8.0 * 0.875**2]
    (moved,) = after(AdamW([Value(8.0)], 0.5, weight_decay=0.25, epsilon=1e-30), 3.0)
    assert moved == pytest.approx(8.0 * 0.875 - 0.5, rel=1e-15)


def test_adamw_decays_by_a_hundredth_unless_told_otherwise() -> None:
    assert after(AdamW([Value(8.0)], 0.5), 0.0) == [8.0 * (1.0 - 0.5 * 0.01)]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_first_steps_go_downhill(name: str) -> None:
    for slope in (1.0, -1.0):
        (moved,) = after(OPTIMIZERS[name]([Value(3.0)], learning_rate=0.01), slope)
        assert (moved < 3.0) == (slope > 0.0)
        assert moved != 3.0


def test_every_rule_has_a_name_and_momentum_by_name_is_nine_tenths() -> None:
    made = {name: make([Value(0.0)], learning_rate=0.01) for name, make in OPTIMIZERS.items()}
    assert {name: type(optimizer) for name, optimizer in made.items()} == {
        "sgd": SGD,
        "momentum": SGD,
        "nesterov": SGD,
        "adagrad": AdaGrad,
        "rmsprop": RMSProp,
        "adam": Adam,
        "adamw": AdamW,
    }
    settings = {name: (rule.momentum, rule.nesterov) for name, rule in made.items() if isinstance(rule, SGD)}
    assert settings == {"sgd": (0.0, False), "momentum": (0.9, False), "nesterov": (0.9, True)}


# A hundred steps, by the formulas of the papers on arrays


def sgd_of_the_paper(
    rate: float, momentum: float = 0.0, nesterov: bool = False, weight_decay: float = 0.0
) -> Iterator[np.ndarray]:
    theta, velocity = np.array(START), np.zeros(3)
    while True:
        g = slopes(theta) + weight_decay * theta
        velocity = momentum * velocity + g
        theta = theta - rate * (g + momentum * velocity if nesterov else velocity)
        yield theta


def nesterov_of_the_paper(rate: float, momentum: float) -> Iterator[np.ndarray]:
    """Sutskever et al., equations 3 and 4: the slope is taken ahead, at theta + momentum * velocity.

    Ours keeps the point ahead, phi = theta + momentum * velocity, as PyTorch does.
    """
    theta, velocity = np.array(START), np.zeros(3)
    while True:
        velocity = momentum * velocity - rate * slopes(theta + momentum * velocity)
        theta = theta + velocity
        yield theta + momentum * velocity


def adagrad_of_the_paper(rate: float, epsilon: float = 1e-10, weight_decay: float = 0.0) -> Iterator[np.ndarray]:
    theta, seen = np.array(START), []
    while True:
        seen.append(slopes(theta) + weight_decay * theta)
        theta = theta - rate * seen[-1] / (np.linalg.norm(seen, axis=0) + epsilon)
        yield theta


def rmsprop_of_the_lecture(
    rate: float, decay: float = 0.99, epsilon: float = 1e-8, momentum: float = 0.0, weight_decay: float = 0.0
) -> Iterator[np.ndarray]:
    theta, mean_square, velocity = np.array(START), np.zeros(3), np.zeros(3)
    while True:
        g = slopes(theta) + weight_decay * theta
        mean_square = decay * mean_square + (1.0 - decay) * g**2
        velocity = momentum * velocity + g / (np.sqrt(mean_square) + epsilon)
        theta = theta - rate * velocity
        yield theta


def adam_of_the_paper(
    rate: float,
    betas: tuple[float, float] = (0.9, 0.999),
    epsilon: float = 1e-8,
    weight_decay: float = 0.0,
    decoupled: float = 0.0,
) -> Iterator[np.ndarray]:
    """Kingma & Ba, algorithm 1, with its moments written out as the weighted sums that equation 1 says they are."""
    theta, seen = np.array(START), []
    while True:
        seen.append(slopes(theta) + weight_decay * theta)
        t = len(seen)
        weights = [[(1.0 - beta) * beta ** (t - i) / (1.0 - beta**t) for i in range(1, t + 1)] for beta in betas]
        mean, mean_square = np.dot(weights[0], seen), np.dot(weights[1], np.square(seen))
        theta = theta - rate * decoupled * theta - rate * mean / (np.sqrt(mean_square) + epsilon)
        yield theta


def adamw_of_the_paper(rate: float, weight_decay: float = 0.01, **settings: Any) -> Iterator[np.ndarray]:
    return adam_of_the_paper(rate, decoupled=weight_decay, **settings)


CASES: list[tuple[type[Optimizer], str, dict[str, Any]]] = [
    (SGD, "SGD", {"learning_rate": 0.02}),
    (SGD, "SGD", {"learning_rate": 0.02, "momentum": 0.7}),
    (SGD, "SGD", {"learning_rate": 0.02, "momentum": 0.7, "nesterov": True}),
    (SGD, "SGD", {"learning_rate": 0.02, "weight_decay": 0.1}),
    (SGD, "SGD", {"learning_rate": 0.02, "momentum": 0.7, "weight_decay": 0.1}),
    (SGD, "SGD", {"learning_rate": 0.02, "momentum": 0.7, "nesterov": True, "weight_decay": 0.1}),
    (AdaGrad, "Adagrad", {"learning_rate": 0.2}),
    (AdaGrad, "Adagrad", {"learning_rate": 0.2, "epsilon": 0.5, "weight_decay": 0.1}),
    (RMSProp, "RMSprop", {"learning_rate": 0.01}),
    (RMSProp, "RMSprop", {"learning_rate": 0.01, "momentum": 0.5}),
    (RMSProp, "RMSprop", {"learning_rate": 0.01, "decay": 0.8, "epsilon": 0.1, "momentum": 0.5, "weight_decay": 0.1}),
    (Adam, "Adam", {"learning_rate": 0.02}),
    (Adam, "Adam", {"learning_rate": 0.02, "betas": (0.8, 0.95), "epsilon": 0.1, "weight_decay": 0.1}),
    (Adam, "Adam", {"learning_rate": 0.02, "betas": (0.0, 0.0)}),
    (AdamW, "AdamW", {"learning_rate": 0.02}),
    (AdamW, "AdamW", {"learning_rate": 0.02, "betas": (0.8, 0.95), "epsilon": 0.1, "weight_decay": 0.3}),
]
every_case = pytest.mark.parametrize(
    ("make", "name", "settings"),
    CASES,
    ids=[f"{name} {' '.join(f'{key}={number}' for key, number in settings.items())}" for _, name, settings in CASES],
)
PAPERS: dict[str, Callable[..., Iterator[np.ndarray]]] = {
    "SGD": sgd_of_the_paper,
    "Adagrad": adagrad_of_the_paper,
    "RMSprop": rmsprop_of_the_lecture,
    "Adam": adam_of_the_paper,
    "AdamW": adamw_of_the_paper,
}


@every_case
def test_a_hundred_steps_follow_the_formulas_of_the_papers(make: type[Optimizer], name: str, settings: dict[str, Any]) -> None:
    others = {key: number for key, number in settings.items() if key != "learning_rate"}
    steps = PAPERS[name](settings["learning_rate"], **others)
    assert_equal_trajectories(trajectory(make, **settings), np.array([next(steps) for _ in range(STEPS)]))


def test_nesterov_takes_the_slope_ahead_as_in_the_paper() -> None:
    steps = nesterov_of_the_paper(0.02, 0.7)
    ours = trajectory(SGD, learning_rate=0.02, momentum=0.7, nesterov=True)
    assert_equal_trajectories(ours, np.array([next(steps) for _ in range(STEPS)]))


@every_case
def test_a_hundred_steps_equal_those_of_torch(make: type[Optimizer], name: str, settings: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    spelled = {"learning_rate": "lr", "epsilon": "eps", "decay": "alpha"}
    theirs = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in START]
    optimizer = getattr(torch.optim, name)(theirs, **{spelled.get(key, key): number for key, number in settings.items()})
    rows = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        problem(theirs, torch.exp, torch.sin).backward()
        optimizer.step()
        rows.append([parameter.item() for parameter in theirs])
    assert_equal_trajectories(trajectory(make, **settings), np.array(rows))


def test_a_learning_rate_bent_by_a_part_in_a_thousand_million_is_noticed() -> None:
    with pytest.raises(AssertionError):
        assert_equal_trajectories(trajectory(Adam, learning_rate=0.02), trajectory(Adam, learning_rate=0.02 * (1.0 + 1e-9)))


# Settings


@pytest.mark.parametrize(
    ("make", "base", "changed"),
    [
        (SGD, {}, {"learning_rate": 0.0101}),
        (SGD, {}, {"momentum": 0.01}),
        (SGD, {"momentum": 0.5}, {"nesterov": True}),
        (SGD, {}, {"weight_decay": 0.01}),
        (AdaGrad, {}, {"learning_rate": 0.0101}),
        (AdaGrad, {}, {"epsilon": 1e-3}),
        (AdaGrad, {}, {"weight_decay": 0.01}),
        (RMSProp, {}, {"learning_rate": 0.0101}),
        (RMSProp, {}, {"decay": 0.98}),
        (RMSProp, {}, {"epsilon": 1e-3}),
        (RMSProp, {}, {"momentum": 0.01}),
        (RMSProp, {}, {"weight_decay": 0.01}),
        (Adam, {}, {"learning_rate": 0.00101}),
        (Adam, {}, {"betas": (0.91, 0.999)}),
        (Adam, {}, {"betas": (0.9, 0.998)}),
        (Adam, {}, {"epsilon": 1e-3}),
        (Adam, {}, {"weight_decay": 0.1}),
        (AdamW, {}, {"learning_rate": 0.00101}),
        (AdamW, {}, {"betas": (0.91, 0.999)}),
        (AdamW, {}, {"betas": (0.9, 0.998)}),
        (AdamW, {}, {"epsilon": 1e-3}),
        (AdamW, {}, {"weight_decay": 0.02}),
    ],
    ids=lambda item: item.__name__ if isinstance(item, type) else "-".join(item),
)
def test_every_setting_matters(make: type[Optimizer], base: dict[str, Any], changed: dict[str, Any]) -> None:
    without, with_it = trajectory(make, steps=20, **base), trajectory(make, steps=20, **base | changed)
    assert np.abs(without - with_it).max() > 1e-7


@pytest.mark.parametrize(
    ("make", "explicit"),
    [
        (SGD, {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False, "weight_decay": 0.0}),
        (AdaGrad, {"learning_rate": 0.01, "epsilon": 1e-10, "weight_decay": 0.0}),
        (RMSProp, {"learning_rate": 0.01, "decay": 0.99, "epsilon": 1e-8, "momentum": 0.0, "weight_decay": 0.0}),
        (Adam, {"learning_rate": 0.001, "betas": (0.9, 0.999), "epsilon": 1e-8, "weight_decay": 0.0}),
        (AdamW, {"learning_rate": 0.001, "betas": (0.9, 0.999), "epsilon": 1e-8, "weight_decay": 0.01}),
    ],
)
def test_default_settings_are_those_of_the_papers_and_of_torch(make: type[Optimizer], explicit: dict[str, Any]) -> None:
    assert np.array_equal(trajectory(make, steps=10), trajectory(make, steps=10, **explicit))


def test_the_learning_rate_may_change_between_steps() -> None:
    optimizer = SGD([Value(1.0)], learning_rate=0.5)
    after(optimizer, 1.0)
    optimizer.learning_rate = 0.125
    assert after(optimizer, 1.0) == [0.5 - 0.125]


def test_a_learning_rate_of_zero_moves_nothing() -> None:
    assert [after(OPTIMIZERS[name]([Value(3.0)], learning_rate=0.0), 5.0, 5.0) for name in OPTIMIZERS] == [[3.0, 3.0]] * 7


def test_each_parameter_has_a_state_of_its_own() -> None:
    together = trajectory(Adam, steps=5, learning_rate=0.1)
    parameters = [Value(number) for number in START]
    optimizers = [Adam([parameter], learning_rate=0.1) for parameter in parameters]
    for _ in range(5):
        for optimizer in optimizers:
            optimizer.zero_grad()
        problem(parameters, micrograd.exp, micrograd.sin).backward()
        for optimizer in optimizers:
            optimizer.step()
    assert [parameter.data for parameter in parameters] == together[-1].tolist()


def test_steps_are_counted() -> None:
    optimizer = Adam([Value(1.0)])
    assert optimizer.step_count == 0
    after(optimizer, 1.0, 2.0, 3.0)
    assert optimizer.step_count == 3


# One rule for numbers and for Values


@every_case
def test_the_rule_gives_the_same_numbers_on_values_bit_for_bit(
    make: type[Optimizer], name: str, settings: dict[str, Any]
) -> None:
    optimizer = make([Value(0.0)], **settings)
    number, state = 0.7, optimizer.initial_state()
    value: Any = Value(number)
    value_state: tuple[Any, ...] = tuple(Value(entry) for entry in state)
    for step, gradient in enumerate([0.3, -1.7, 1e-9, 0.0, 123.456], start=1):
        number, state = optimizer.update(number, gradient, state, step)
        value, value_state = optimizer.update(value, Value(gradient), value_state, Value(step))
        assert type(number) is float
        assert isinstance(value, Value)
        assert value.data.hex() == number.hex()
        assert [entry.data.hex() for entry in value_state] == [entry.hex() for entry in state]


def test_a_step_of_values_can_be_differentiated() -> None:
    rate, w = Value(0.25), Value(3.0)
    optimizer = SGD([w])
    optimizer.learning_rate = rate  # type: ignore[assignment]
    moved, _ = optimizer.update(w, 2.0 * w, (0.0,), 1)  # one step down w * w: w - rate * 2 w
    moved.backward()
    assert (moved.data, rate.grad, w.grad) == (3.0 - 0.25 * 6.0, -6.0, 1.0 - 0.25 * 2.0)


def test_an_optimizer_of_ones_own_needs_only_an_update() -> None:
    class SignDescent(Optimizer):
        def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> tuple[Any, Any]:
            return parameter - self.learning_rate * math.copysign(1.0, gradient), state

    optimizer = SignDescent([Value(1.0)], 0.25)
    assert after(optimizer, 7.0, -0.1) == [0.75, 1.0]
    assert optimizer.state == [()]  # a rule with no memory


def test_an_optimizer_without_an_update_says_what_to_write() -> None:
    optimizer = Optimizer([parameter := Value(1.0)], 0.1)
    parameter.grad = 1.0
    with pytest.raises(TypeError, match=r"^Optimizer needs a method update\(parameter, gradient, state, step\)$"):
        optimizer.step()


# Zeroing the gradients


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_forgetting_zero_grad_warns_at_the_line_of_backward(name: str) -> None:
    w = Value(1.0)
    optimizer = OPTIMIZERS[name]([w], learning_rate=0.1)
    (w * w).backward()
    optimizer.step()
    with pytest.warns(
        UserWarning, match=r"backward\(\) adds to gradients that step\(\) has already used.*call zero_grad\(\)"
    ) as caught:
        (w * w).backward()
    assert [warning.filename for warning in caught] == [__file__]


def test_forgetting_zero_grad_still_adds_the_gradients_up() -> None:
    w = Value(1.0)
    optimizer = SGD([w], learning_rate=0.25)
    (w * w).backward()
    optimizer.step()
    with pytest.warns(match="zero_grad"):
        (w * w).backward()
    assert w.grad == 2.0 * 1.0 + 2.0 * 0.5


def zeroed_by_the_optimizer(model: MLP, optimizer: Optimizer) -> None:
    optimizer.zero_grad()


def zeroed_by_the_model(model: MLP, optimizer: Optimizer) -> None:
    model.zero_grad()


def zeroed_one_by_one(model: MLP, optimizer: Optimizer) -> None:
    for parameter in model.parameters():
        parameter.grad = 0.0


@pytest.mark.parametrize("zero", [zeroed_by_the_optimizer, zeroed_by_the_model, zeroed_one_by_one])
def test_zeroing_the_gradients_in_any_way_does_not_warn(zero: Callable[[MLP, Optimizer], None]) -> None:
    model = MLP(1, [2, 1], "tanh", seed=0)
    optimizer = SGD(model.parameters(), learning_rate=0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            zero(model, optimizer)
            assert [parameter.grad for parameter in model.parameters()] == [0.0] * 7
            model([0.5]).backward()
            optimizer.step()


def test_adding_gradients_up_over_several_backward_before_a_step_does_not_warn() -> None:
    w = Value(1.0)
    optimizer = SGD([w], learning_rate=0.25)
    optimizer.zero_grad()
    (w * 2.0).backward()
    (w * 3.0).backward()
    optimizer.step()
    assert w.data == 1.0 - 0.25 * 5.0


def test_a_used_gradient_is_still_there_to_be_read() -> None:
    w = Value(1.0)
    optimizer = SGD([w], learning_rate=0.25)
    after(optimizer, 5.0)
    assert w.grad == 5.0
    assert w.grad + 1.0 == 6.0


# Settings that are refused

REFUSED: list[Any] = [-0.1, math.nan, math.inf, "0.1", None]


@pytest.mark.parametrize("make", [SGD, AdaGrad, RMSProp, Adam, AdamW])
@pytest.mark.parametrize("name", ["learning_rate", "weight_decay"])
@pytest.mark.parametrize("number", REFUSED, ids=repr)
def test_a_rate_is_a_finite_number_from_zero_upwards(make: type[Optimizer], name: str, number: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} needs to be a finite number from 0 upwards, got {number!r}$"):
        make([Value(1.0)], **{name: number})


@pytest.mark.parametrize("make", [SGD, RMSProp])
@pytest.mark.parametrize("number", REFUSED, ids=repr)
def test_a_momentum_is_a_finite_number_from_zero_upwards(make: Callable[..., Optimizer], number: Any) -> None:
    with pytest.raises(ValueError, match=f"^momentum needs to be a finite number from 0 upwards, got {number!r}$"):
        make([Value(1.0)], momentum=number)


@pytest.mark.parametrize("make", [AdaGrad, RMSProp, Adam, AdamW])
@pytest.mark.parametrize("number", [0.0, 0, *REFUSED], ids=repr)
def test_epsilon_is_above_zero(make: Callable[..., Optimizer], number: Any) -> None:
    with pytest.raises(ValueError, match=f"^epsilon keeps a division from 0 and needs to be above it, got {number!r}$"):
        make([Value(1.0)], epsilon=number)


@pytest.mark.parametrize("make", [Adam, AdamW])
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("number", [1.0, 1, 1.5, *REFUSED], ids=repr)
def test_a_beta_is_below_one(make: Callable[..., Optimizer], place: int, number: Any) -> None:
    betas = (number, 0.5) if place == 0 else (0.5, number)
    with pytest.raises(
        ValueError, match=rf"^betas\[{place}\] needs to be a number from 0 up to, but not including, 1, got {number!r}$"
    ):
        make([Value(1.0)], betas=betas)


@pytest.mark.parametrize("number", [1.0, 1, 1.5, *REFUSED], ids=repr)
def test_the_decay_of_rmsprop_is_below_one(number: Any) -> None:
    with pytest.raises(ValueError, match=f"^decay needs to be a number from 0 up to, but not including, 1, got {number!r}$"):
        RMSProp([Value(1.0)], decay=number)


def test_nesterov_needs_momentum() -> None:
    with pytest.raises(ValueError, match=r"^nesterov looks ahead along the momentum, which is 0; set momentum as well$"):
        SGD([Value(1.0)], nesterov=True)


every_optimizer = pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)


@every_optimizer
def test_an_optimizer_needs_a_parameter(make: Callable[..., Optimizer]) -> None:
    with pytest.raises(ValueError, match=r"^an optimizer needs at least one parameter, got none; pass model\.parameters\(\)$"):
        make([])


@every_optimizer
def test_an_optimizer_needs_each_parameter_once(make: Callable[..., Optimizer]) -> None:
    w = Value(1.0, label="w")
    with pytest.raises(ValueError, match=r"^an optimizer needs each parameter once"):
        make([w, Value(2.0), w])


@every_optimizer
@pytest.mark.parametrize(
    "stranger", [1.0, "w", None, [Value(1.0)], Value(1.0) * 2.0], ids=["number", "text", "none", "list", "inner node"]
)
def test_an_optimizer_moves_leaf_values_only(make: Callable[..., Optimizer], stranger: Any) -> None:
    with pytest.raises(TypeError, match=r"^an optimizer takes leaf Values, got .*; pass model\.parameters\(\)$"):
        make([Value(1.0), stranger])


@every_optimizer
def test_an_optimizer_takes_its_parameters_from_an_iterator(make: Callable[..., Optimizer]) -> None:
    model = MLP(1, [2, 1], seed=0)
    assert make(iter(model.parameters())).parameters == model.parameters()


def test_a_numpy_learning_rate_leaves_the_parameters_floats() -> None:
    np = pytest.importorskip("numpy")
    w = Value(1.0)
    for optimizer in (SGD([w], np.float32(0.1), momentum=np.float32(0.5)), Adam([w], 0.1)):
        optimizer.learning_rate = np.float32(0.5)
        w.grad = 1.0
        optimizer.step()
        assert type(w.data) is float


def test_a_step_without_a_gradient_says_so() -> None:
    with pytest.warns(UserWarning, match=r"^step\(\) has no gradient to follow; call backward\(\) on the loss first$"):
        SGD([Value(1.0)]).step()


def test_a_model_is_no_list_of_parameters() -> None:
    model: Any = MLP(1, [1])
    with pytest.raises(TypeError, match=r"got MLP\(1, \[1\], activation='relu'\); pass model.parameters\(\)$"):
        SGD(model)
