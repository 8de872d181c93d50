"""What tests ask of a player's page in the browser."""

from collections.abc import Callable
from typing import Any

Page = Any  # Playwright's; it may be absent
OpenPlayer = Callable[..., Page]

STATE = """JSON.stringify([...document.querySelectorAll(".graph *, .panel *, .track input")].map((element) => [
    [...element.classList].sort(), element.getAttribute("style"),
    element.children.length ? "" : element.textContent, element.value,
]))"""


def count(page: Page) -> int:
    return int(page.evaluate("steps.length"))


def go(page: Page, position: int) -> None:
    page.evaluate("position => goTo(position, true)", position)


def formula(page: Page) -> str:
    return str(page.inner_text(".formula"))


def position(page: Page) -> int:
    return int(page.evaluate("position"))


def state(page: Page) -> str:
    """Everything of the page that a step may change, classes in the order of the alphabet."""
    return str(page.evaluate(STATE))
