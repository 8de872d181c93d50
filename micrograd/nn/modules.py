"""`Module`: anything with parameters that can be called; `Sequential`, modules and functions one after the other."""

from __future__ import annotations

import inspect
import math
import reprlib
from abc import ABCMeta
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from micrograd import advice, words
from micrograd.arguments import listed
from micrograd.engine import NO_GRADIENT, Value
from micrograd.ops import Op, Reduction, as_float
from micrograd.text.naming import inside

NO_PLURAL = ("ss", "us", "is", "ias")  # class, radius, axis, bias


class Named(ABCMeta):
    """The class of modules: one that is complete labels its parts. It is an ABCMeta, so that a module may be abstract too."""

    if not TYPE_CHECKING:  # so that the types of the arguments stay known

        def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
            module = super().__call__(*arguments, **keywords)
            module.label_parts()
            return module

        @property
        def __signature__(cls) -> inspect.Signature:
            """The arguments of __init__, for `help` and notebooks."""
            has_none = cls.__init__ is object.__init__
            return inspect.Signature([] if has_none else [*inspect.signature(cls.__init__).parameters.values()][1:])


class Module(metaclass=Named):
    """Anything with parameters that can be called: every leaf Value in its attributes, in lists and in modules within it.

    A part is called by its place: `head` in `self.head`, `layer2` in `self.layers`, `gates.forget` in `self.gates["forget"]`.
    Parameters are saved by the way to them, whatever the module itself stands in.

    >>> class Scaled(Module):
    ...     def __init__(self, inner: Module) -> None:
    ...         self.inner = inner
    ...         self.scale = Value(2.0)
    >>> [parameter.label for parameter in Scaled(Scaled(Module())).parameters()]
    ['inner.scale', 'scale']
    """

    label: str = ""

    def __new__(cls, *arguments: Any, **keywords: Any) -> Self:
        advice.check_keywords(cls.__init__, cls.__name__, keywords, words.NETWORK_KEYWORDS)
        advice.check_places(cls.__init__, cls.__name__, (cls, *arguments))
        return super().__new__(cls)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name not in words.MODULE:
                return super().__getattribute__(name)  # the error of a property of a subclass stays what it is
            raise advice.unknown_name(type(self).__name__, name, words.MODULE)

    def __call__(self, *inputs: Any, **keywords: Any) -> Any:
        raise TypeError(f"{type(self).__name__} needs a method __call__(x) that gives its output")

    def parameters(self) -> list[Value]:
        return [value for value in values_within(self) if value.op is None]

    def named_parameters(self) -> dict[str, Value]:
        """The parameters by name, `layer1.neuron1.w1`; a ValueError if two have one name.

        It is the way from this module to the parameter, which ends at the parameter's own label if it has one.
        """
        names: dict[Value, str] = {}
        for name, part in ways_into(self):
            if isinstance(part, Value) and part.op is None:
                names.setdefault(part, name)
        named = {name: parameter for parameter, name in names.items()}
        if len(named) < len(names):
            raise ValueError("every parameter needs a label of its own to be saved by name; set parameter.label")
        return named

    def label_parts(self) -> None:
        """Call each part without a label by its place. A module that is complete has done so; parts may come later."""
        visited = {id(self)}
        for place, part in parts_of(self):
            if part.label:
                visited.add(id(part))
                continue
            group = inside(self.label, place)
            for item in contents(part, visited):
                if isinstance(item, Module) or item.op is None:
                    item.label = inside(group, item.label) if item.label else group

    def zero_grad(self) -> None:
        for parameter in self.parameters():
            parameter.grad = NO_GRADIENT

    def state_dict(self) -> dict[str, float]:
        """The number of each parameter by name: plain JSON."""
        return {name: parameter.data for name, parameter in self.named_parameters().items()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set every parameter to the number under its name; a state by labels, as version 1.0.0 saved it, is taken too.

        An error, and no change, unless the names are the same and the numbers finite.
        """
        named = self.named_parameters()
        if not isinstance(state, Mapping):
            raise TypeError(f"a state is a dictionary of numbers by name, as state_dict() gives it, got {reprlib.repr(state)}")
        by_label = {parameter.label or "": parameter for parameter in named.values()}
        if len(by_label) == len(named) and by_label.keys() == state.keys():
            named = by_label
        if missing := [name for name in named if name not in state]:
            raise ValueError(f"the state has no number for {listed(missing)}; load it into a model of the shape it came from")
        if unknown := [name for name in state if name not in named]:
            raise ValueError(f"the model has no parameter {listed(unknown)}; load it into a model of the shape it came from")
        numbers = {name: number_of(name, number) for name, number in state.items()}
        for name, number in numbers.items():
            named[name].data = number


class Sequential(Module):
    """Modules and functions one after the other, each reading what the one before it gives.

    The single Value of a layer of one neuron becomes a list of one for the next; what the last gives is given as it is.

    >>> model = Sequential(lambda x: [2.0 * number for number in x], sum)
    >>> model([1.0, 3.0])
    8.0
    """

    def __init__(self, *layers: Callable[[Any], Any]) -> None:
        if not layers:
            raise ValueError("a Sequential needs at least one layer, such as nn.Layer(2, 1)")
        for number, layer in enumerate(layers, start=1):
            if (advice := unfit(layer)) is not None:
                need = "a Sequential needs modules and functions of what the one before them gives"
                raise TypeError(f"{need}, and number {number} is {reprlib.repr(layer)}{advice}")
        self.layers = layers

    def __call__(self, x: Any) -> Any:
        first, *others = self.layers
        x = first(x)
        for layer in others:
            x = layer([x] if isinstance(x, Value) else x)
        return x

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"


def unfit(layer: Any) -> str | None:
    """What to do about something that cannot stand in a Sequential; None for what can."""
    if isinstance(layer, (list, tuple)):
        return "; write Sequential(*layers)"
    if isinstance(layer, type):
        return "; write its arguments behind it, such as Layer(2, 1)"
    if isinstance(layer, Op) and not isinstance(layer, Reduction):
        return f', of one number; write Layer(2, 1, "{layer.symbol}"), or a function that makes a list'
    return None if callable(layer) else ""


def contents(container: Any, visited: set[int] | None = None) -> Iterator[Value | Module]:
    """The Values and modules in a nest of modules, lists, tuples, dictionaries and NumPy arrays, in order.

    Each comes once, and none whose id is in `visited`, to which those that come are added: a module may know its holder.
    """
    visited = set() if visited is None else visited
    stack = [container]
    while stack:
        item = stack.pop()
        if isinstance(item, (Value, Module)):
            if id(item) in visited:
                continue
            visited.add(id(item))
            yield item
        if not isinstance(item, Value):
            stack.extend(reversed(held_by(item)))


def ways_into(module: Module) -> Iterator[tuple[str, Value | Module]]:
    """The Values and modules in a module, each with the way to it."""
    visited: set[int] = set()
    stack: list[tuple[str, Value | Module]] = [("", module)]
    while stack:
        way, part = stack.pop()
        yield way, part
        if isinstance(part, Module) and id(part) not in visited:
            visited.add(id(part))
            start = f"{way}." if way else ""
            stack.extend(reversed([(start + name, held) for name, held in parts_of(part)]))


def parts_of(module: Module) -> Iterator[tuple[str, Value | Module]]:
    """What the module holds itself, each with its name there: a Value's own label, or else the place."""
    group = f"{module.label}."
    stack = list(vars(module).items())[::-1]
    while stack:
        place, held = stack.pop()
        if isinstance(held, Value):
            yield held.label.removeprefix(group) if held.label else place, held
        elif isinstance(held, Module):
            yield place, held
        else:
            stack.extend(reversed(places_within(place, held)))


def places_within(place: str, container: Any) -> list[tuple[str, Any]]:
    """What a container holds, each with its place: by key in a dictionary, and by number in a list, tuple or array.

    >>> places_within("gates", {"forget": 3}), places_within("layers", [3, [4]]), places_within("layer2", [4])
    ([('gates.forget', 3)], [('layer1', 3), ('layer2', [4])], [('layer2.1', 4)])
    """
    if isinstance(container, dict):
        return [(f"{place}.{key}", held) for key, held in container.items()]
    start = f"{place}." if place[-1:].isdigit() else place if place.endswith(NO_PLURAL) else place.removesuffix("s")
    return [(f"{start}{number}", held) for number, held in enumerate(held_by(container), start=1)]


def held_by(container: Any) -> Sequence[Any]:
    """What a module, dictionary, list, tuple or array holds; nothing of anything else."""
    if isinstance(container, Module):
        return list(vars(container).values())
    if isinstance(container, dict):
        return list(container.values())
    held = container.tolist() if hasattr(container, "tolist") else container
    return held if isinstance(held, (list, tuple)) else ()


def values_within(container: Any) -> Iterator[Value]:
    return (item for item in contents(container) if isinstance(item, Value))


def number_of(name: str, number: float) -> float:
    try:
        converted = as_float(number)
    except TypeError:
        raise TypeError(f"the state has {reprlib.repr(number)} for {name}; each parameter needs one number") from None
    if not math.isfinite(converted):
        raise ValueError(f"the state has {number!r} for {name}; nothing can be computed with it, so load an older state")
    return converted
