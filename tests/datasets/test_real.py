"""Digits, vowels, names and the karate club: what is in them, and what is said where a package is missing or its file broken."""

import doctest
import gzip
import re
import string
import sys
from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from micrograd.datasets import digits, karate_club, names, packages, real, vowels

DIGITS, VOWELS = "datasets/data/digits.csv.gz", "datasets/data/JapaneseVowels/JapaneseVowels_{}.ts"


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)  # the same bytes at any time


def installed(package: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(find_spec(package) is None, reason=f"{package} is not installed: the extra notebooks")


@pytest.fixture
def carry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes the file of a package that stands before the installed one; it cannot be imported, only read."""

    def carry(package: str, path: str, content: bytes) -> None:
        file = tmp_path / package / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        (tmp_path / package / "__init__.py").write_text("raise RuntimeError('imported')")
        monkeypatch.delitem(sys.modules, package, raising=False)

    monkeypatch.syspath_prepend(tmp_path)
    return carry


# What is in the installed files, by the descriptions that their authors gave


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(function, marks=installed(package), id=function.__name__)
        for function, package in [(digits, "sklearn"), (vowels, "sktime"), (names, "names"), (karate_club, "networkx")]
    ],
)
def test_its_docstring_says_what_it_gives(function: Callable[..., Any]) -> None:
    (example,) = doctest.DocTestFinder().find(function, globs=vars(real).copy())
    assert example.examples
    assert not doctest.DocTestRunner().run(example).failed


@installed("sklearn")
def test_there_are_as_many_of_each_digit_as_in_the_description_of_the_test_set() -> None:
    data = digits()
    assert Counter(data.targets) == dict(enumerate([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]))
    assert {len(picture) for picture in data.inputs} == {64}
    assert {pixel * 16.0 for picture in data.inputs for pixel in picture} == set(range(17))


@installed("sktime")
def test_there_are_as_many_utterances_of_each_speaker_as_in_their_description() -> None:
    train, test = vowels()
    assert Counter(train.targets) == dict.fromkeys(range(9), 30)
    assert Counter(test.targets) == dict(enumerate([31, 35, 88, 44, 29, 24, 40, 50, 29]))
    frames = [frames for part in (train, test) for frames in part.inputs]
    assert min(map(len, frames)) == 7
    assert max(map(len, frames)) == 29
    assert {len(frame) for utterance in frames for frame in utterance} == {12}


@installed("names")
@pytest.mark.parametrize(("kind", "count"), [("girls", 4275), ("boys", 1219)])
def test_names_are_words_in_the_letters_a_to_z_and_none_is_there_twice(kind: str, count: int) -> None:
    found = names(kind)
    assert len(found) == len(set(found)) == count
    assert set("".join(found)) == set(string.ascii_lowercase)


@installed("names")
def test_names_are_of_girls_unless_asked_for_boys() -> None:
    assert names() == names("girls") != names("boys")


@installed("networkx")
def test_the_club_is_that_of_zachary() -> None:
    ties, factions = karate_club()
    assert len({frozenset(pair) for pair in ties}) == len(ties) == 78
    assert {person for pair in ties for person in pair} == set(range(34))
    assert Counter(factions) == {0: 17, 1: 17}
    friends = Counter(person for pair in ties for person in pair)
    assert (factions[0], friends[0]) == (0, 16)
    assert (factions[33], friends[33]) == (1, 17)
    assert (0, 33) not in ties
    assert (33, 0) not in ties


# How a file is read, by small ones of our own


def test_a_digit_is_its_pixels_in_sixteenths_and_then_the_digit(carry: Callable[..., None]) -> None:
    carry("sklearn", DIGITS, packed((",".join(["0", "16", "4"] + ["0"] * 61) + ",7\n").encode()))
    assert digits() == ([[0.0, 1.0, 0.25] + [0.0] * 61], [7])


def test_a_line_of_vowels_is_a_curve_for_each_number_and_a_speaker_counted_from_1(carry: Callable[..., None]) -> None:
    curves = ":".join(f"{number}.5,-{number}" for number in range(12))
    lines = "".join(f"{curves}:{speaker}\n" for speaker in range(1, 10))
    for part in ("TRAIN", "TEST"):
        carry("sktime", VOWELS.format(part), f"#a remark\n@data\n\n{lines}".encode())
    train, test = vowels()
    assert train == test
    assert train.inputs[0] == [[number + 0.5 for number in range(12)], [-float(number) for number in range(12)]]
    assert train.targets == list(range(9))


def test_a_line_of_names_begins_with_one(carry: Callable[..., None]) -> None:
    carry("names", "dist.male.first", b"BO  3.3 3.3 1\nAL  3.2 6.5 2\n")
    assert names("boys") == ["bo", "al"]


# What is refused

HINT = "python -m pip install -e '.[notebooks]'; xor, moons, circles and spirals work without it"


@pytest.mark.parametrize(
    ("read", "project", "package"),
    [
        (digits, "scikit-learn", "sklearn"),
        (vowels, "sktime", "sktime"),
        (names, "names", "names"),
        (karate_club, *["networkx"] * 2),
    ],
    ids=["digits", "vowels", "names", "karate_club"],
)
def test_a_missing_package_is_named(read: Any, project: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(ModuleNotFoundError, match=f"^this data set is part of {project}: {re.escape(HINT)}$") as error:
        read()
    assert error.value.name == package


WHOLE = packed(",".join(["0"] * 65).encode())


@pytest.mark.parametrize(
    ("read", "package", "path", "content", "why"),
    [
        (digits, "sklearn", "datasets/data/moved.gz", b"", "No such file"),
        (digits, "sklearn", DIGITS, b"0,1,2", "Not a gzipped file"),
        (digits, "sklearn", DIGITS, WHOLE[:-9], "ended before the end"),
        (digits, "sklearn", DIGITS, WHOLE[:10] + b"\xff" + WHOLE[11:], "while decompressing"),
        (digits, "sklearn", DIGITS, packed(b""), "a row holds 64 pixels from 0 to 16 and a digit"),
        (digits, "sklearn", DIGITS, packed(b"1,2\n"), "a row holds 64 pixels from 0 to 16 and a digit"),
        (digits, "sklearn", DIGITS, packed(b",".join([b"17"] * 65)), "a row holds 64 pixels from 0 to 16 and a digit"),
        (digits, "sklearn", DIGITS, packed(b"a\n"), "invalid literal"),
        (vowels, "sktime", VOWELS.format("TRAIN"), b"1,2:1,2:1\n", "a line holds 12 curves of one length and one of 9 speakers"),
        (vowels, "sktime", VOWELS.format("TRAIN"), b"1,2:1:1\n", "is shorter than argument 1"),
        (vowels, "sktime", VOWELS.format("TRAIN"), b"@data\n", "a line holds 12 curves of one length and one of 9 speakers"),
        (names, "names", "dist.female.first", b"", "a line begins with a name"),
        (names, "names", "dist.female.first", b"MARY 1\n2 3\n", "a line begins with a name"),
        (names, "names", "dist.female.first", "ZOÉ".encode(), "can't decode"),
    ],
    ids=[
        "moved", "not packed", "cut", "bent", "empty", "two numbers", "pixels of 17", "letters",
        "two curves", "curves of two lengths", "no line", "no name", "no letters", "another alphabet",
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_was_is_named(
    read: Any, package: str, path: str, content: bytes, why: str, carry: Callable[..., None]
) -> None:
    carry(package, path, content)
    project = {"sklearn": "scikit-learn"}.get(package, package)
    again = f"install it again: python -m pip install --force-reinstall {project}"
    with pytest.raises(ValueError, match=rf" is not the data that {project} came with \(.*{re.escape(why)}.*\); {again}$"):
        read()


def test_there_are_names_of_girls_and_of_boys() -> None:
    with pytest.raises(ValueError, match=r"^there are names of 'girls' and of 'boys', got 'female'$"):
        names("female")
