"""Tables as text and as HTML: nothing of what stands in them is obeyed, and no width leaves them empty."""

import pytest

from micrograd.display import tables

HOSTILE = "\x1b[31m\u202e[bold]<b>\x00"
SEEN = r"\x1b[31m\u202e[bold]<b>\x00"


@pytest.mark.parametrize("width", [-1, 0, 1, 39, 40, 120])
def test_a_table_in_any_width_has_every_cell(width: int) -> None:
    headings = ["input", "autodiff", "measured", "gap", "verdict", "hint", "note"]
    text = tables.text("Seven columns", headings, [list("abcdefg")], width=width)
    assert all(letter in text.split("╇")[-1] for letter in "abcdefg")
    assert {len(line) for line in text.splitlines()[1:]} <= set(range(41 if width < 41 else width))


def test_text_from_outside_is_seen_and_not_obeyed() -> None:
    text = tables.text(HOSTILE, [HOSTILE], [[HOSTILE], ["two\nlines"], ["x" * 5000]])
    assert text.count(SEEN) == 3
    assert "│ two " in text
    assert all(character.isprintable() or character == "\n" for character in text)
    assert text.count("x") < 2100
    html = tables.html(HOSTILE, [HOSTILE], [[HOSTILE]])
    assert html.count(SEEN.replace("<", "&lt;").replace(">", "&gt;")) == 3
    assert html.isprintable()


def test_a_table_without_rows_is_its_headings() -> None:
    assert "name" in tables.text("", ["name"], [])
    assert tables.html("", ["name"], []).endswith("<tbody></tbody></table>")
