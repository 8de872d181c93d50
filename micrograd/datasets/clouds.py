"""The four rows of `xor`, and the point clouds `moons`, `circles` and `spirals`.

>>> xor().inputs, xor().targets
([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0])
>>> inputs, targets = moons(100, labels=(-1, 1))
>>> len(inputs), set(targets)
(100, {1, -1})
"""

from __future__ import annotations

import math
import random
import reprlib
from collections.abc import Sequence
from numbers import Integral
from typing import Any

from micrograd.arguments import not_negative, whole_number
from micrograd.datasets.rows import Dataset


def xor() -> Dataset:
    """The four rows of exclusive or: 1 where the two inputs differ. No straight line separates them."""
    return Dataset([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0])


def moons(points: int = 100, *, noise: float = 0.1, labels: tuple[Any, Any] = (0, 1), seed: int | None = 0) -> Dataset:
    """Two half circles of radius 1, one turned over and hooked into the other; `noise` is the deviation of each point."""
    outer, inner = halves(points, labels)
    cloud = [((math.cos(t), math.sin(t)), labels[0]) for t in evenly(outer, math.pi)]
    cloud += [((1.0 - math.cos(t), 0.5 - math.sin(t)), labels[1]) for t in evenly(inner, math.pi)]
    return scattered(cloud, noise, seed)


def circles(points: int = 100, *, noise: float = 0.05, labels: tuple[Any, Any] = (0, 1), seed: int | None = 0) -> Dataset:
    """A circle of radius 1 around one of radius 1/2."""
    outer, inner = halves(points, labels)
    cloud = [((math.cos(t), math.sin(t)), labels[0]) for t in evenly(outer + 1, 2.0 * math.pi)[:-1]]
    cloud += [((0.5 * math.cos(t), 0.5 * math.sin(t)), labels[1]) for t in evenly(inner + 1, 2.0 * math.pi)[:-1]]
    return scattered(cloud, noise, seed)


def spirals(points: int = 150, *, arms: int = 3, noise: float = 0.02, seed: int | None = 0) -> Dataset:
    """Arms that wind three quarters of a turn from the centre to radius 1; the target is the number of the arm, from 0."""
    if not isinstance(arms, Integral) or not isinstance(points, Integral) or not 1 <= arms <= points:
        need = "spirals need whole numbers, at least one arm and a point for each"
        raise ValueError(f"{need}, got arms={reprlib.repr(arms)} and points={reprlib.repr(points)}")
    cloud = []
    for arm in range(arms):
        count = len(range(arm, points, arms))
        for radius in evenly(count, 1.0):
            angle = 2.0 * math.pi * arm / arms + 1.5 * math.pi * radius
            cloud.append(((radius * math.cos(angle), radius * math.sin(angle)), arm))
    return scattered(cloud, noise, seed)


def halves(points: int, labels: tuple[Any, Any]) -> tuple[int, int]:
    if not isinstance(labels, Sequence) or len(labels) != 2 or labels[0] == labels[1]:
        raise ValueError(f"two classes need two labels that differ, such as (-1, 1), got {reprlib.repr(labels)}")
    if not isinstance(points, Integral) or points < 2:
        raise ValueError(f"two classes need a whole number of at least 2 points, got {reprlib.repr(points)}")
    return points - points // 2, points // 2


def evenly(count: int, end: float) -> list[float]:
    """Numbers from 0 to `end` at equal distances, both ends included."""
    return [end * i / max(count - 1, 1) for i in range(count)]


def scattered(cloud: list[tuple[tuple[float, float], Any]], noise: float, seed: int | None) -> Dataset:
    """The points in random order, each moved by normal noise; without a seed other ones each time."""
    noise = not_negative(noise, "noise")
    generator = random.Random(None if seed is None else whole_number(seed, "seed", least=0))  # to Python, -1 and 1 are one seed
    generator.shuffle(cloud)
    inputs = [[x + generator.gauss(0.0, noise), y + generator.gauss(0.0, noise)] for (x, y), _ in cloud]
    return Dataset(inputs, [label for _, label in cloud])
