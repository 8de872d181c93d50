"""Scripts that run in Chromium on doubles, which go there and come back bit for bit."""

import struct
from array import array
from collections.abc import Callable, Sequence
from typing import Any

import pytest

Run = Callable[..., list[float]]

DOUBLES = """\
function doublesOf(text) {
  const view = new DataView(Uint8Array.from(text.match(/../g) || [], (byte) => parseInt(byte, 16)).buffer);
  return Float64Array.from({ length: view.byteLength / 8 }, (_, place) => view.getFloat64(8 * place));
}
function textOf(numbers) {
  const view = new DataView(new ArrayBuffer(8 * numbers.length));
  numbers.forEach((number, place) => view.setFloat64(8 * place, number));
  return Array.from(new Uint8Array(view.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
"""


@pytest.fixture
def run(open_page: Callable[..., Any]) -> Run:
    """`run(script, function, numbers, ...)`: what a function of Float64Arrays gives in a page with the script."""

    def run(script: str, function: str, *arrays: Sequence[float]) -> list[float]:
        page = open_page(f"<!DOCTYPE html><meta charset='utf-8'><script>{DOUBLES}</script><script>{script}</script>")
        texts = [struct.pack(f">{len(numbers)}d", *numbers).hex() for numbers in arrays]
        answer = page.evaluate(f"(texts) => textOf(({function})(...texts.map(doublesOf)))", texts)
        numbers = array("d", bytes.fromhex(answer))
        numbers.byteswap()
        return list(numbers)

    return run
