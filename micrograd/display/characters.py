"""Text that was given to us, as it may stand in a terminal, an error or a page."""

from __future__ import annotations

LONGEST = 40  # characters of a name that are shown


def printable(text: str, most: int = LONGEST) -> str:
    r"""The text with characters that would not be seen written as in Python's source, and its middle left out beyond `most`.

    Control characters could move the cursor or name the window; marks of direction could turn what follows around.

    >>> printable("x_θ₁"), printable("bell\a, red\x1b[31m"), printable("w" * 1_000_000, most=9)
    ('x_θ₁', 'bell\\x07, red\\x1b[31m', 'www...www')
    """
    if len(text) <= most and text.isprintable():
        return text
    if len(text) > 2 * most:
        text = text[:most] + text[-most:]  # the middle would be left out all the same
    text = escaped(text)
    return text if len(text) <= most else text[: (most - 2) // 2] + "..." + text[-((most - 3) // 2) :]


def printable_lines(text: str) -> str:
    """A whole text in the same way; its lines may end.

    >>> printable_lines("a\\x1b[31mb\\nc")
    'a\\\\x1b[31mb\\nc'
    """
    return "\n".join(map(escaped, text.split("\n")))


def escaped(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
