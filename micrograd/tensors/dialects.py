"""The two preludes of one text: which functions the names in it are, for NumPy and for JAX.

>>> float(functions("numpy")["relu"](-2.0))
0.0
"""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import math
from collections.abc import Callable, Iterable
from itertools import pairwise
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

import numpy as np

from micrograd.ops import Op
from micrograd.tensors import functions as numpy_functions
from micrograd.tensors import jax_functions
from micrograd.tensors.functions import Numbers

# Rows that NumPy and JAX have as the table has them, and what they are called there.
LIBRARY: Final = {
    "exp": "exp", "expm1": "expm1", "log": "log", "log1p": "log1p", "sqrt": "sqrt", "sin": "sin", "cos": "cos", "tan": "tan",
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2", "hypot": "hypot", "sinh": "sinh", "cosh": "cosh",
    "tanh": "tanh", "sign": "sign", "abs": "abs", "maximum": "maximum", "minimum": "minimum",
}  # fmt: skip


@functools.cache
def keep_memory() -> None:
    """Make the allocator of glibc keep what arrays give back, for the whole process; elsewhere it does nothing.

    It returns blocks to the system above a threshold that grows to the largest block freed so far, up to 32 MiB (source:
    mallopt(3), M_MMAP_THRESHOLD). Below that, each step takes its memory anew, page by page, and lasts twice as long. Nothing
    is written to the block, so that it costs nothing.
    """
    np.empty(4_190_000)  # of 8 bytes: just less than the largest that counts


def quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which goes on with nan or an infinity and says nothing."""

    @functools.wraps(function)
    def quietly(*arguments: Numbers) -> Any:
        with np.errstate(all="ignore"):
            return function(*arguments)

    return quietly


STANDARD: Final = {"math": "import math", "pairwise": "from itertools import pairwise"}  # what the functions need beside np


@functools.cache
def functions(dialect: str) -> dict[str, Any]:
    """What the text may call, by name: "numpy" or "jax"."""
    own = functions_of(numpy_functions)
    if dialect == "numpy":
        return {"np": np, **{name: getattr(np, known) for name, known in LIBRARY.items()}, **own}
    import jax

    own |= functions_of(jax_functions)
    space: dict[str, Any] = {"__builtins__": builtins, "np": jax.numpy, "math": math, "pairwise": pairwise}
    space |= {name: getattr(jax.numpy, known) for name, known in LIBRARY.items()}
    space |= {name: FunctionType(one.__code__, space, name, one.__defaults__) for name, one in own.items()}
    return space


def functions_of(module: ModuleType) -> dict[str, FunctionType]:
    return {name: one for name, one in vars(module).items() if isinstance(one, FunctionType)}


def own_function(op: Op, dialect: str) -> Callable[..., Any]:
    """An operation that is not in the table, number by number. JAX compiles it if it is made of operators, else calls Python."""
    each = np.vectorize(lambda *numbers: number_of(op, numbers), otypes=[float])
    if dialect == "numpy":
        return each

    def function(*operands: Numbers) -> Any:
        import jax

        try:
            return op.forward(*operands)
        except (TypeError, ValueError):  # math.exp and `if` do not take arrays
            arrays = jax.numpy.broadcast_arrays(*operands)
            return jax.pure_callback(each, arrays[0], *arrays)

    return function


def number_of(op: Op, numbers: tuple[float, ...]) -> float:
    try:
        return op.forward(*numbers)
    except (ValueError, ArithmeticError):
        return math.nan


def imports_and_functions(names: Iterable[str], dialect: str) -> str:
    """The text of the functions of these names and of those that they call, and the imports that they need.

    >>> print(imports_and_functions(["tanh", "relu"], "numpy"))
    import numpy as np
    from numpy import tanh
    <BLANKLINE>
    <BLANKLINE>
    def relu(a):
        return np.maximum(a, 0.0)
    <BLANKLINE>
    """
    space = functions(dialect)
    package = "jax.numpy" if dialect == "jax" else "numpy"
    imports = {f"import {package} as np": None}
    texts: dict[str, str] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        function = space.get(name)
        if isinstance(function, FunctionType) and name not in texts:
            texts[name] = plain_source(function)
            waiting += names_in(function.__code__)
        elif name in STANDARD:
            imports = {STANDARD[name]: None, **imports}
        elif name in LIBRARY and not isinstance(function, FunctionType) and name in names:
            imports[f"from {package} import {LIBRARY[name]}{f' as {name}' * (name != LIBRARY[name])}"] = None
    return "\n".join(["\n".join(imports), *[f"\n\n{text}" for text in texts.values()]]) + "\n"


def names_in(code: CodeType) -> list[str]:
    """The names that code reads, and those that its inner functions and comprehensions read."""
    inner = [name for one in code.co_consts if isinstance(one, CodeType) for name in names_in(one)]
    return [*code.co_names, *inner]


def plain_source(function: FunctionType) -> str:
    """The text of a function without the types."""
    (tree,) = ast.parse(inspect.getsource(function)).body
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(tree)
