"""Training: `fit` moves the parameters of a model until its loss is small, and tells how it went in a `History`."""

from micrograd.training.fitting import fit
from micrograd.training.history import Divergence, History

__all__ = ["Divergence", "History", "fit"]
