"""Sums over rows, update rules and whole trainings in JavaScript: to the bit those of the python target."""

import math
import random
from collections.abc import Sequence

import pytest

import micrograd
from micrograd import losses
from micrograd.compiler.graph import Graph
from micrograd.compiler.javascript.functions import script, sums_function, update_function, values_function
from micrograd.compiler.listing import Listing, flatten
from micrograd.compiler.python.spelling import update_source
from micrograd.compiler.python.target import PythonSummer, loaded
from micrograd.compiler.rule import traced_rule
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.optim import SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp
from tests.compiler.javascript.conftest import Run
from tests.compiler.networks import data_of, numbers, rows_of
from tests.compiler.wild_graphs import same_bits

W = [Value(0.0)]
RULES = {
    "SGD": SGD(W, 0.1),
    "SGD with momentum": SGD(W, 0.1, momentum=0.9, weight_decay=0.01),
    "AdaGrad": AdaGrad(W, 0.1, weight_decay=0.01),
    "RMSProp": RMSProp(W, 0.01),
    "RMSProp with momentum": RMSProp(W, 0.01, momentum=0.5),
    "Adam": Adam(W, 0.01),
    "AdamW": AdamW(W, 0.01, betas=(0.95, 0.99)),
}


def gradient_of(model: MLP) -> Listing:
    x, y = [Value(0.5), Value(-0.5)], Value(1.0)
    return Graph([losses.half_mean_squared_error([model(x)], [y])], [*x, y], model.parameters()).gradient_listing()


def flat(rows: Sequence[Sequence[float]]) -> list[float]:
    return [number for row in rows for number in row]


def test_the_sums_over_batches_are_those_of_the_python_target(run: Run) -> None:
    """Of networks of relu and squares, in which nothing but arithmetic stands; the third is in parts. The last batch is short."""
    order = random.Random(0).sample(range(11), 11)
    batches, rows = (order[:4], order[4:8], order[8:]), rows_of(data_of(11))
    models = [MLP(2, layers, "relu", seed=1) for layers in ([3, 1], [8, 8, 1], [16, 16, 1])]
    listings = [gradient_of(model) for model in models]
    text = script([sums_function(f"gradient{place}", listing) for place, listing in enumerate(listings)])
    assert [f"gradient{place}Part2" in text for place in range(3)] == [False, False, True]
    call = """(rows, order, ...parameters) => parameters.flatMap((p, place) => {
      const sums = new Float64Array(p.length + 1), results = [];
      for (let first = 0; first < 11; first += 4) {
        const last = Math.min(first + 4, 11);
        [gradient0, gradient1, gradient2][place](rows, Int32Array.from(order), first, last, 1 / (last - first), p, sums);
        results.push(...sums);
      }
      return results;
    })"""
    expected = []
    for model, listing in zip(models, listings, strict=True):
        summer = PythonSummer(listing)
        for batch in batches:
            expected += summer.sums([(*rows[row], 1.0 / len(batch)) for row in batch], numbers(model))
    assert run(text, call, flat(rows), [float(row) for row in order], *map(numbers, models)) == expected
    assert any(expected)


def test_the_sums_of_a_function_that_is_cut_are_those_of_the_whole_one(run: Run) -> None:
    """An output may be an input, a constant, or the weight itself."""
    x, weight, p, c = Value(1.0), Value(1.0), Value(1.0), Value(3.0)
    listing = flatten([(p * x).tanh() * weight, x, c, weight, (p * x).exp() + x], [x, weight], [p])
    text = script([sums_function("whole", listing), sums_function("cut", listing, 1)])
    call = """(rows) => [whole, cut].flatMap((add) => {
      const sums = new Float64Array(5);
      add(rows, [2, 0, 1], 0, 3, 0.5, [0.25], sums);
      return [...sums];
    })"""
    sums = run(text, call, [1.0, -0.5, 0.125])
    assert sums[:5] == sums[5:]
    assert sums[1:4] == [0.625, 9.0, 1.5]


def test_no_rows_have_the_sum_0(run: Run) -> None:
    x, weight = Value(1.0), Value(1.0)
    text = script([sums_function("gradient", flatten([x * weight], [x, weight], []))])
    assert run(text, "(sums) => { gradient([], [], 0, 0, 1, [], sums); return sums; }", [7.0]) == [0.0]


def test_a_hundred_steps_of_every_rule_are_those_of_the_python_target(run: Run) -> None:
    """For three parameters; gradients of 0 and large ones are among theirs."""
    generator, start = random.Random(4), [0.5, -1.0, 2.0]
    slopes = [[generator.gauss(0.0, 1.0), generator.choice([0.0, 1.0]), 1e3 * generator.random()] for _ in range(100)]
    rules = {name: traced_rule(optimizer) for name, optimizer in RULES.items()}
    counts = [float(len(rule.outputs)) for rule in rules.values()]
    names = [f"update{place}" for place, _ in enumerate(rules)]
    call = f"""(start, slopes, counts) => [{", ".join(names)}].flatMap((update, place) => {{
      const p = start.slice(), memories = Array.from({{ length: counts[place] - 1 }}, () => new Float64Array(3));
      for (let step = 1; step <= 100; step += 1) update(p, slopes.subarray(3 * step - 3, 3 * step), memories, step, 0.01);
      return [p, ...memories].flatMap((numbers) => [...numbers]);
    }})"""
    text = script([update_function(name, rule) for name, rule in zip(names, rules.values(), strict=True)])
    got = iter(run(text, call, start, flat(slopes), counts))
    for name, rule in rules.items():
        update, parameters, memories = loaded("update", update_source, rule), [*start], [[0.0] * 3 for _ in rule.outputs[1:]]
        for step, gradients in enumerate(slopes, start=1):
            update(parameters, gradients, memories, float(step), 0.01)
        expected = [*parameters, *flat(memories)]
        assert same_bits([next(got) for _ in expected], expected), name


def test_a_rule_ends_with_the_shorter_of_parameters_and_gradients(run: Run) -> None:
    """So the sums, whose last number is the loss, may be handed over as they are; what is frozen comes last, and stays."""
    text = script([update_function("update", traced_rule(SGD(W, 0.1)))])
    call = "(p, gradients) => { update(p, gradients, [new Float64Array(2)], 1, 0.5); return p; }"
    assert run(text, call, [1.0, 1.0], [1.0, 2.0, 7.0]) == [0.5, 0.0]
    assert run(text, call, [1.0, 1.0, 3.0], [1.0, 2.0]) == [0.5, 0.0, 3.0]


def test_settings_that_are_inputs_of_a_rule_follow_the_learning_rate(run: Run) -> None:
    names = ["parameter", "gradient", "memory", "step", "rate", "momentum"]
    parameter, gradient, memory, step, rate, momentum = leaves = [Value(1.0, name) for name in names]
    moved = momentum * memory + gradient
    rule = flatten([parameter - rate * moved / step, moved], leaves, [])
    call = "(p, memory) => { update(p, [2], [memory], 4, 0.5, 0.25); return [...p, ...memory]; }"
    assert run(script([update_function("update", rule)]), call, [1.0], [8.0]) == [0.5, 4.0]  # 8/4 + 2; 1 - 0.5 * 4 / 4


def every_step(optimizer: Optimizer, model: MLP, steps: int) -> list[float]:
    """The losses of that many steps over all rows, by the python target."""
    x, y = [Value(0.5), Value(-0.5)], Value(1.0)
    loss = losses.half_mean_squared_error([model(x)], [y])
    program = micrograd.compile(loss, [*x, y], model.parameters(), target="python")
    return program.train(rows_of(data_of(8)), optimizer, steps, progress=False).tolist()


@pytest.mark.parametrize("make", [SGD, Adam], ids=["SGD", "Adam"])
def test_a_training_is_that_of_the_python_target(run: Run, make: type[Optimizer]) -> None:
    """200 epochs of a network of relu: losses and parameters to the bit."""
    model = MLP(2, [8, 1], "relu", seed=2)
    optimizer = make(model.parameters(), 0.0625)
    rule, before = traced_rule(optimizer), numbers(model)
    text = script([sums_function("gradient", gradient_of(model)), update_function("update", rule)])
    call = f"""(rows, p) => {{
      const sums = new Float64Array(p.length + 1), order = Int32Array.from({{ length: 8 }}, (_, row) => row);
      const memories = Array.from({{ length: {len(rule.outputs) - 1} }}, () => new Float64Array(p.length)), losses = [];
      for (let step = 1; step <= 200; step += 1) {{
        gradient(rows, order, 0, 8, 0.125, p, sums);
        losses.push(sums[p.length]);
        update(p, sums, memories, step, 0.0625);
      }}
      return [...losses, ...p];
    }}"""
    got = run(text, call, flat(rows_of(data_of(8))), before)
    expected = every_step(optimizer, model, 200)
    assert got == [*expected, *numbers(model)]
    assert expected[-1] < 0.1 * expected[0]


def test_values_are_those_of_the_model(run: Run) -> None:
    model = MLP(2, [5, 3], "relu", seed=1)
    x = [Value(0.5), Value(-0.5)]
    listing = flatten(model(x), x, model.parameters())
    call = "(x, p) => { const out = new Float64Array(3); outputs(x, p, out); return out; }"
    assert run(script([values_function("outputs", listing)]), call, [0.25, 1.0], numbers(model)) == [
        output.data for output in model([0.25, 1.0])
    ]
    assert all(math.isfinite(number) for number in numbers(model))
