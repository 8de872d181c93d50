"""`Module`: anything with parameters that can be called; `Sequential`, modules and functions one after the other."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from micrograd import advice, words
from micrograd.arguments import listed
from micrograd.engine import NO_GRADIENT, Value
from micrograd.ops import as_float
from micrograd.text.naming import Label, within


class Named(type):
    """The class of modules: one that is complete calls its parts by the attributes that hold them."""

    if not TYPE_CHECKING:  # so that the types of the arguments stay known

        def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
            module = super().__call__(*arguments, **keywords)
            name_parts(module)
            return module


class Module(metaclass=Named):
    """Anything with parameters that can be called: every leaf Value in its attributes, in lists and in modules within it.

    A part without a label is called by its attribute, and by its number in a list: `layer2` in `self.layers`.
    """

    label: str = ""

    def __new__(cls, *arguments: Any, **keywords: Any) -> Self:
        advice.check_keywords(cls.__init__, cls.__name__, keywords, words.NETWORK_KEYWORDS)
        return super().__new__(cls)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name not in words.MODULE:
                return super().__getattribute__(name)  # the error of a property of a subclass stays what it is
            raise advice.unknown_name(type(self).__name__, name, words.MODULE)

    def __call__(self, *inputs: Any, **keywords: Any) -> Any:
        raise TypeError(f"{type(self).__name__} needs a method __call__(x) that gives its output")

    def parameters(self) -> list[Value]:
        return [value for value in dict.fromkeys(values_within(self)) if value.op is None]

    def named_parameters(self) -> dict[str, Value]:
        """The parameters by label; a ValueError if one has no label of its own."""
        named = {parameter.label or "": parameter for parameter in self.parameters()}
        if "" in named or len(named) < len(self.parameters()):
            raise ValueError("every parameter needs a label of its own to be saved by name; set parameter.label")
        return named

    def zero_grad(self) -> None:
        for parameter in self.parameters():
            parameter.grad = NO_GRADIENT

    def state_dict(self) -> dict[str, float]:
        """The number of each parameter by label: plain JSON."""
        return {str(label): parameter.data for label, parameter in self.named_parameters().items()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set every parameter to the number under its label.

        An error, and no change, unless the labels are the same and the numbers finite.
        """
        named = self.named_parameters()
        if not isinstance(state, Mapping):
            raise TypeError(f"a state is a dictionary of numbers by label, as state_dict() gives it, got {reprlib.repr(state)}")
        if missing := [label for label in named if label not in state]:
            raise ValueError(f"the state has no number for {listed(missing)}; load it into a model of the shape it came from")
        if unknown := [label for label in state if label not in named]:
            raise ValueError(f"the model has no parameter {listed(unknown)}; load it into a model of the shape it came from")
        numbers = {label: number_of(label, number) for label, number in state.items()}
        for label, number in numbers.items():
            named[label].data = number


class Sequential(Module):
    """Modules and functions one after the other, each reading what the one before it gives.

    The single Value of a layer of one neuron is a list of one for the next.
    """

    def __init__(self, *layers: Callable[[Any], Any]) -> None:
        if not layers:
            raise ValueError("a Sequential needs at least one layer, such as nn.Layer(2, 1)")
        for number, layer in enumerate(layers, start=1):
            if not callable(layer):
                need = "a Sequential needs modules and functions, one after the other"
                raise TypeError(f"{need}, and number {number} is {reprlib.repr(layer)}")
        self.layers = layers

    def __call__(self, x: Any) -> Any:
        first, *others = self.layers
        x = first(x)
        for layer in others:
            x = layer([x] if isinstance(x, Value) else x)
        return x

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"


def name_parts(module: Module) -> None:
    """Give each part of the module that has no label the name of the attribute that holds it."""
    for attribute, held in vars(module).items():
        if isinstance(held, (list, tuple)):
            for number, part in enumerate(held, start=1):
                if isinstance(part, Value) and part.label:  # so have all the others
                    break
                name_part(part, f"{attribute.removesuffix('s')}{number}")
        else:
            name_part(held, attribute)


def name_part(part: Any, name: str) -> None:
    if isinstance(part, Value) and not part.label and part.op is None:
        part.label = Label(name)
    elif isinstance(part, Module) and not part.label:
        for item in contents(part):
            if isinstance(item, Module) or item.op is None:
                item.label = within(name, item.label or "")


def contents(container: Any) -> Iterator[Value | Module]:
    """The Values and modules in a nest of modules, lists, tuples, dictionaries and NumPy arrays, in order."""
    stack, visited = [container], set()
    while stack:
        item = stack.pop()
        if isinstance(item, Value):
            yield item
        elif isinstance(item, Module):
            if item not in visited:  # a module may know the one that holds it
                visited.add(item)
                yield item
                stack.append(vars(item))
        elif isinstance(item, dict):
            stack.extend(reversed(item.values()))
        elif isinstance(item, (list, tuple)):
            stack.extend(reversed(item))
        elif hasattr(item, "tolist"):
            stack.append(item.tolist())


def values_within(container: Any) -> Iterator[Value]:
    return (item for item in contents(container) if isinstance(item, Value))


def number_of(label: str, number: float) -> float:
    try:
        converted = as_float(number)
    except TypeError:
        raise TypeError(f"the state has {reprlib.repr(number)} for {label}; each parameter needs one number") from None
    if not math.isfinite(converted):
        raise ValueError(f"the state has {number!r} for {label}; nothing can be computed with it, so load an older state")
    return converted
