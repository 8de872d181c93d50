"""The two preludes of one text: which functions the names in it are, for NumPy and for JAX.

>>> float(functions("numpy")["relu"](-2.0))
0.0
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

import numpy as np

from micrograd.tensors import functions as numpy_functions
from micrograd.tensors import jax_functions
from micrograd.tensors.functions import Numbers

# Rows that NumPy and JAX have as the table has them, and what they are called there.
LIBRARY: Final = {
    "exp": "exp", "expm1": "expm1", "log": "log", "log1p": "log1p", "sqrt": "sqrt", "sin": "sin", "cos": "cos", "tan": "tan",
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2", "hypot": "hypot", "sinh": "sinh", "cosh": "cosh",
    "tanh": "tanh", "sign": "sign", "abs": "abs", "maximum": "maximum", "minimum": "minimum",
}  # fmt: skip


def quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which goes on with nan or an infinity and says nothing."""

    @functools.wraps(function)
    def quietly(*arguments: Numbers) -> Any:
        with np.errstate(all="ignore"):
            return function(*arguments)

    return quietly


@functools.cache
def functions(dialect: str) -> dict[str, Any]:
    """What the text may call, by name: "numpy" or "jax"."""
    own = {name: one for name, one in vars(numpy_functions).items() if isinstance(one, FunctionType)}
    if dialect == "numpy":
        return {"np": np, **{name: getattr(np, known) for name, known in LIBRARY.items()}, **own}
    import jax

    own |= {name: one for name, one in vars(jax_functions).items() if isinstance(one, FunctionType)}
    space = {"np": jax.numpy, "math": math, "erf": jax.scipy.special.erf, "erfc": jax.scipy.special.erfc}
    space |= {name: getattr(jax.numpy, known) for name, known in LIBRARY.items()}
    space |= {name: FunctionType(one.__code__, space, name, one.__defaults__) for name, one in own.items() if name not in space}
    return space
