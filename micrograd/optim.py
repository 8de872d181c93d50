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

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from numbers import Real
from typing import Any

from micrograd import ops
from micrograd.engine import NoGradient, UsedGradient, Value

State = tuple[Any, ...]


class Optimizer:
    """Holds the parameters, and for each the state of its update rule.

    A subclass writes `update`, and `initial_state` where its rule has a memory. `step_count` counts the steps taken.
    """

    def __init__(self, parameters: Iterable[Value], learning_rate: float) -> None:
        if not isinstance(parameters, Iterable):
            raise TypeError(f"an optimizer takes a list of leaf Values, got {parameters!r}; pass model.parameters()")
        self.parameters = list(parameters)
        if not self.parameters:
            raise ValueError("an optimizer needs at least one parameter, got none; pass model.parameters()")
        for parameter in self.parameters:
            if not isinstance(parameter, Value) or parameter.parents:
                raise TypeError(f"an optimizer takes leaf Values, got {parameter!r}; pass model.parameters()")
        if len(set(self.parameters)) < len(self.parameters):
            raise ValueError("an optimizer needs each parameter once, and one is there twice")
        self.learning_rate = learning_rate
        self.step_count = 0
        self.state: list[State] = [self.initial_state() for _ in self.parameters]

    @property
    def learning_rate(self) -> float:
        """The size of the steps; it may be changed between them."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, number: float) -> None:
        self._learning_rate = number if isinstance(number, Value) else not_negative("learning_rate", number)

    def initial_state(self) -> State:
        return ()

    def update(self, parameter: Any, gradient: Any, state: State, step: Any) -> tuple[Any, State]:
        """The new parameter and its new state; `step` is 1 at the first step."""
        raise TypeError(f"{type(self).__name__} needs a method update(parameter, gradient, state, step)")

    def step(self) -> None:
        """Move every parameter by its gradient. The gradients count as used: `backward` warns before it adds to them."""
        if all(isinstance(parameter.grad, NoGradient) for parameter in self.parameters):
            warnings.warn("step() has no gradient to follow; call backward() on the loss first", stacklevel=2)
        self.step_count += 1
        for i, parameter in enumerate(self.parameters):
            parameter.data, self.state[i] = self.update(parameter.data, parameter.grad, self.state[i], self.step_count)
            parameter.grad = UsedGradient(parameter.grad)

    def zero_grad(self) -> None:
        for parameter in self.parameters:
            parameter.grad = NoGradient()


class SGD(Optimizer):
    """Gradient descent: parameter - learning_rate * gradient, with momentum and weight decay if asked for.

    Source: Sutskever et al. 2013, for both momenta, in the form of PyTorch, where the learning rate is outside.
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: float = 0.01,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate)
        if nesterov and not momentum:
            raise ValueError("nesterov looks ahead along the momentum, which is 0; set momentum as well")
        self.momentum = not_negative("momentum", momentum)
        self.nesterov = nesterov
        self.weight_decay = not_negative("weight_decay", weight_decay)

    def initial_state(self) -> State:
        return (0.0,)

    def update(self, parameter: Any, gradient: Any, state: State, step: Any) -> tuple[Any, State]:
        (velocity,) = state
        gradient = gradient + self.weight_decay * parameter
        velocity = self.momentum * velocity + gradient
        direction = gradient + self.momentum * velocity if self.nesterov else velocity
        return parameter - self.learning_rate * direction, (velocity,)


class AdaGrad(Optimizer):
    """Each parameter's learning rate shrinks with the root of the sum of its squared gradients.

    Source: Duchi et al. 2011, section 1.1.
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: float = 0.01,
        *,
        epsilon: float = 1e-10,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate)
        self.epsilon = positive(epsilon)
        self.weight_decay = not_negative("weight_decay", weight_decay)

    def initial_state(self) -> State:
        return (0.0,)

    def update(self, parameter: Any, gradient: Any, state: State, step: Any) -> tuple[Any, State]:
        (squares,) = state
        gradient = gradient + self.weight_decay * parameter
        squares = squares + gradient * gradient
        return parameter - self.learning_rate * gradient / (ops.sqrt(squares) + self.epsilon), (squares,)


class RMSProp(Optimizer):
    """Each gradient is divided by the root of a running mean of its squares, which forgets at the rate `decay`.

    Source: Tieleman & Hinton 2012, lecture 6.5, with PyTorch's momentum.
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: float = 0.01,
        *,
        decay: float = 0.99,
        epsilon: float = 1e-8,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate)
        self.decay = fraction("decay", decay)
        self.epsilon = positive(epsilon)
        self.momentum = not_negative("momentum", momentum)
        self.weight_decay = not_negative("weight_decay", weight_decay)

    def initial_state(self) -> State:
        return 0.0, 0.0

    def update(self, parameter: Any, gradient: Any, state: State, step: Any) -> tuple[Any, State]:
        squares, velocity = state
        gradient = gradient + self.weight_decay * parameter
        squares = self.decay * squares + (1.0 - self.decay) * gradient * gradient
        velocity = self.momentum * velocity + gradient / (ops.sqrt(squares) + self.epsilon)
        return parameter - self.learning_rate * velocity, (squares, velocity)


class Adam(Optimizer):
    """Momentum and RMSProp together, both corrected for their start at 0. Weight decay joins the gradient.

    Source: Kingma & Ba 2015, algorithm 1.
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: float = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate)
        if not isinstance(betas, Sequence) or len(betas) != 2:
            raise ValueError(f"betas needs to be a pair of numbers, such as (0.9, 0.999), got {betas!r}")
        self.betas = fraction("betas[0]", betas[0]), fraction("betas[1]", betas[1])
        self.epsilon = positive(epsilon)
        self.weight_decay = not_negative("weight_decay", weight_decay)

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


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameter itself, apart from the gradient; by default 0.01, as in PyTorch.

    Source: Loshchilov & Hutter 2019, algorithm 2.
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: float = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, learning_rate, betas=betas, epsilon=epsilon, weight_decay=weight_decay)

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


# Settings become floats here: a NumPy scalar among them would make NumPy scalars of the parameters.


def not_negative(name: str, number: float) -> float:
    if not isinstance(number, Real) or not 0.0 <= number < math.inf:
        raise ValueError(f"{name} needs to be a finite number from 0 upwards, got {number!r}")
    return float(number)


def positive(epsilon: float) -> float:
    if not isinstance(epsilon, Real) or not 0.0 < epsilon < math.inf:
        raise ValueError(f"epsilon keeps a division from 0 and needs to be above it, got {epsilon!r}")
    return float(epsilon)


def fraction(name: str, number: float) -> float:
    if not isinstance(number, Real) or not 0.0 <= number < 1.0:
        raise ValueError(f"{name} needs to be a number from 0 up to, but not including, 1, got {number!r}")
    return float(number)
