"""What travels to the laboratory's page: the experiment as data, and the functions that compute with it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from micrograd.compiler.listing import Listing
from micrograd.compiler.rule import Setting
from micrograd.display.characters import printable
from micrograd.nn import MLP, Layer, Module, Neuron, Sequential
from micrograd.text.naming import subscripted
from micrograd.views.laboratory.experiment import Experiment
from micrograd.views.laboratory.network import Network
from micrograd.views.numbers import every_number


def payload(experiment: Experiment, network: Network, title: str, starts: Any, boundary: float | None) -> dict[str, Any]:
    """Everything that the page knows of the experiment, ready to become JSON."""
    optimizer = experiment.task.optimizer
    names = network.diagram.names
    return {
        "version": 1,
        "title": title,
        "lossName": name_of(experiment.task.loss),
        "optimizer": printable(type(optimizer).__name__, 60),
        "parameters": [subscripted(names[parameter]) for parameter in experiment.parameters],
        "inputs": len(experiment.inputs),
        "inputNames": [subscripted(leaf.label or "") for leaf in experiment.inputs],
        "targetNames": [subscripted(leaf.label or "") for leaf in experiment.targets],
        "kind": experiment.kind,
        "rows": experiment.rows,
        "test": experiment.test,
        **network.data(),
        "starts": experiment.starts(starts),
        "limits": experiment.limits(),
        "memories": experiment.memories,
        "stepCount": optimizer.step_count,
        "stepsTaken": optimizer.steps_taken[experiment.places[0]],
        "settings": settings_of(experiment),
        "batchSize": experiment.batch_size,
        "seed": experiment.seed if abs(experiment.seed) < 2**53 else str(experiment.seed),  # a number of JavaScript has 53 bits
        "boundary": boundary,
        "python": experiment.python_losses(),
        "code": code_of(experiment),
    }


def listings(experiment: Experiment, network: Network) -> Mapping[str, Listing]:
    """What the page computes, by the name of the function."""
    rule, _ = experiment.rule_and_settings
    return {
        "gradient": experiment.gradient,
        "update": rule,
        "rowNumbers": every_number(network.diagram, experiment.row_loss.leaves, experiment.parameters),
        "surface": network.surface(),
        "rowLoss": network.row_loss(),
    }


def name_of(function: Any) -> str:
    return printable(str(getattr(function, "__name__", type(function).__name__)), 60)


# --------------------------------------------------------------------------------------------------------------
# Sliders
# --------------------------------------------------------------------------------------------------------------


def settings_of(experiment: Experiment) -> list[dict[str, Any]]:
    """The learning rate and every other setting, each with the range of its slider."""
    _, settings = experiment.rule_and_settings
    rate = Setting("learning_rate", None, experiment.task.optimizer.learning_rate)
    return [slider(setting) for setting in [rate, *settings]]


def slider(setting: Setting) -> dict[str, Any]:
    """Two decades up and down around a small number; a straight scale where 0 or a share near 1 is."""
    number = setting.number
    if number == 0.0 and setting.attribute == "learning_rate":
        low, high, scale = 1e-4, 10.0, "log"
    elif number < 0.0 or number == 0.0:
        high = abs(2.0 * number) or (0.99 if "momentum" in setting.attribute else 0.1)
        low, scale = min(2.0 * number, 0.0), "linear"
    elif 0.5 <= number < 1.0 and setting.attribute != "learning_rate":
        low, high, scale = 0.0, max(0.9999, number), "linear"
    else:
        decade = math.log10(number)
        low, high, scale = 10.0 ** math.floor(decade - 2.0), 10.0 ** min(math.ceil(decade + 2.0), 308), "log"
    return {"name": setting.name, "value": number, "low": low, "high": high, "scale": scale}


# --------------------------------------------------------------------------------------------------------------
# Words
# --------------------------------------------------------------------------------------------------------------


def title_of(model: Module) -> str:
    """2-8-8-1 of a network of ours, else what its class is called."""
    if type(model) is Neuron:
        return f"{len(model.weights)}-1"
    layers: Sequence[Any] = model.layers if isinstance(model, (MLP, Sequential)) else [model]
    if not all(type(layer) is Layer for layer in layers):
        return printable(type(model).__name__)
    return "-".join(map(str, [len(layers[0].neurons[0].weights), *(len(layer.neurons) for layer in layers)]))


def code_of(experiment: Experiment) -> str:
    """The lines that train so in Python, after `from micrograd import *`."""
    task = experiment.task
    settings = repr(task.optimizer).partition("(")[2] or ")"
    optimizer = f"{module_of(type(task.optimizer))}{type(task.optimizer).__name__}(model.parameters(), {settings}"
    loss = f"{module_of(task.loss)}{name_of(task.loss)}"
    batches = f", batch_size={experiment.batch_size}, seed={experiment.seed}" if experiment.batch_size else ""
    return (
        f"model = {making(task.model)}\n"
        f"optimizer = {optimizer}\n"
        f"history = fit(model, {loss}, data, optimizer, epochs=1000{batches})\n"
    )


def making(model: Any) -> str:
    """The text that makes a model of this shape, with what is not ours as if it took nothing."""
    if type(model) is Sequential:
        return f"nn.Sequential({', '.join(map(making, model.layers))})"
    if not isinstance(model, Module):
        return name_of(model)
    return f"{module_of(type(model))}{model!r}" if type(model).__repr__ is not object.__repr__ else f"{type(model).__name__}()"


def module_of(thing: Any) -> str:
    """How something of ours is reached: nn., optim. or losses.; empty for what is the reader's own."""
    package, _, room = getattr(thing, "__module__", "").partition(".")
    room = room.partition(".")[0]
    return f"{room}." if package == "micrograd" and room in ("nn", "optim", "losses") else ""
