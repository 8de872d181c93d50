"""Small data sets as plain lists: point clouds made here, and real data out of installed packages."""

from micrograd.datasets.clouds import circles, moons, spirals, xor
from micrograd.datasets.rows import Dataset

__all__ = ["Dataset", "circles", "moons", "spirals", "xor"]
