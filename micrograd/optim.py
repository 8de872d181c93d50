"""Optimizers: from gradients to new parameters.

An update rule is plain arithmetic on (parameter, gradient, state, step), so that it runs on numbers and on Values
alike. With the same settings each follows `torch.optim` in float64.

>>> from micrograd.engine import Value
>>> w = Value(1.0)
>>> optimizer = SGD([w], learning_rate=0.1)
>>> for _ in range(3):
...     optimizer.zero_grad()
...     (w * w).backward()
...     optimizer.step()
>>> round(w.data, 6)
0.512
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, fields
from functools import partial
from math import isfinite, isnan, nan
from types import NoneType
from typing import TYPE_CHECKING, Any, Self

from micrograd import advice, ops, words
from micrograd.arguments import as_float, fraction, listed, not_negative, positive, two_fractions, whole_number
from micrograd.engine import NO_GRADIENT, Gradient, NoGradient, Value

State = tuple[Any, ...]
NOT_REACHED = (NoGradient, NoneType)  # what `grad` is where no gradient came; None is PyTorch's way to say it


def setting(default: Any, check: Callable[[Any, str], Any]) -> Any:
    """A field of an optimizer that is checked whenever it is set; a Value passes, to be traced or differentiated by."""
    return field(default=default, metadata={"check": check})


@dataclass(eq=False, repr=False)
class Optimizer:
    """Holds the parameters, and for each the state of its update rule and how many steps it has taken.

    A subclass writes `update`, and `initial_state` where its rule has a memory. `step_count` counts the calls of `step`.
    Settings may be changed between steps.
    """

    parameters: Sequence[Value]
    learning_rate: float = field(metadata={"check": not_negative})
    step_count: int = field(default=0, init=False)
    state: list[State] = field(init=False)
    steps_taken: list[int] = field(init=False)

    def __new__(cls, *arguments: Any, **keywords: Any) -> Self:
        advice.check_keywords(cls.__init__, cls.__name__, keywords)
        return super().__new__(cls)

    def __post_init__(self) -> None:
        self.parameters = checked_parameters(self.parameters)
        self.state = [self.initial_state() for _ in self.parameters]
        self.steps_taken = [0] * len(self.parameters)

    def __setattr__(self, name: str, value: Any) -> None:
        declared = self.__dataclass_fields__.get(name)
        if declared and "check" in declared.metadata and not isinstance(value, Value):
            value = declared.metadata["check"](value, name)
        elif not declared and is_ours(self) and not hasattr(type(self), name):  # nothing would ever read it
            raise AttributeError(advice.about_keyword(type(self).__name__, name, list(self.settings())), name=name)
        super().__setattr__(name, value)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name not in words.OPTIMIZER:
                return super().__getattribute__(name)  # the error of a property of a subclass stays what it is
            raise advice.unknown_name(type(self).__name__, name, words.OPTIMIZER)

    def settings(self) -> dict[str, Any]:
        """What the rule is made of, by name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.init and f.name != "parameters"}

    def initial_state(self) -> State:
        return ()

    def update(self, parameter: Any, gradient: Any, state: State, step: Any) -> tuple[Any, State]:
        """The new parameter and its new state; `step` is 1 at the first step that this parameter takes."""
        raise TypeError(f"{type(self).__name__} needs a method update(parameter, gradient, state, step)")

    def step(self) -> None:
        """Move every parameter that has a gradient; with a warning if a step has followed it before.

        A parameter that no gradient has reached since `zero_grad` stays where it is, whatever its momentum and weight
        decay, and its next step is the one it would have been: as in PyTorch.
        """
        parameters, state, steps, update = self.parameters, self.state, self.steps_taken, self.update
        reached = [i for i, parameter in enumerate(parameters) if not isinstance(parameter.grad, NOT_REACHED)]
        if not reached:
            advice.warn("step() has no gradient to follow; call backward() on the loss first")
        if any(is_spent(parameters[i].grad) for i in reached):
            advice.warn("step() follows gradients that it has followed before; call zero_grad() before each backward()")
        self.step_count += 1
        for i in reached:
            parameter = parameters[i]
            parameter.data, state[i] = update(parameter.data, parameter.grad, state[i], steps[i] + 1)
            steps[i] += 1
            parameter.grad = Gradient.taken(parameter.grad, at=nan)

    @advice.for_arguments(words.KEYWORDS)
    def zero_grad(self) -> None:
        for parameter in self.parameters:
            parameter.grad = NO_GRADIENT

    def state_dict(self) -> dict[str, Any]:
        """The settings, and for each parameter its memory and its steps, but not its number: plain JSON.

        >>> w = Value(1.0)
        >>> SGD([w], learning_rate=0.1, momentum=0.9).state_dict()["state"]
        [[0.0]]
        """
        settings = {name: list(number) if isinstance(number, tuple) else number for name, number in self.settings().items()}
        return {
            "optimizer": type(self).__name__,
            "settings": settings,
            "step_count": self.step_count,
            "steps_taken": list(self.steps_taken),
            "state": [list(memory) for memory in self.state],
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on as the optimizer would have whose state_dict() it is; its model has to be loaded as well.

        An error, and no change, unless it is of the same kind, of as many parameters, and all of its numbers are finite.
        """
        check_state(state, self)
        twin = type(self)(self.parameters, **state["settings"])  # which looks at the settings
        memories = [memory_of(number, memory, self) for number, memory in enumerate(state["state"], start=1)]
        steps_taken = [whole_number(steps, "a number of steps taken in the state", least=0) for steps in state["steps_taken"]]
        self.step_count = whole_number(state["step_count"], "step_count in the state", least=0)
        self.state, self.steps_taken = memories, steps_taken
        for name, number in twin.settings().items():
            setattr(self, name, number)

    def __repr__(self) -> str:
        """The learning rate, and every other setting that is not the default."""
        default = {f.name: f.default for f in fields(self) if f.name != "learning_rate"}
        shown = [f"{name}={number!r}" for name, number in self.settings().items() if number != default.get(name)]
        return f"{type(self).__name__}({', '.join(shown)})"


def is_spent(gradient: Any) -> bool:
    """Whether a step has followed it, or a part of it."""
    return isinstance(gradient, Gradient) and isnan(gradient.at)


def is_ours(optimizer: Optimizer) -> bool:
    """Whether its class is one of this module."""
    return type(optimizer).__module__ == Optimizer.__module__


def check_state(state: Mapping[str, Any], optimizer: Optimizer) -> None:
    """An error unless it has all parts of a state of an optimizer of this kind, for as many parameters."""
    name, own = type(optimizer).__name__, optimizer.state_dict()
    if not isinstance(state, Mapping):
        raise TypeError(f"a state is a dictionary, as state_dict() of an optimizer gives it, got {reprlib.repr(state)}")
    if state.keys() != own.keys() or not isinstance(state["settings"], Mapping):
        raise ValueError(
            f"the state of an optimizer has {listed(own, most=5)}, as state_dict() gives it, got {reprlib.repr(state)}"
        )
    if state["optimizer"] != name:
        raise ValueError(f"the state is of {state['optimizer']} and the optimizer is {name}; load it into one of the same kind")
    if state["settings"].keys() != own["settings"].keys():
        raise ValueError(
            f"{name} has the settings {listed(own['settings'], most=9)}, and the state has {listed(state['settings'])}"
        )
    for part in ("state", "steps_taken"):
        if not isinstance(state[part], Sequence) or len(state[part]) != len(own[part]):
            there = len(state[part]) if isinstance(state[part], Sequence) else reprlib.repr(state[part])
            raise ValueError(f"the optimizer has {len(own[part])} parameter(s), and {part} in the state is for {there}")


def memory_of(number: int, memory: Sequence[float], optimizer: Optimizer) -> State:
    """What the optimizer remembers of the parameter with this number."""
    wanted = len(optimizer.initial_state())
    if not isinstance(memory, Sequence) or len(memory) != wanted:
        need = f"{type(optimizer).__name__} remembers {wanted} number(s) of each parameter"
        raise ValueError(f"{need}, and the state has {reprlib.repr(memory)} for parameter {number}")
    numbers = tuple(as_float(entry) for entry in memory)
    if not all(map(isfinite, numbers)):
        raise ValueError(
            f"the state has {reprlib.repr(memory)} for parameter {number}; load an older state, whose numbers are finite"
        )
    return numbers


def checked_parameters(parameters: Sequence[Value]) -> list[Value]:
    if not isinstance(parameters, Iterable):
        raise TypeError(f"an optimizer takes a list of leaf Values, got {reprlib.repr(parameters)}; pass model.parameters()")
    leaves = list(parameters)
    if not leaves:
        raise ValueError("an optimizer needs at least one parameter, got none; pass model.parameters()")
    for leaf in leaves:
        if not isinstance(leaf, Value) or leaf.parents:
            raise TypeError(f"an optimizer takes leaf Values, got {reprlib.repr(leaf)}; pass model.parameters()")
    if len(set(leaves)) < len(leaves):
        raise ValueError("an optimizer needs each parameter once, and one is there twice")
    return leaves


@dataclass(eq=False, repr=False)
class SGD(Optimizer):
    """Gradient descent: parameter - learning_rate * gradient, with momentum and weight decay if asked for.

    Source: Sutskever et al. 2013, for both momenta, in the form of PyTorch, where the learning rate is outside.
    """

    learning_rate: float = setting(0.01, not_negative)
    _: KW_ONLY
    momentum: float = setting(0.0, not_negative)
    nesterov: bool = False
    weight_decay: float = setting(0.0, not_negative)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.nesterov and not self.momentum:
            raise ValueError("nesterov looks ahead along the momentum, which is 0; set momentum as well")

    def initial_state(self) -> State:
        return (0.0,)

    def update(self, parameter: Any, gradient: Any, state: State, step: Any) -> tuple[Any, State]:
        (velocity,) = state
        gradient = gradient + self.weight_decay * parameter
        velocity = self.momentum * velocity + gradient
        direction = gradient + self.momentum * velocity if self.nesterov else velocity
        return parameter - self.learning_rate * direction, (velocity,)


@dataclass(eq=False, repr=False)
class AdaGrad(Optimizer):
    """Each parameter's learning rate shrinks with the root of the sum of its squared gradients.

    Source: Duchi et al. 2011, section 1.1.
    """

    learning_rate: float = setting(0.01, not_negative)
    _: KW_ONLY
    epsilon: float = setting(1e-10, positive)
    weight_decay: float = setting(0.0, not_negative)

    def initial_state(self) -> State:
        return (0.0,)

    def update(self, parameter: Any, gradient: Any, state: State, step: Any) -> tuple[Any, State]:
        (squares,) = state
        gradient = gradient + self.weight_decay * parameter
        squares = squares + gradient * gradient
        return parameter - self.learning_rate * gradient / (ops.sqrt(squares) + self.epsilon), (squares,)


@dataclass(eq=False, repr=False)
class RMSProp(Optimizer):
    """Each gradient is divided by the root of a running mean of its squares, which forgets at the rate `decay`.

    Source: Tieleman & Hinton 2012, lecture 6.5, with PyTorch's momentum.
    """

    learning_rate: float = setting(0.01, not_negative)
    _: KW_ONLY
    decay: float = setting(0.99, fraction)
    epsilon: float = setting(1e-8, positive)
    momentum: float = setting(0.0, not_negative)
    weight_decay: float = setting(0.0, not_negative)

    def initial_state(self) -> State:
        return 0.0, 0.0

    def update(self, parameter: Any, gradient: Any, state: State, step: Any) -> tuple[Any, State]:
        squares, velocity = state
        gradient = gradient + self.weight_decay * parameter
        squares = self.decay * squares + (1.0 - self.decay) * gradient * gradient
        velocity = self.momentum * velocity + gradient / (ops.sqrt(squares) + self.epsilon)
        return parameter - self.learning_rate * velocity, (squares, velocity)


@dataclass(eq=False, repr=False)
class Adam(Optimizer):
    """Momentum and RMSProp together, both corrected for their start at 0. Weight decay joins the gradient.

    Source: Kingma & Ba 2015, algorithm 1.
    """

    learning_rate: float = setting(0.001, not_negative)
    _: KW_ONLY
    betas: tuple[float, float] = setting((0.9, 0.999), two_fractions)
    epsilon: float = setting(1e-8, positive)
    weight_decay: float = setting(0.0, not_negative)

    def initial_state(self) -> State:
        return 0.0, 0.0

    def update(self, parameter: Any, gradient: Any, state: State, step: Any) -> tuple[Any, State]:
        return self.adapt(parameter, gradient + self.weight_decay * parameter, state, step)

    def adapt(self, parameter: Any, gradient: Any, state: State, step: Any) -> tuple[Any, State]:
        mean, square = state
        beta1, beta2 = self.betas
        mean = beta1 * mean + (1.0 - beta1) * gradient
        square = beta2 * square + (1.0 - beta2) * gradient * gradient
        unbiased_mean = mean / (1.0 - beta1**step)
        unbiased_square = square / (1.0 - beta2**step)
        return parameter - self.learning_rate * unbiased_mean / (ops.sqrt(unbiased_square) + self.epsilon), (mean, square)


@dataclass(eq=False, repr=False)
class AdamW(Adam):
    """Adam whose weight decay shrinks the parameter itself, apart from the gradient; by default 0.01, as in PyTorch.

    Source: Loshchilov & Hutter 2019, algorithm 2.
    """

    _: KW_ONLY
    weight_decay: float = setting(0.01, not_negative)

    def update(self, parameter: Any, gradient: Any, state: State, step: Any) -> tuple[Any, State]:
        return self.adapt(parameter * (1.0 - self.learning_rate * self.weight_decay), gradient, state, step)


OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "sgd": SGD,
    "momentum": partial(SGD, momentum=0.9),
    "nesterov": partial(SGD, momentum=0.9, nesterov=True),
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
}


if not TYPE_CHECKING:
    __getattr__ = advice.for_names(__name__, words.OPTIMIZERS)
