"""Small data sets as plain lists: point clouds made here, and real data out of installed packages."""

from micrograd.datasets.clouds import circles, moons, spirals, xor
from micrograd.datasets.real import Club, digits, karate_club, names, vowels
from micrograd.datasets.rows import Dataset, one_hot, split

__all__ = [
    "Club",
    "Dataset",
    "circles",
    "digits",
    "karate_club",
    "moons",
    "names",
    "one_hot",
    "spirals",
    "split",
    "vowels",
    "xor",
]
