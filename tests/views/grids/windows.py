"""Whether the cells of a page are what their windows say."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from micrograd.ops import row

POOLS: dict[str, Callable[[Sequence[float]], float]] = {
    "mean": lambda window: sum(window) / len(window),
    "sum": sum,
    "max": max,
}


def check_cells(data: dict[str, Any]) -> None:
    """Every layer and every pool of the first example, computed anew from the stages that it reads."""
    example = data["examples"][0]
    for stage, shown in zip(data["stages"], example["stages"], strict=True):
        if stage["kind"] in ("filters", "dense"):
            check_layer(stage, shown, read(stage, example))
        elif stage["kind"] == "pool":
            source = data["stages"][stage["reads"][0]]
            values, size = read(stage, example), source["rows"] * source["columns"]
            for number, value in enumerate(shown["values"]):
                channel, place = divmod(number, len(stage["windows"]))
                window = [values[channel * size + cell] for cell in stage["windows"][place]]
                assert value == pytest.approx(POOLS[stage["op"]](window))


def check_layer(stage: dict[str, Any], shown: dict[str, Any], values: list[float]) -> None:
    """Weights times the window, the bias, the activation, and the way back through that."""
    biases = stage["bias"] or [0.0] * stage["channels"]
    assert len(stage["weights"]) == len(stage["weightNames"]) == stage["channels"]
    assert sum(w["channels"] * w["rows"] * w["columns"] for w in stage["window"]) == len(stage["windows"][0])
    for number, before in enumerate(shown["before"]):
        channel, place = divmod(number, len(stage["windows"]))
        window = [values[cell] for cell in stage["windows"][place]]
        products = [weight * value for weight, value in zip(stage["weights"][channel], window, strict=True)]
        assert sum(products) + biases[channel] == pytest.approx(before)
    op = stage["activation"] and row(stage["activation"])
    assert shown["values"] == ([op(before) for before in shown["before"]] if op else shown["before"])
    slopes = shown["slopes"] or [1.0] * len(shown["values"])
    passed = [slope * gradient for slope, gradient in zip(slopes, shown["gradients"], strict=True)]
    assert shown["beforeGradients"] == pytest.approx(passed)


def read(stage: dict[str, Any], example: dict[str, Any]) -> list[float]:
    """The values of all stages that this one reads, one after the other, and at the end the 0 that -1 stands for."""
    return [value for number in stage["reads"] for value in example["stages"][number]["values"]] + [0.0]
