"""What the page of a network shows, as data: its stages once, and the numbers of each example."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from micrograd.display.characters import printable
from micrograd.engine import Value
from micrograd.text.naming import subscripted
from micrograd.views.grids.finding import Grids
from micrograd.views.grids.shapes import Shape
from micrograd.views.grids.stages import Stage
from micrograd.views.grids.words import loss_name, operand_names
from micrograd.views.pages import plain

Numbers = list[float | str]


def payload_of(examples: Sequence[Grids], title: str, titles: Sequence[str]) -> dict[str, Any]:
    """The page's data. A ValueError if the examples are not rows through one network."""
    first = examples[0]
    for number, other in enumerate(examples, start=1):
        if plan_of(other) != plan_of(first):
            raise ValueError(
                f"explore shows rows that go through the same network, and number {number} takes another way than the first; "
                "give it one loss for each, computed by one model from inputs of one size, or one output alone"
            )
    inputs = [cell.data for grids in examples for stage in grids.stages if stage.kind == "input" for cell in stage.cells]
    ink = all(0.0 <= number <= 1.0 for number in inputs)
    return {
        "title": title,
        "parameters": len(first.parameters),
        "stages": [stage_data(stage, first, ink) for stage in first.stages],
        "loss": None if first.ends_in_cell else {"name": loss_name(first), "text": loss_text(examples)},
        "examples": [example_data(grids, name) for grids, name in zip(examples, titles, strict=True)],
    }


def plan_of(grids: Grids) -> list[Any]:
    """What is the same for all rows: the stages without their cells, and the parameters."""
    return [
        (
            *(stage.kind, stage.shape, stage.windows, stage.window, stage.activation, stage.text),
            [grids.stages.index(read) for read in stage.reads],
            [(*neuron.weights, neuron.bias) for neuron in stage.neurons],
        )
        for stage in grids.stages
    ]


def loss_text(examples: Sequence[Grids]) -> str:
    """The formula of a cross-entropy, and nothing for other losses."""
    targets = {grids.target for grids in examples}
    if None in targets or examples[0].probabilities is None:
        return ""
    return f"−log p({targets.pop() if len(targets) == 1 else 'target'})"


def stage_data(stage: Stage, grids: Grids, ink: bool) -> dict[str, Any]:
    data = {"kind": stage.kind, "name": printable(stage.name), **stage.shape._asdict()}
    if stage.kind == "input":
        return data | {"ink": ink, "cells": [subscripted(grids.names[cell]) for cell in stage.cells]}
    data |= {"reads": [grids.stages.index(read) for read in stage.reads], "windows": stage.windows}
    if stage.kind == "formula":
        return data | {"text": stage.text, "parts": operand_names(stage)}
    data["window"] = [window_data(window, stage.dilation) for window in stage.window]
    if stage.kind == "pool":
        return data | {"op": stage.text}
    biases = [neuron.bias for neuron in stage.neurons]
    return data | {
        "activation": stage.activation.symbol if stage.activation else None,
        "weights": [numbers(weight.data for weight in stage.weights(neuron)) for neuron in stage.neurons],
        "weightNames": [[own_name(weight, grids) for weight in stage.weights(neuron)] for neuron in stage.neurons],
        "bias": None if None in biases else numbers(bias.data for bias in biases if bias is not None),
    }


def window_data(window: Shape, dilation: tuple[int, int]) -> dict[str, Any]:
    data: dict[str, Any] = window._asdict()
    return data if dilation == (1, 1) else data | {"dilation": list(dilation)}


def own_name(value: Value, grids: Grids) -> str:
    """The name of a parameter without its groups."""
    return subscripted(grids.names[value].rpartition(".")[2])


def example_data(grids: Grids, title: str) -> dict[str, Any]:
    gradients = grids.gradients()
    neurons = [stage.neurons for stage in grids.stages]
    return {
        "title": title,
        "target": grids.target,
        "probabilities": None if grids.probabilities is None else numbers(grids.probabilities),
        "loss": plain(grids.output.data),
        "stages": [cell_data(stage, gradients) for stage in grids.stages],
        "weightGradients": [
            [numbers(gradients[weight] for weight in stage.weights(neuron)) for neuron in stage.neurons]
            if stage.neurons
            else None
            for stage in grids.stages
        ],
        "biasGradients": [
            [plain(gradients[neuron.bias]) for neuron in group if neuron.bias is not None] or None for group in neurons
        ],
    }


def cell_data(stage: Stage, gradients: Mapping[Value, float]) -> dict[str, Numbers | None]:
    """The numbers of the cells; of a layer with an activation those ahead of it too, and its slope at each."""
    data: dict[str, Numbers | None] = {
        "values": numbers(cell.data for cell in stage.cells),
        "gradients": numbers(gradients[cell] for cell in stage.cells),
    }
    if stage.neurons:
        data["before"] = numbers(node.data for node in stage.before)
        data["beforeGradients"] = numbers(gradients[node] for node in stage.before)
        data["slopes"] = numbers(cell.local_derivatives[0] for cell in stage.cells) if stage.activation else None
    return data


def numbers(given: Iterable[float]) -> Numbers:
    return [plain(number) for number in given]
