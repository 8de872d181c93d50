"""What the code of a model or of a loss does besides making a graph: it looks at numbers, draws at random, remembers.

A graph holds the operations that such code has chosen, and nothing of the choice. So compiled code can stand for it only
where no number was looked at: a Python `if` has to look.

>>> x = Value(2.0)
>>> with Watch([x], []) as watch:
...     y = x * x if x.data > 0.0 else -x
>>> len(watch.looks)
1
"""

from __future__ import annotations

import operator
import random
import sys
import threading
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from numbers import Number
from pathlib import Path
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any, Self

from micrograd.compiler.descent import uninterrupted
from micrograd.compiler.refusals import Refusal
from micrograd.engine import Value, binary, node_of

MAKERS = (binary.__code__, node_of.__code__)  # what returns every node that there is
PACKAGE = __package__.partition(".")[0]
# These modules look at numbers to make a graph that is right for every number, or to refuse some.
TRUSTED = {f"{PACKAGE}.{name}" for name in ("engine", "ops", "losses", "gradients")}
MESSENGERS = {"collections", "copy"}  # what these look at is looked at by their caller
NUMBERS = {float, int, bool}


class Looks(threading.local):
    """Where numbers were looked at in this thread, since the last Watch began."""

    def __init__(self) -> None:
        self.places: list[str] = []


LOOKS = Looks()


def note(frame: FrameType) -> None:
    """A number is looked at in this frame, or a choice is made by it."""
    if frame.f_globals.get("__name__") in TRUSTED:
        return
    while frame.f_back and module_of(frame) in MESSENGERS:
        frame = frame.f_back
    if module_of(frame) not in TRUSTED:
        while frame.f_back and is_known(frame):
            frame = frame.f_back
        place = f"line {frame.f_lineno} of {Path(frame.f_code.co_filename).name}"
        if place not in LOOKS.places:
            LOOKS.places.append(place)


def module_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__"))


def is_known(frame: FrameType) -> bool:
    """Whether it runs code of this package or of Python's own library, whose memory decides about no graph but by chance."""
    package = module_of(frame).partition(".")[0]
    return package == PACKAGE or package in sys.stdlib_module_names


def noted_slot(name: str) -> property:
    slot = vars(Value)[name]

    def read(value: Value) -> Any:
        note(sys._getframe(1))
        return slot.__get__(value)

    def write(value: Value, content: Any) -> None:
        note(sys._getframe(1))
        slot.__set__(value, content)

    return property(read, write)


def noted(plain: Callable[..., Any]) -> Callable[..., Any]:
    def method(*operands: Any) -> Any:
        note(sys._getframe(1))
        return plain(*operands)

    return method


class Watched(Value):
    """A Value that notes who looks at its numbers. It has the slots of a Value, so that a Value can become one and go back."""

    __slots__ = ()
    data, grad, local_derivatives = map(noted_slot, ("data", "grad", "local_derivatives"))
    item, detach = noted(Value.item), noted(Value.detach)


for word in ("lt", "le", "gt", "ge", "bool", "format", "repr", "copy", "deepcopy", "reduce"):
    setattr(Watched, f"__{word}__", noted(getattr(Value, f"__{word}__")))


class WatchedInput(Watched):
    """A leaf in place of a plain number, which could be found equal to another one and looked up in a dictionary."""

    __slots__ = ()
    __eq__ = noted(operator.is_)
    __hash__ = noted(object.__hash__)


class WatchedClasses(list[Any]):
    """A weight for each class in place of the index of a class, which could be found equal to another one."""

    __eq__ = noted(operator.is_)
    __ne__ = noted(operator.is_not)
    __bool__ = noted(lambda weights: True)
    __hash__ = None


class Watch:
    """Within it, each look at a number of the graph by code that is not our own is noted in `looks`.

    The leaves, and each node as it is made, become Watched until it ends. `calls` are the functions of others that ran, with
    their globals. Python has one profile function in a thread; where another one is set already, nothing can be watched.
    """

    def __init__(self, parameters: Sequence[Value], inputs: Sequence[Value]) -> None:
        if sys.getprofile() is not None:
            raise Refusal("a profiler runs in this thread, so nobody else can see what the model and the loss do")
        for leaf in parameters:
            if type(leaf) is not Value:
                raise Refusal(f"a parameter is a {type(leaf).__name__}, which may do more than a Value")
        self.parameters = parameters
        self.inputs = inputs
        self.nodes: list[Value] = []
        self.seen: set[CodeType] = set()
        self.calls: dict[CodeType, dict[str, Any]] = {}
        self.looks: list[str] = []

    def __enter__(self) -> Self:
        self.looks = LOOKS.places = []
        with uninterrupted():
            for leaves, kind in ((self.parameters, Watched), (self.inputs, WatchedInput)):
                for leaf in leaves:
                    self.become(leaf, kind)
            sys.setprofile(self.see)
        return self

    def see(self, frame: FrameType, event: str, result: Any) -> None:
        """What Python calls at each call of a function and at its return."""
        if event == "return" and frame.f_code in MAKERS and type(result) is Value:
            self.become(result, Watched)
        elif event == "call" and frame.f_code not in self.seen:
            self.seen.add(frame.f_code)
            if not is_known(frame):
                self.calls[frame.f_code] = frame.f_globals

    def become(self, value: Value, kind: type[Watched]) -> None:
        self.nodes.append(value)
        value.__class__ = kind

    def __exit__(self, *error: object) -> None:
        with uninterrupted():
            sys.setprofile(None)
            for node in self.nodes:
                node.__class__ = Value
            self.nodes.clear()

    def memory(self, roots: Sequence[Any]) -> list[Any]:
        """What can be reached from the roots, and by name from the functions that ran: other if a call has changed it."""
        named = [module[name] for code, module in self.calls.items() for name in code.co_names if name in module]
        return reached([*roots, *named])


def chance() -> list[Any]:
    """Where the generators of random numbers stand that everybody shares."""
    numpy = sys.modules.get("numpy.random")
    return [random.getstate(), repr(numpy.get_state(legacy=False)) if numpy else ""]


def reached(roots: Sequence[Any]) -> list[Any]:
    """All that attributes, containers and closures hold, from the roots on, but graphs."""
    found: list[Any] = []
    visited: dict[int, Any] = {}
    stack = list(roots)
    while stack:
        item = stack.pop()
        if isinstance(item, (Number, str, bytes, type(None))):
            found.append(repr(item))
        elif isinstance(item, Value) and not item.parents:
            found.append(repr(item.data))
        elif not isinstance(item, (Value, ModuleType, type)) and id(item) not in visited:
            visited[id(item)] = item  # kept: nothing else gets its id meanwhile
            inside = contents_of(item)
            found.append((type(item), len(inside)))
            stack.extend(inside)
    return found


def contents_of(item: Any) -> Sequence[Any]:
    if isinstance(item, (list, tuple)) and NUMBERS.issuperset(map(type, item)):
        return [str(hash(array("d", item).tobytes()))]  # a table of data may be large
    if isinstance(item, dict):
        return [*item.keys(), *item.values()]
    if isinstance(item, (list, tuple, set, frozenset, deque)):
        return [*item]
    if isinstance(item, random.Random):
        return [*item.getstate()]
    if isinstance(item, MethodType):
        return [item.__self__, item.__func__]
    if isinstance(item, FunctionType):
        return [cell.cell_contents for cell in item.__closure__ or ()] + [item.__defaults__, item.__kwdefaults__, vars(item)]
    if isinstance(item, partial):
        return [item.func, item.args, item.keywords]
    if hasattr(item, "bit_generator"):  # a generator of NumPy
        return [item.bit_generator.state]
    if hasattr(item, "tobytes") and str(getattr(item, "dtype", "object")) != "object":
        return [str(hash(item.tobytes()))]
    if hasattr(item, "tolist"):
        return [item.tolist()]
    if not hasattr(item, "__dict__"):
        return [repr(item)]  # an iterator says there where it is
    return [vars(item), [entry for entry in vars(type(item)).values() if isinstance(entry, (Number, str, list, dict, set))]]
