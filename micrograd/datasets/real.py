"""Real data, read from packages that are installed (the extra `notebooks`): digits, vowels, first names, and a club.

Nothing is downloaded. Where the package is missing, a ModuleNotFoundError says what to install.
"""

from __future__ import annotations

import csv
import gzip
from typing import NamedTuple

from micrograd.datasets.packages import file_of, missing
from micrograd.datasets.rows import Dataset

SIDE = 8  # pixels of a digit, across and down
INK = 16  # the darkest pixel: all of the 4 by 4 dots that it was counted from
COEFFICIENTS = 12
SPEAKERS = 9
NAMES = {"girls": "dist.female.first", "boys": "dist.male.first"}


class Club(NamedTuple):
    """The pairs of people who are tied to each other, and for each person the faction that they joined, 0 or 1."""

    ties: list[tuple[int, int]]
    factions: list[int]


def digits() -> Dataset:
    """1797 handwritten digits: pictures of 8 by 8 pixels, row by row, 0.0 where there is no ink and 1.0 where it is full.

    A target is the digit, 0 to 9.

    Source: E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository,
    doi.org/10.24432/C50P49, CC BY 4.0: its test set, by 13 people, as scikit-learn carries it.

    >>> data = digits()
    >>> len(data.rows), data.inputs[0][:8], data.targets[:3]
    (1797, [0.0, 0.0, 0.3125, 0.8125, 0.5625, 0.0625, 0.0, 0.0], [0, 1, 2])
    """
    with (
        file_of("scikit-learn", "sklearn", "datasets/data/digits.csv.gz") as file,
        gzip.open(file, "rt", encoding="ascii") as text,
    ):
        rows = [[int(number) for number in row] for row in csv.reader(text)]
        if not rows or any(len(row) != SIDE * SIDE + 1 or not 0 <= min(row) <= max(row) <= INK for row in rows):
            raise ValueError(f"a row holds {SIDE * SIDE} pixels from 0 to {INK} and a digit")
    return Dataset([[pixel / INK for pixel in row[:-1]] for row in rows], [row[-1] for row in rows])


def vowels() -> tuple[Dataset, Dataset]:
    """Nine men saying the vowels "ae": 270 utterances to train on, 30 of each man, and 370 others to test with.

    An utterance is a list of 7 to 29 frames, one every 6.4 ms, and a frame is a list of 12 numbers, which tell the shape of the
    mouth and the throat: the cepstrum of a linear prediction. A target is the speaker, 0 to 8.

    Source: M. Kudo, J. Toyama, M. Shimbo (1999), Multidimensional curve classification using passing-through regions, Pattern
    Recognition Letters 20; Japanese Vowels, UCI Machine Learning Repository, doi.org/10.24432/C5NS47, CC BY 4.0, as sktime
    carries it.

    >>> train, test = vowels()
    >>> len(train.rows), len(test.rows), len(train.inputs[0]), train.targets[0]
    (270, 370, 20, 0)
    """
    return utterances("TRAIN"), utterances("TEST")


def utterances(part: str) -> Dataset:
    """The utterances of a file in which a line is one of them: a list of numbers for each coefficient, and then the speaker."""
    inputs, targets = [], []
    with file_of("sktime", "sktime", f"datasets/data/JapaneseVowels/JapaneseVowels_{part}.ts") as file:
        for line in file.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "@")):
                *coefficients, speaker = line.split(":")
                curves = [[float(number) for number in curve.split(",")] for curve in coefficients]
                inputs.append([list(frame) for frame in zip(*curves, strict=True)])
                targets.append(int(speaker) - 1)
        if any(len(frame) != COEFFICIENTS for frames in inputs for frame in frames) or set(targets) != set(range(SPEAKERS)):
            raise ValueError(f"a line holds {COEFFICIENTS} curves of one length and one of {SPEAKERS} speakers")
    return Dataset(inputs, targets)


def names(kind: str = "girls") -> list[str]:
    """First names in the United States, of girls (4275) or of boys (1219), the most frequent first, in the letters a to z.

    Source: the census of 1990, in the public domain, as the package names carries it.

    >>> names("girls")[:3], names("boys")[:3]
    (['mary', 'patricia', 'linda'], ['james', 'john', 'robert'])
    """
    if kind not in NAMES:
        raise ValueError(f"there are names of 'girls' and of 'boys', got {kind!r}")
    with file_of("names", "names", NAMES[kind]) as file:
        found = [line.partition(" ")[0].lower() for line in file.read_text(encoding="ascii").splitlines()]
        if not found or not all(map(str.isalpha, found)):
            raise ValueError("a line begins with a name")
    return found


def karate_club() -> Club:
    """34 people of a karate club, the 78 pairs of them who met outside it too, and the two factions into which it split.

    Person 0 taught karate, and his faction is 0; person 33 was the head of the club, and of faction 1.

    Source: W. W. Zachary (1977), An information flow model for conflict and fission in small groups, Journal of Anthropological
    Research 33, as networkx (3-clause BSD) carries it.

    >>> club = karate_club()
    >>> len(club.ties), club.ties[0], club.factions[0], club.factions[33]
    (78, (0, 1), 0, 1)
    """
    try:
        from networkx import karate_club_graph  # 0.1 s
    except ModuleNotFoundError:
        raise missing("networkx", "networkx") from None
    graph = karate_club_graph()
    return Club(list(graph.edges), [int(club != graph.nodes[0]["club"]) for _, club in graph.nodes(data="club")])
