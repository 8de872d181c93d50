"""Real data, read out of packages that are installed: digits, vowels, first names, a club (the extra `notebooks`)."""

from __future__ import annotations

import csv
import gzip
from typing import NamedTuple

from micrograd.datasets.packages import file_of
from micrograd.datasets.rows import Dataset


class Club(NamedTuple):
    """Who knows whom, as pairs of people, and for each of them the faction that they joined."""

    ties: list[tuple[int, int]]
    factions: list[int]


def digits() -> Dataset:
    """1797 handwritten digits of 8 by 8 pixels: 64 numbers from 0 to 1, row by row, and the digit, 0 to 9.

    >>> data = digits()
    >>> len(data.rows), len(data.inputs[0]), data.targets[:3]
    (1797, 64, [0, 1, 2])
    """
    with gzip.open(file_of("sklearn", "datasets/data/digits.csv.gz", install="scikit-learn"), "rt") as file:
        rows = [[float(number) for number in row] for row in csv.reader(file)]
    return Dataset([[pixel / 16.0 for pixel in row[:-1]] for row in rows], [int(row[-1]) for row in rows])


def vowels() -> tuple[Dataset, Dataset]:
    """Nine men saying "ae": 270 utterances to train on and 370 to test with, each 7 to 29 frames of 12 numbers; a target is the
    speaker, 0 to 8.
    """
    return utterances("TRAIN"), utterances("TEST")


def utterances(part: str) -> Dataset:
    inputs, targets = [], []
    for line in (
        file_of("sktime", f"datasets/data/JapaneseVowels/JapaneseVowels_{part}.ts", install="sktime").read_text().splitlines()
    ):
        if line and line[0] not in "#@":
            *features, speaker = line.split(":")
            columns = [[float(number) for number in feature.split(",")] for feature in features]
            inputs.append([list(frame) for frame in zip(*columns, strict=True)])
            targets.append(int(speaker) - 1)
    return Dataset(inputs, targets)


def names(kind: str = "girls") -> list[str]:
    """First names of girls or of boys, in lower case, the most frequent first.

    >>> names("boys")[:3]
    ['james', 'john', 'robert']
    """
    files = {"girls": "dist.female.first", "boys": "dist.male.first"}
    if kind not in files:
        raise ValueError(f"names are of 'girls' or of 'boys', got {kind!r}")
    return [line.split()[0].lower() for line in file_of("names", files[kind], install="names").read_text().splitlines()]


def karate_club() -> Club:
    """Zachary's karate club: 34 people, the 78 pairs of them that met outside it too, and which of two factions each joined."""
    import networkx

    graph = networkx.karate_club_graph()
    clubs = [graph.nodes[person]["club"] for person in graph]
    return Club(list(graph.edges), [int(club != clubs[0]) for club in clubs])
