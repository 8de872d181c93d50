"""Reverse-mode automatic differentiation of scalars, to learn backpropagation with.

>>> import micrograd
>>> from micrograd import Value
>>> w, x, b = Value(-3.0, label="w"), Value(2.0, label="x"), Value(6.88, label="b")
>>> out = micrograd.tanh(w * x + b)
>>> out.backward()
>>> x
Value(data=2.0, grad=-1.502915231308525, label='x')
"""

import sys
from typing import TYPE_CHECKING

from micrograd import advice, checks, collector, datasets, exercises, losses, nn, optim, words
from micrograd.checks import GradientReport, assert_gradients, by_hand, check, check_local_derivatives
from micrograd.compiler.program import Program
from micrograd.engine import Value
from micrograd.examination.examiner import examine
from micrograd.exercises import exercise
from micrograd.folding import fold
from micrograd.gradients import gradient, hessian, jacobian
from micrograd.ops import (
    OPS, Op, acos, add, asin, atan, atan2, cos, cosh, div, dot, erf, erfc, exp, expm1, gelu, hypot, leaky_relu, log, log1p,
    logsumexp, maximum, minimum, mul, neg, relu, sigmoid, sign, silu, sin, sinh, softplus, sqrt, sub, tan, tanh, total,
)  # fmt: skip
from micrograd.text.expressions import parse
from micrograd.text.formulas import formula
from micrograd.training import History, fit
from micrograd.views.diagnosis import explain_non_finite
from micrograd.views.drawing import draw
from micrograd.views.laboratory.page import lab
from micrograd.views.player import explore
from micrograd.views.stepping import backward_steps, forward_steps, transcript

__version__ = "1.0.0"

# These `import *` leaves out: names that hide Python's own or a loop's, and the slopes, of which gradients are made.
from micrograd.compiler.program import compile as compile
from micrograd.ops import (
    abs as abs, ahead as ahead, bell as bell, pow as pow, quiet_div as quiet_div, quiet_log as quiet_log, quiet_mul as quiet_mul,
    quiet_pow as quiet_pow, sech2 as sech2, step as step, asin_slope as asin_slope, atan2_slope as atan2_slope,
    atan_slope as atan_slope, hypot_slope as hypot_slope, sigmoid_slope as sigmoid_slope,
)  # fmt: skip

if sys.platform == "emscripten":  # Python in a browser
    collector.free_in_turn(Value)

if not TYPE_CHECKING:
    __getattr__ = advice.for_names("micrograd", words.MODULES)  # other libraries' names

__all__ = [
    "OPS", "GradientReport", "History", "Op", "Program", "Value", "acos", "add", "asin", "assert_gradients", "atan", "atan2",
    "backward_steps", "by_hand", "check", "check_local_derivatives", "checks", "cos", "cosh", "datasets", "div", "dot", "draw",
    "erf", "erfc", "examine", "exercise", "exercises", "exp", "explain_non_finite", "explore", "expm1", "fit", "fold", "formula",
    "forward_steps", "gelu", "gradient", "hessian", "hypot", "jacobian", "lab", "leaky_relu", "log", "log1p", "logsumexp",
    "losses", "maximum", "minimum", "mul", "neg", "nn", "optim", "parse", "relu", "sigmoid", "sign", "silu", "sin", "sinh",
    "softplus", "sqrt", "sub", "tan", "tanh", "total", "transcript",
]  # fmt: skip
