"""Where to draw people: `spread` places those near each other who know each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

ROUNDS = 200


def spread(pairs: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    """A place for each person 0, 1, ...: as far from each other's as there are ties between the two.

    From a circle on, each person moves in turn to the mean of where the others would like them, near ones counting most.
    A ValueError where no way of ties leads from one person to another.

    Source: Gansner, Koren & North 2004, "Graph Drawing by Stress Majorization": each in turn, which they call localized.

    >>> (ax, ay), (bx, by), (cx, cy) = spread([(0, 1), (1, 2)])
    >>> round(math.hypot(ax - bx, ay - by), 1), round(math.hypot(ax - cx, ay - cy), 1)
    (1.0, 2.0)
    """
    apart = ties_between(pairs)
    count = len(apart)
    places = [(math.cos(math.tau * person / count), math.sin(math.tau * person / count)) for person in range(count)]
    for _ in range(ROUNDS):
        for person, distances in enumerate(apart):
            places[person] = wanted(person, distances, places)
    return places


def wanted(person: int, distances: Sequence[int], places: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The mean of the places at the right distance from each of the others, in the direction in which the person is now."""
    x, y = places[person]
    across = upwards = weights = 0.0
    for other, distance in enumerate(distances):
        if other == person:
            continue
        other_x, other_y = places[other]
        stretch = distance / max(math.hypot(x - other_x, y - other_y), 1e-9)
        weight = 1.0 / distance**2
        across += weight * (other_x + stretch * (x - other_x))
        upwards += weight * (other_y + stretch * (y - other_y))
        weights += weight
    return across / weights, upwards / weights


def ties_between(pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The length of the shortest way of ties from each person to each."""
    if not pairs:
        raise ValueError(f"people need at least one tie, such as [(0, 1)], got {pairs!r}")
    friends: dict[int, set[int]] = {person: set() for person in range(max(map(max, pairs)) + 1)}
    for one, other in pairs:
        friends[one].add(other)
        friends[other].add(one)
    table = []
    for person in friends:
        distance, edge = {person: 0}, {person}
        while edge := {friend for known in edge for friend in friends[known]} - distance.keys():
            far = max(distance.values()) + 1
            distance |= dict.fromkeys(edge, far)
        if strangers := friends.keys() - distance.keys():
            raise ValueError(
                f"no way of ties leads from person {person} to person {min(strangers)}; draw their groups one by one"
            )
        table.append([distance[other] for other in friends])
    return table
