"""Gradients checked: what autodiff gives, what was derived by hand, and what is measured, side by side."""

from micrograd.checks.comparison import assert_gradients, check, check_local_derivatives
from micrograd.checks.reports import GradientReport

__all__ = ["GradientReport", "assert_gradients", "check", "check_local_derivatives"]
