"""The task that one neuron cannot learn and a small network can: exclusive or, trained and checked from end to end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from micrograd import datasets
from micrograd.checks.by_hand import delta_rule
from micrograd.compiler.program import compile as compiled
from micrograd.engine import Value
from micrograd.losses import half_mean_squared_error
from micrograd.nn import MLP, dead_units
from micrograd.optim import OPTIMIZERS, Optimizer
from micrograd.training import History, fit

TARGET_LOSS = 1e-6  # small enough for a right truth table, large enough for gradients that are more than rounding

# Chosen by trial, so that XOR is solved from any seed: for each optimizer a rate well below where it begins to diverge.
LEARNING_RATES = {
    "sgd": 0.4,
    "momentum": 0.1,
    "nesterov": 0.1,
    "adagrad": 0.3,
    "rmsprop": 0.01,
    "adam": 0.02,
    "adamw": 0.02,
}


@dataclass(frozen=True)
class Settings:
    """How to train; without a learning rate it is the optimizer's own in `LEARNING_RATES`."""

    hidden: int = 4
    activation: str = "tanh"
    optimizer: str = "sgd"
    learning_rate: float | None = None
    epochs: int = 10_000
    seed: int = 0

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise ValueError(f"there is no optimizer {self.optimizer!r}; choose from {', '.join(OPTIMIZERS)}")


@dataclass(frozen=True)
class Truth:
    """One row of the truth table: the network's output before and after training."""

    inputs: list[float]
    target: float
    before: float
    after: float

    @property
    def right(self) -> bool:
        """Whether the output after training is nearer to the target than to the other truth value."""
        return abs(self.after - self.target) < 0.5


@dataclass(frozen=True)
class Gradient:
    """The derivative of the loss by one parameter, from `backward` and from the delta rule."""

    label: str
    parameter: float
    autodiff: float
    by_hand: float

    @property
    def difference(self) -> float:
        return abs(self.autodiff - self.by_hand)


@dataclass(frozen=True)
class Result:
    """A trained network, with the truth table and the gradients at its last parameters."""

    model: MLP
    history: History
    rows: list[Truth]
    gradients: list[Gradient]

    @property
    def solved(self) -> bool:
        return all(row.right for row in self.rows)

    @property
    def largest_difference(self) -> float:
        return max(gradient.difference for gradient in self.gradients)

    @property
    def gradients_agree(self) -> bool:
        return self.largest_difference < 1e-12


def network(settings: Settings) -> MLP:
    return MLP(2, [settings.hidden, 1], activation=settings.activation, seed=settings.seed)


def optimizer_for(model: MLP, settings: Settings) -> Optimizer:
    rate = LEARNING_RATES[settings.optimizer] if settings.learning_rate is None else settings.learning_rate
    return OPTIMIZERS[settings.optimizer](model.parameters(), learning_rate=rate)


def train(model: MLP, settings: Settings, *, progress: bool = False, eager: bool | None = None) -> Result:
    """Gradient descent on the half mean squared error of the four rows of XOR.

    >>> result = train(network(Settings()), Settings())
    >>> result.solved, result.gradients_agree
    (True, True)
    """
    inputs, targets = datasets.xor()
    optimizer = optimizer_for(model, settings)
    before = [model(row).data for row in inputs]
    history = fit(
        model,
        half_mean_squared_error,
        (inputs, targets),
        optimizer,
        epochs=settings.epochs,
        target_loss=TARGET_LOSS,
        progress=progress,
        eager=eager,
    )

    outputs = [model(row) for row in inputs]
    optimizer.zero_grad()
    half_mean_squared_error(outputs, targets).backward()
    by_hand = delta_rule(model, inputs, targets)
    return Result(
        model,
        history,
        [Truth(*row) for row in zip(inputs, targets, before, [output.data for output in outputs], strict=True)],
        [Gradient(label, p.data, p.grad, by_hand[label]) for label, p in model.named_parameters().items()],
    )


def endings(settings: Settings, seeds: Iterable[int]) -> Counter[str]:
    """How many of the seeds end with XOR solved, and how many stuck: with a dead unit, or with all units alive.

    The network is compiled once and trained again from each seed's first weights. Solved is nearer than 1/4 to each target:
    an output of 0.53 for a 1 is on the right side, but of a network that has not arrived yet.

    >>> endings(Settings(hidden=2, activation="relu"), range(4))
    Counter({'stuck, a unit dead': 3, 'solved': 1, 'stuck': 0})
    """
    model = network(settings)
    x1, x2, target = Value(0.0, label="x1"), Value(0.0, label="x2"), Value(0.0, label="target")
    output = model([x1, x2])
    loss = compiled(half_mean_squared_error([output], [target]), inputs=[x1, x2, target], parameters=model.parameters())
    outputs = compiled(output, inputs=[x1, x2], parameters=model.parameters())
    inputs, targets = datasets.xor()
    rows = [[*row, goal] for row, goal in zip(inputs, targets, strict=True)]
    counted = Counter({"solved": 0, "stuck, a unit dead": 0, "stuck": 0})
    for seed in seeds:
        model.load_state_dict(network(replace(settings, seed=seed)).state_dict())
        loss.train(rows, optimizer_for(model, settings), epochs=settings.epochs, progress=False)
        if all(abs(number - goal) < 0.25 for number, goal in zip(outputs.evaluate(inputs), targets, strict=True)):
            counted["solved"] += 1
        else:
            counted["stuck, a unit dead" if dead_units(model, inputs) else "stuck"] += 1
    return counted
