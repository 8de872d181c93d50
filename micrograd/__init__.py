"""Reverse-mode automatic differentiation of scalars, to learn backpropagation with.

>>> import micrograd
>>> from micrograd import Value
>>> w, x, b = Value(-3.0, label="w"), Value(2.0, label="x"), Value(6.88, label="b")
>>> out = micrograd.tanh(w * x + b)
>>> out.backward()
>>> x
Value(data=2.0, grad=-1.502915231308525, label='x')
"""

from micrograd import checks, datasets, losses, nn, optim
from micrograd.checks import by_hand
from micrograd.checks import assert_gradients, check, check_local_derivatives
from micrograd.compiler.program import Program
from micrograd.compiler.program import compile as compile
from micrograd.engine import ABS as abs
from micrograd.engine import ACOS as acos
from micrograd.engine import ADD as add
from micrograd.engine import AHEAD as ahead
from micrograd.engine import ASIN as asin
from micrograd.engine import ATAN as atan
from micrograd.engine import ATAN2 as atan2
from micrograd.engine import BELL as bell
from micrograd.engine import COS as cos
from micrograd.engine import COSH as cosh
from micrograd.engine import DIV as div
from micrograd.engine import DOT as dot
from micrograd.engine import ERF as erf
from micrograd.engine import ERFC as erfc
from micrograd.engine import EXP as exp
from micrograd.engine import EXPM1 as expm1
from micrograd.engine import GELU as gelu
from micrograd.engine import HYPOT as hypot
from micrograd.engine import LEAKY_RELU as leaky_relu
from micrograd.engine import LOG as log
from micrograd.engine import LOG1P as log1p
from micrograd.engine import LOGSUMEXP as logsumexp
from micrograd.engine import MAXIMUM as maximum
from micrograd.engine import MINIMUM as minimum
from micrograd.engine import MUL as mul
from micrograd.engine import NEG as neg
from micrograd.engine import OPS, Op, Value
from micrograd.engine import POW as pow
from micrograd.engine import QUIET_DIV as quiet_div
from micrograd.engine import QUIET_LOG as quiet_log
from micrograd.engine import QUIET_MUL as quiet_mul
from micrograd.engine import QUIET_POW as quiet_pow
from micrograd.engine import RELU as relu
from micrograd.engine import SECH2 as sech2
from micrograd.engine import SIGMOID as sigmoid
from micrograd.engine import SIGN as sign
from micrograd.engine import SILU as silu
from micrograd.engine import SIN as sin
from micrograd.engine import SINH as sinh
from micrograd.engine import SOFTPLUS as softplus
from micrograd.engine import SQRT as sqrt
from micrograd.engine import STEP as step
from micrograd.engine import SUB as sub
from micrograd.engine import TAN as tan
from micrograd.engine import TANH as tanh
from micrograd.engine import TOTAL as total
from micrograd.views.diagnosis import explain_non_finite
from micrograd.views.drawing import draw
from micrograd.text.expressions import parse
from micrograd.text.formulas import formula
from micrograd.gradients import gradient, hessian, jacobian
from micrograd.checks.reports import GradientReport
from micrograd.views.player import explore
from micrograd.views.stepping import backward_steps, forward_steps, transcript
from micrograd.training import History, fit

__all__ = [
    "OPS",
    "GradientReport",
    "History",
    "Op",
    "Program",
    "Value",
    "acos",
    "add",
    "ahead",
    "asin",
    "assert_gradients",
    "atan",
    "atan2",
    "backward_steps",
    "bell",
    "by_hand",
    "check",
    "check_local_derivatives",
    "checks",
    "cos",
    "cosh",
    "datasets",
    "div",
    "dot",
    "draw",
    "erf",
    "erfc",
    "exp",
    "explain_non_finite",
    "explore",
    "expm1",
    "fit",
    "formula",
    "forward_steps",
    "gelu",
    "gradient",
    "hessian",
    "hypot",
    "jacobian",
    "leaky_relu",
    "log",
    "log1p",
    "logsumexp",
    "losses",
    "maximum",
    "minimum",
    "mul",
    "neg",
    "nn",
    "optim",
    "parse",
    "quiet_div",
    "quiet_log",
    "quiet_mul",
    "quiet_pow",
    "relu",
    "sech2",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softplus",
    "sqrt",
    "step",
    "sub",
    "tan",
    "tanh",
    "total",
    "transcript",
]  # fmt: skip
