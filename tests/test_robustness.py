"""A short part of `python -m tests.robustness`, and that its tools see what is wrong."""

import os
from pathlib import Path
from typing import Any

import pytest
from mpmath import mp, mpf

from micrograd import ops
from micrograd.engine import Value, prepare_gradients, topological_order
from micrograd.ops import OPS, Op
from tests.robustness import graphs, mutants, threads
from tests.robustness.mutations import mutants_of
from tests.robustness.truth import CURVES, ROWS

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
beside_threads = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # of pytest's plugins


def is_found(word: str, most: int = 300) -> bool:
    """Whether one of so many random graphs leads to a sentence with that word."""
    findings = graphs.Findings()
    for seed in range(most):
        graphs.examine(seed, findings)
        if any(word in sentence for sentence in findings.wrong):
            return True
    return False


# --------------------------------------------------------------------------------------------------------------
# Random graphs
# --------------------------------------------------------------------------------------------------------------


def test_500_random_graphs_agree_with_50_digits() -> None:
    findings = graphs.Findings()
    for seed in range(1000, 1500):
        graphs.examine(seed, findings)
    assert findings.wrong == []
    assert min(findings.nodes, findings.gradients) > 2000
    assert min(findings.refusals, findings.end_to_end) > 50


def test_there_is_a_truth_for_every_row() -> None:
    assert set(OPS) == ROWS.keys()


@pytest.mark.parametrize(
    "op", [ops.div, ops.pow, ops.tanh, ops.hypot, ops.dot, ops.logsumexp, ops.gelu], ids=lambda op: op.symbol
)
@pytest.mark.parametrize("place", [0, -1], ids=["first", "last"])
def test_a_slope_that_is_off_by_a_millionth_is_found(op: Op, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    derivatives = op.derivatives

    def bent(*numbers: Any) -> tuple[float, ...]:
        slopes = list(derivatives(*numbers))
        slopes[place] *= 1.000001
        return tuple(slopes)

    monkeypatch.setattr(op, "derivatives", bent)
    assert is_found(op.symbol)


@pytest.mark.parametrize(
    ("op", "numbers"),
    [(ops.relu, [0.0]), (ops.maximum, [2.0, 2.0]), (ops.sign, [0.0]), (ops.sqrt, [0.0]), (ops.pow, [0.0, 0.5])],
    ids=lambda case: case.symbol if isinstance(case, Op) else None,
)
def test_a_row_with_another_convention_is_found(op: Op, numbers: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of a kink, and at the edge of a domain, its slope is 1 instead."""
    findings = graphs.Findings()
    graphs.compared(op, [Value(number) for number in numbers], {}, findings)
    assert findings.wrong == []
    monkeypatch.setattr(op, "derivatives", lambda out, *operands: (1.0,) * len(operands))
    graphs.compared(op, [Value(number) for number in numbers], {}, findings)
    assert "slope" in findings.wrong[0]


@pytest.mark.parametrize(("op", "numbers"), [(ops.log, [-1.0]), (ops.div, [1.0, 0.0])], ids=["log", "div"])
def test_a_number_where_there_is_none_and_an_error_where_there_is_one_are_found(
    op: Op, numbers: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = graphs.Findings()
    monkeypatch.setattr(op, "forward", lambda *operands: 1.0)
    monkeypatch.setattr(op, "derivatives", lambda out, *operands: (1.0,) * len(operands))
    graphs.compared(op, [Value(number) for number in numbers], {}, findings)
    assert "it has no value" in findings.wrong[0]
    monkeypatch.setattr(op, "forward", lambda *operands: 1.0 / 0.0)
    graphs.compared(op, [Value(2.0) for _ in numbers], {}, findings)
    assert "right is" in findings.wrong[1]


def test_a_sweep_that_forgets_the_second_use_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def backward(self: Value) -> None:
        order = topological_order(self)
        prepare_gradients(order)
        self.grad += 1.0
        for node in reversed(order):
            for parent, derivative in dict(zip(node.parents, node.local_derivatives, strict=True)).items():
                parent.grad += derivative * node.grad

    monkeypatch.setattr(Value, "backward", backward)
    assert is_found("gradient")


def test_a_sweep_in_the_wrong_order_is_found_where_all_local_derivatives_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    def backward(self: Value) -> None:
        order = topological_order(self)
        prepare_gradients(order)
        self.grad += 1.0
        for node in [order[-1], *reversed(order[:-1][::2]), *reversed(order[:-1][1::2])]:
            for parent, derivative in zip(node.parents, node.local_derivatives, strict=True):
                parent.grad += derivative * node.grad

    monkeypatch.setattr(Value, "backward", backward)
    assert is_found("gradient")


@pytest.mark.parametrize("op", list(CURVES), ids=lambda op: op.symbol)
def test_the_slope_of_a_curve_is_the_difference_quotient_of_its_value(op: Op) -> None:
    """The truth does not stand on formulas alone."""
    row, step = CURVES[op], mpf(10) ** -20
    for number in (0.3, 0.75):
        quotient = (row.value(number + step) - row.value(number - step)) / (2 * step)
        assert abs(quotient - row.slope(mpf(number))) < mpf(10) ** -25, mp.nstr(quotient)


# --------------------------------------------------------------------------------------------------------------
# Mutants
# --------------------------------------------------------------------------------------------------------------

SOURCE = '''def clipped(number, least=0.0):
    """At least 0 < 1."""
    if number < least and not math.isnan(number):
        raise ValueError(f"{number - 1} is too small")
    return [number + 2 * least, f"{number - least}"][:1]
'''


def test_mutants_are_small_mistakes_and_words_stay() -> None:
    changes = {mutant.after for mutant in mutants_of(SOURCE)}
    assert changes == {
        "def clipped(number, least=1.0):",
        "if (number < least or not math.isnan(number)):",
        "if (number < least):",
        "if (not math.isnan(number)):",
        "if (number <= least) and not math.isnan(number):",
        "if (number >= least) and not math.isnan(number):",
        "if number < least and math.isnan(number):",
        "return None",
        'return [(number - 2 * least), f"{number - least}"][:1]',
        'return [number, f"{number - least}"][:1]',
        'return [number + (2 / least), f"{number - least}"][:1]',
        'return [number + 2, f"{number - least}"][:1]',
        'return [number + 3 * least, f"{number - least}"][:1]',
        "return [number + 2 * least, f'{number + least}'][:1]",
        "return [number + 2 * least, f'{number}'][:1]",
        'return [number + 2 * least, f"{number - least}"][:]',
        'return [number + 2 * least, f"{number - least}"][:2]',
    }


@needs_fork
@beside_threads
def test_a_mutant_is_caught_by_the_doctest_of_its_file(tmp_path: Path) -> None:
    name = "compiler/schedule.py"
    copy, doctest = mutants.copied(tmp_path), [f"micrograd/{name}"]
    source = (copy / "micrograd" / name).read_text(encoding="utf-8")
    assert not mutants.fails(copy, doctest, name)
    batches = [mutant for mutant in mutants_of(source) if mutant.before.startswith("return [order[start")]
    assert len(batches) > 5
    assert all(mutants.fails(copy, doctest, name, mutant) for mutant in batches[:1])
    assert (copy / "micrograd" / name).read_text(encoding="utf-8") == source


def test_every_file_of_the_table_is_there() -> None:
    for name, tests in mutants.TESTS.items():
        assert (mutants.ROOT / "micrograd" / name).is_file()
        assert all((mutants.ROOT / test).exists() for test in tests)
    assert all((mutants.ROOT / test.partition("::")[0]).is_file() for test in mutants.SLOW)


# --------------------------------------------------------------------------------------------------------------
# Threads and processes
# --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [4, 32])
def test_threads_that_sweep_separate_graphs_give_the_numbers_of_one(count: int) -> None:
    assert threads.by_threads(40, count) == [threads.swept(seed) for seed in range(40)]


@needs_fork
@beside_threads
@pytest.mark.parametrize("target", ["python", "llvm"])
def test_a_forked_process_goes_on_with_graphs_programs_and_pictures(target: str) -> None:
    assert threads.after_fork(target) == threads.in_new_process(target)


@beside_threads
@pytest.mark.parametrize("method", threads.METHODS)
def test_processes_of_every_kind_give_the_same(method: str) -> None:
    assert threads.by_process(method, threads.in_new_process, "python") == threads.in_new_process("python")
