"""The engine in a browser: Python's steps to the bit, the way back, and what a hand changes."""

import math
from dataclasses import replace
from typing import Any

import pytest

from micrograd import Value, datasets, losses, nn, optim
from micrograd.engine import topological_order
from micrograd.training import fit
from tests.views.laboratory.engine import CASES, SignDescent, engine, exactly, experiment, in_python

LOOKS = [1, 10, 100, 1000]
SAME_BITS = ["squares", "batches"]  # arithmetic and roots alone: a function such as tanh is each browser's own
ALL_NUMBERS = "[training.p, ...training.memories, training.rows].map((numbers) => Array.from(numbers))"
NOW = f"JSON.stringify([{ALL_NUMBERS}, training.sums, training.pace])"


@pytest.mark.parametrize("name", SAME_BITS)
def test_where_nothing_but_arithmetic_is_computed_the_page_takes_pythons_steps_to_the_bit(name: str, open_page: Any) -> None:
    page = open_page(engine(CASES[name].experiment()))
    found = exactly(page, f"{LOOKS}.map((epoch) => {{ goToEpoch(epoch); return Array.from(training.p); }})")
    assert dict(zip(LOOKS, found, strict=True)) == in_python(CASES[name], LOOKS)
    assert exactly(page, f"{LOOKS}.map((epoch) => training.losses[epoch])") == list(
        CASES[name].experiment().python_losses().values()
    )


@pytest.mark.parametrize("name", sorted(CASES.keys() - set(SAME_BITS)))
def test_the_page_takes_pythons_steps(name: str, open_page: Any) -> None:
    page = open_page(engine(CASES[name].experiment()))
    found = exactly(page, "[1, 10, 100].map((epoch) => (goToEpoch(epoch), [...training.p, training.losses[epoch]]))")
    told = CASES[name].experiment().python_losses()
    for numbers, (epoch, expected) in zip(found, in_python(CASES[name], [1, 10, 100]).items(), strict=True):
        assert numbers == pytest.approx([*expected, told[str(epoch)]], rel=1e-6, abs=1e-9)


def test_the_loss_at_an_epoch_is_that_of_a_longer_run_of_fit(open_page: Any) -> None:
    case = CASES["moons"]
    model = case.model()
    history = fit(model, case.loss, case.data, case.optimizer(model.parameters()), epochs=61, progress=False, eager=False)
    page = open_page(engine(case.experiment()))
    found = exactly(page, "(goToEpoch(60), training.losses)")
    assert found == pytest.approx(history.losses, rel=1e-9)


def test_going_back_and_on_again_gives_the_same_bits_across_every_change(open_page: Any) -> None:
    """More epochs than are kept, so that most are computed again: from those kept, and from each change by hand."""
    page = open_page(engine(CASES["moons"].experiment()))
    page.evaluate(
        """() => {
          goToEpoch(5); setPace(0, 0.1);
          goToEpoch(7); setParameter(3, 0.25);
          goToEpoch(11); setEntry(2, 0, 0.5); setEntry(2, 1, -0.5);
          goToEpoch(13); setPace(1, 0.8); setParameter(0, -1);
          window.seen = [];
          for (; training.epoch < 2600; trainEpoch()) seen.push(NOW);
          seen.push(NOW);
        }""".replace("NOW", NOW)
    )
    visits = [2600, 13, 12, 2599, 14, 1201, 1200, 700, 701, 703, 1999, 2600, 13]
    assert exactly(page, f"{visits}.every((k) => (goToEpoch(k), (seen[k - 13] ?? {NOW}) === {NOW}))")
    assert exactly(page, "checkpoints.size") <= 1201
    before = exactly(page, f"[3, 5, 6, 7, 10, 11, 12, 13].map((k) => (goToEpoch(k), [{ALL_NUMBERS}, training.pace]))")
    again = exactly(page, f"[13, 12, 11, 10, 7, 6, 5, 3].map((k) => (goToEpoch(k), [{ALL_NUMBERS}, training.pace])).reverse()")
    assert before == again
    assert [pace for _, pace in before][0:2] == [[0.05, 0.9, 0.999, 1e-8, 0], [0.1, 0.9, 0.999, 1e-8, 0]]
    assert [rows[-1][4 + 2] for rows, _ in before[3:6]] == [before[0][0][-1][6], before[0][0][-1][6], 0.5]  # row 3 moved at 11
    assert exactly(page, "[training.ghosts.length, training.losses.length]") == [0, 2601]  # looking changes nothing


def test_a_change_in_the_past_leaves_a_ghost_and_marks_the_epoch(open_page: Any) -> None:
    page = open_page(engine(CASES["xor"].experiment()))
    old = exactly(page, "(goToEpoch(30), training.losses)")
    page.evaluate("() => { goToEpoch(10); setPace(0, 0.8); setPace(0, 1.6); goToEpoch(20); }")
    (ghost,) = exactly(page, "training.ghosts")
    assert ghost == {"from": 10, "losses": old, "text": "as given, learning rate 0.4"}
    assert exactly(page, "training.turns.map(({ epoch, text }) => [epoch, text])") == [[10, "learning rate 0.4 → 1.6"]]
    assert exactly(page, "training.losses.slice(0, 11)") == old[:11]
    assert exactly(page, "[0, 10, 11].map(followsPython)") == [True, True, False]
    page.evaluate("() => { goToEpoch(10); setPace(0, 0.4); goToEpoch(30); }")  # back to what it was
    assert exactly(page, "[training.losses, training.turns, training.touched]") == [old, [], False]
    page.evaluate("() => { setParameter(0, 2); setParameter(0, 3); setEntry(1, 2, 0.5); }")
    assert exactly(page, "[training.turns.map((turn) => turn.text), training.touched, training.epoch]") == [
        ["layer1.neuron1.w₁ = 3", "row 2 moved"],
        True,
        30,
    ]
    page.evaluate("() => begin()")
    assert exactly(page, "[training.losses, training.touched, training.rows]") == [
        old[:1],
        False,
        [0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0],
    ]
    assert len(exactly(page, "training.ghosts")) == 3


def test_training_stops_at_the_last_finite_loss_until_something_is_turned(open_page: Any) -> None:
    case = CASES["xor"]
    model = case.model()
    page = open_page(engine(experiment(model, case.loss, case.data, optim.SGD(model.parameters(), 1e200))))
    assert exactly(
        page, "[goToEpoch(50), training.stopped, training.losses.every(Number.isFinite), training.p.every(Number.isFinite)]"
    ) == [
        None,
        "the next step would make the loss inf: turn the learning rate down",
        True,
        True,
    ]
    stood = exactly(page, "training.epoch")
    assert stood < 50
    assert exactly(page, "[trainEpoch(), training.epoch]") == [False, stood]
    assert exactly(page, "(goToEpoch(0), setPace(0, 0.1), [training.stopped, trainEpoch(), training.epoch])") == [None, True, 1]


def test_the_gradient_is_the_mean_of_those_of_the_rows_and_each_is_that_of_backward(open_page: Any) -> None:
    case = CASES["moons"]
    page = open_page(engine(case.experiment()))
    found = exactly(
        page,
        "[goToEpoch(3), ...Array.from({ length: training.rowCount }, (_, row) => (lookAtRow(row), Array.from(look.slopes)))]",
    )[1:]
    places = exactly(page, "lab.parameters.map((_, k) => lab.nodes.findIndex((node) => node.p === k))")
    mean = [math.fsum(slopes[place] for slopes in found) / len(found) for place in places]
    assert exactly(page, "gradientOfAll") == pytest.approx(mean, rel=1e-12, abs=1e-15)
    model = case.model()
    for parameter, number in zip(model.parameters(), in_python(case, [3])[3], strict=True):
        parameter.data = number
    for x, y, slopes in zip(*case.data, found, strict=True):
        loss = case.loss([model(x)], [y])
        for node in topological_order(loss):
            node.grad = 0.0
        loss.backward()
        wanted = [parameter.grad for parameter in model.parameters()]
        assert [slopes[place] for place in places] == pytest.approx(wanted, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("seed", [0, 1, 12345, 2**40])
def test_a_seed_drawn_in_the_page_is_pythons(seed: int, open_page: Any) -> None:
    model = nn.MLP(2, [3, 2, 1], "relu", seed=5)
    page = open_page(engine(experiment(model, losses.mean_squared_error, datasets.xor(), optim.SGD(model.parameters(), 0.1))))
    start = exactly(page, f"startOfSeed({seed})")
    assert start == {"name": f"seed {seed}", "numbers": [p.data for p in nn.MLP(2, [3, 2, 1], "relu", seed=seed).parameters()]}


@pytest.mark.parametrize("name", ["moons", "batches"])
def test_the_next_number_of_a_parameter_is_what_the_next_step_gives(name: str, open_page: Any) -> None:
    page = open_page(engine(CASES[name].experiment()))
    steps = exactly(page, "(goToEpoch(4), training.steps)")
    foreseen = exactly(page, "lab.parameters.map((_, k) => nextParameter(k))")
    if steps == 1:
        assert foreseen == exactly(page, "(trainEpoch(), training.p)")
    else:  # the first step of the epoch, on its first batch
        follow = (
            "update(training.p, gradientOfBatch, training.memories, lab.stepsTaken + 4 * training.steps + 1, ...training.pace)"
        )
        assert foreseen == exactly(page, f"(nextGradient(0), {follow}, training.p)")


@pytest.mark.parametrize("ahead", [0, 5])
def test_it_goes_on_where_an_optimizer_stands_and_moves_what_that_moves(ahead: int, open_page: Any) -> None:
    """After 3 epochs in Python the rest in the page; the last neuron is held, and the first weight may be ahead."""
    model = nn.MLP(2, [2, 1], "tanh", seed=4)
    optimizer = optim.Adam(model.layers[0].parameters(), 0.1)
    fit(model, losses.mean_squared_error, datasets.xor(), optimizer, epochs=3, progress=False, eager=True)
    optimizer.steps_taken[0] += ahead
    page = open_page(engine(experiment(model, losses.mean_squared_error, datasets.xor(), optimizer)))
    fit(model, losses.mean_squared_error, datasets.xor(), optimizer, epochs=20, progress=False, eager=True)
    assert exactly(page, "(goToEpoch(20), training.p)") == pytest.approx([p.data for p in optimizer.parameters], rel=1e-12)


def test_the_settings_of_a_rule_of_ones_own_are_turned_as_in_python(open_page: Any) -> None:
    case = CASES["own"]
    page = open_page(engine(case.experiment()))
    assert exactly(page, "lab.settings.map((setting) => setting.name)") == ["learning rate", "softness"]
    found = exactly(page, "(setPace(1, 0.5), goToEpoch(7), training.p)")

    def softer(parameters: list[Value]) -> SignDescent:
        optimizer = SignDescent(parameters, 0.05)
        optimizer.softness = 0.5
        return optimizer

    assert found == pytest.approx(in_python(replace(case, optimizer=softer), [7])[7], rel=1e-9)


def test_the_loss_of_the_test_set_is_measured_at_every_epoch(open_page: Any) -> None:
    case = CASES["classes"]
    test = datasets.spirals(9, seed=1)
    page = open_page(engine(case.experiment(test=test)))
    found = exactly(page, "(goToEpoch(5), goToEpoch(2), training.testLosses)")
    model = case.model()
    for epoch, numbers in in_python(case, [1, 5]).items():
        for parameter, number in zip(model.parameters(), numbers, strict=True):
            parameter.data = number
        assert found[epoch] == pytest.approx(case.loss([model(row) for row in test.inputs], test.targets).data, rel=1e-12)
