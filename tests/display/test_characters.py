"""Text from outside as it is shown: every character seen, none of them obeyed, and never long."""

import sys
import unicodedata

import pytest

from micrograd import Value
from micrograd.display.characters import printable
from micrograd.engine import topological_order
from micrograd.text.naming import node_names


@pytest.mark.parametrize("text", ["", "x", "layer1.neuron2.w1", "θ₁ · ∂", "é e\u0301 ж 重", "</script>", "[bold]", "x" * 40])
def test_what_can_be_seen_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", r"a\x00b"),
        ("\x1b[31m", r"\x1b[31m"),  # red
        ("\x1b]0;title\a", r"\x1b]0;title\x07"),  # the title of the window
        ("\x9b2J", r"\x9b2J"),  # the screen cleared, by one character above ASCII
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\u202egrad", r"\u202egrad"),  # from right to left
        ("a\u200bb\ufeff", r"a\u200bb\ufeff"),  # no width at all
        ("a\u2028b", r"a\u2028b"),
        ("\ud800", r"\ud800"),  # half a pair: no text that UTF-8 can write
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_cannot_be_seen_is_written_as_in_source(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_nothing_that_moves_a_cursor_or_is_no_character_of_xml_is_left() -> None:
    for code in range(sys.maxunicode + 1):
        shown = printable(chr(code))
        assert {unicodedata.category(c)[0] for c in shown} <= set("LMNPS") or shown == " "


@pytest.mark.parametrize("most", range(5, 60))
@pytest.mark.parametrize("unit", ["x", "\x1b", "\u202ex"])
def test_long_text_keeps_its_ends_and_the_length_asked_for(most: int, unit: str) -> None:
    for count in (most - 1, most, most + 1, 2 * most, 2 * most + 1, 100_000):
        text = f"<{unit * (count - 2)}>"
        shown = printable(text, most)
        assert len(shown) <= most
        assert shown[0] + shown[-1] == "<>"
        assert len(shown) == most or "..." not in shown


def test_names_of_nodes_are_made_visible_and_stay_apart() -> None:
    one, two = Value(1.0, "\x1b[2J"), Value(2.0, "\x1b[2J")
    assert list(node_names(topological_order(one * two)).values()) == [r"\x1b[2J", r"\x1b[2J#2", "out"]
