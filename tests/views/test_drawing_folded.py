"""The picture of a folded graph: a card for each array, and on a line the part of it that is read."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from micrograd import draw
from micrograd.folding import Folded, fold
from micrograd.tensors.arrays import Array, View
from micrograd.views.picture import Picture
from micrograd.views.programs import view_text
from micrograd.views.themes import palette
from tests.tensors.examples import EXAMPLES
from tests.views.graphs import texts


def folded(name: str) -> Folded:
    example = EXAMPLES[name]()
    return fold(example.loss, example.inputs, example.parameters)


def cards(picture: Picture) -> int:
    return len(re.findall(r"^\s*n\d+ \[label", picture.source, re.MULTILINE))


def test_each_array_has_one_card_with_its_name_shape_and_operation() -> None:
    program = folded("xor")
    picture = draw(program)
    written = texts(picture)
    assert all(written.count(name) == 1 for name in ("W₁", "b₁", "z₁", "loss", "dz1", "dW1"))
    assert {"W₁", "3×2", "x", "rows×2", "z₁", "rows×3", "ReLU", "relu", "loss", "dW1", "dot over rows"} <= set(written)
    assert repr(picture).startswith(f"<Picture of the program of {cards(picture)} arrays; ")


def test_forward_and_backward_are_framed_and_told_apart() -> None:
    source = draw(folded("xor")).source
    assert source.count("<B>forward</B>") == source.count("<B>backward</B>") == 1
    backward = source[source.index("<B>backward</B>") :].partition("}")[0]
    numbers = re.findall(r"^\s+(n\d+)$", backward, re.MULTILINE)
    tile = palette("light")["tile-group"]
    coloured = re.findall(rf'^\s*(n\d+) \[label=<(?:(?!>>).)*"{tile}"', source, re.MULTILINE)
    assert sorted(numbers) == sorted(coloured)
    assert len(numbers) >= 7  # dv, dh, dz, and four gradients


def test_a_weight_is_read_for_each_row_forward_and_transposed_on_the_way_back() -> None:
    written = texts(draw(folded("4-4-4-4")))
    assert "each row" in written
    assert "transposed" in written


def test_a_convolution_reads_windows() -> None:
    assert "windows" in texts(draw(folded("cnn")))


PARTS = Array("input", (4, 6), rows=True)
WEIGHTS = Array("parameter", (4, 6))
READER = Array("+", (4, 6), rows=True)


@pytest.mark.parametrize(
    ("view", "text"),
    [
        (PARTS.view(), ""),
        (WEIGHTS.view(), "each row"),
        (View(PARTS, (6, 4), 0, (1, 6)), "transposed"),
        (View(PARTS, (4, 2), 2, (6, 1)), "[:, :, 2:4]"),
        (View(PARTS, (6,), 12, (1,)), "[:, 2]"),
        (View(PARTS, (4,), 3, (6,)), "[:, :, 3]"),
        (View(PARTS, (2, 4), 2, (1, 6)), "[:, :, 2:4] transposed"),
        (View(PARTS, (4, 5, 2), 0, (6, 1, 1)), "windows"),
        (View(PARTS, (4, 6), 5, (6, -1)), "reversed"),
        (View(PARTS, (2,), table=np.array([1, 7])), "gathered"),
        (View(None, (2,), number=2.0), ""),
    ],
)
def test_the_part_that_is_read_is_said_in_a_few_characters(view: View, text: str) -> None:
    assert view_text(view, READER) == text


@pytest.mark.parametrize("name", ["cnn", "rnn", "attention", "physics", "pruned"])
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_larger_programs_are_drawn(name: str, direction: str) -> None:
    picture = draw(folded(name), direction=direction)
    assert ElementTree.fromstring(picture.pipe("svg")).tag.endswith("svg")  # noqa: S314 - our own


def test_a_hostile_name_is_text() -> None:
    program = folded("xor")
    program.arrays[0].name = "</TABLE>> & \\N"
    assert "&lt;/TABLE&gt;&gt;…" in draw(program).source
