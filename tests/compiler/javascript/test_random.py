"""Python's random numbers in JavaScript."""

import json
import random
from typing import Any

import pytest

from micrograd.compiler.schedule import Schedule
from micrograd.views.pages import file_text

SEEDS: list[int | str] = [
    0, 1, -3, 2**31, 2**32 - 1, 2**32, 2**64 + 3, 10**50, 7**1000, 7**8000, "", "0, 5", "-1, 100", "moons θ₁ 🌙",
    "x" * 111, "x" * 112, "x" * 300,
]  # fmt: skip


@pytest.fixture
def draw(open_page: Any) -> Any:
    """Evaluates a function of a seed in a page with random.js."""
    page = open_page(f"<!DOCTYPE html><meta charset='utf-8'><script>{file_text('shared/random.js')}</script>")

    def draw(function: str, *arguments: Any) -> Any:
        texts = ", ".join(f"{argument:#x}n" if isinstance(argument, int) else json.dumps(argument) for argument in arguments)
        return page.evaluate(f"({function})({texts})")

    return draw


def test_the_numbers_of_a_seed_are_those_of_python(draw: Any) -> None:
    """Whole numbers of any size and texts; so many that the state is renewed twice."""
    call = """(seed) => {
      const random = new PythonRandom(seed);
      const numbers = Array.from({ length: 700 }, () => random.random());
      const bits = Array.from({ length: 32 }, (_, count) => random.getrandbits(count + 1));
      return [...numbers, ...bits, random.uniform(-0.3, 0.7)];
    }"""
    for seed in SEEDS:
        generator = random.Random(seed)
        numbers: list[float] = [generator.random() for _ in range(700)]
        numbers += [generator.getrandbits(count) for count in range(1, 33)]
        assert draw(call, seed) == [*numbers, generator.uniform(-0.3, 0.7)], seed


def test_a_whole_number_of_javascript_is_a_seed_too(draw: Any) -> None:
    assert draw("() => new PythonRandom(2 ** 40).random()") == random.Random(2**40).random()


def test_a_list_is_shuffled_as_in_python(draw: Any) -> None:
    for length in (0, 1, 2, 3, 4, 5, 31, 32, 33, 1000):
        numbers = list(range(length))
        random.Random(length).shuffle(numbers)
        call = f"(seed) => {{ const list = [...Array({length}).keys()]; new PythonRandom(seed).shuffle(list); return list; }}"
        assert draw(call, length) == numbers


def test_an_epoch_takes_the_rows_in_the_order_of_the_schedule(draw: Any) -> None:
    """Two rows a step: epoch 3 of 101 rows comes after 3 * 51 steps, and those that were taken before."""
    for seed, first in ((0, 0), (-5, 12), (2**70, 3)):
        schedule = Schedule(101, 9, batch_size=2, seed=seed, first_step=first)
        assert draw(f"(seed) => [...epochOrder(101, seed, {first + 3 * 51})]", seed) == schedule.order(3)
    assert draw("() => epochOrder(5, 0, 0) instanceof Int32Array")
