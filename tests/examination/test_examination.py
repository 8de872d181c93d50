"""Every bug is called by its name, where it shows first, and once; what is right passes, and what is not there yet is no bug."""

import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd import examine
from micrograd.examination import bugs
from micrograd.examination.bugs import Bug
from micrograd.examination.graphs import CASES
from tests.benchmarks.peers import MinimalValue, karpathy_engine
from tests.examination import broken_operations, broken_sweeps
from tests.examination.engines import HandsOnByFunctions, Right

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LIMITS = [bug.name for bug in bugs.LIMITS]
BROKEN = broken_operations.BROKEN + broken_sweeps.BROKEN
BUGS = [bug for bug in vars(bugs).values() if isinstance(bug, Bug)]


@pytest.mark.parametrize("engine", [micrograd.Value, Right])
def test_a_right_engine_passes_everything(engine: type) -> None:
    report = examine(engine)
    assert report, str(report)
    assert {finding.verdict for finding in report.findings} == {"PASS"}


@pytest.mark.parametrize(("engine", "bug", "examined"), BROKEN, ids=[engine.__name__ for engine, *_ in BROKEN])
def test_a_bug_is_named_once_where_it_shows_first(engine: type, bug: Bug, examined: str) -> None:
    report = examine(engine)
    assert not report
    assert [(found.name, found.examined) for found in report.bugs] == [(bug.name, examined)], str(report)


def test_every_bug_but_those_of_rare_kinds_has_an_engine_that_shows_it() -> None:
    shown = {bug.name for _, bug, _ in BROKEN}
    assert {bug.name for bug in BUGS} - shown == {
        bugs.LOCAL_DERIVATIVE.name, bugs.ORDER.name, bugs.SECOND_BACKWARD.name, *LIMITS
    }  # fmt: skip


def test_what_follows_from_a_bug_is_said_to_follow() -> None:
    class Assigns(Right):
        def pay(self) -> None:
            for parent, derivative in zip(self.parents, self.local_derivatives):
                parent.grad = derivative * self.grad

    report = examine(Assigns)
    (bug,) = report.bugs
    assert {"a * a", "a part that is used twice", "two outputs of one leaf"} <= set(report.following(bug))
    assert "Also wrong, probably for the same reason: a Value in two operations; a * b, and a once more; a * a;" in " ".join(
        str(report).split()
    )


def test_two_bugs_that_have_nothing_to_do_with_each_other_are_both_named() -> None:
    class Twice(Right):
        def relu(self) -> object:
            return self.made(max(0.0, self.data), (self,), (1.0,))

        def begin(self, order: object) -> None:
            self.grad = 1.0

    assert [bug.name for bug in examine(Twice).bugs] == [bugs.SHUT_RELU.name, bugs.LEFTOVER.name]


def test_the_same_slip_in_two_operations_is_two_bugs() -> None:
    class Turned(Right):
        def __sub__(self, other: object) -> object:
            right = self.operand(other)
            return self.made(self.data - right.data, (self, right), (1.0, 1.0))

        def sin(self) -> object:
            return self.made(math.sin(self.data), (self,), (-math.cos(self.data),))

    assert [(bug.name, bug.examined) for bug in examine(Turned).bugs] == [("wrong sign", "a - b"), ("wrong sign", "a.sin()")]


def test_a_long_chain_is_tried_only_where_all_below_it_is_right() -> None:
    longest = 0

    class Assigns(Right):
        def pay(self) -> None:
            for parent, derivative in zip(self.parents, self.local_derivatives):
                parent.grad = derivative * self.grad

        def order(self) -> list[object]:
            nonlocal longest
            order = super().order()
            longest = max(longest, len(order))
            return order

    assert not examine(Assigns)
    assert longest < 60  # the sixty doublings were not tried either


def test_what_does_not_end_is_tried_once() -> None:
    class Waits(Right):
        def backward(self) -> None:
            while True:
                pass

    report = examine(Waits)
    assert report.bugs[0].said == "a.backward() had not ended after 200,000 lines of Python."
    assert {finding.verdict for finding in report.findings if "backward" in finding.program} == {"FAIL", "NOT TRIED"}


def test_no_gradient_yet_may_be_none_as_in_pytorch() -> None:
    class Empty(Right):
        def __init__(self, data: float) -> None:
            super().__init__(data)
            self.grad = None

        def begin(self, order: Sequence[Any]) -> None:
            for node in order:
                node.grad = 0.0 if node.parents or node.grad is None else node.grad
            self.grad += 1.0

    assert examine(Empty)


def test_a_report_shows_the_program_the_numbers_the_cause_and_what_to_read() -> None:
    class Sums(Right):
        def made(self, data: float, parents: object, local_derivatives: object) -> object:
            return super().made(data, tuple(dict.fromkeys(parents)), local_derivatives)  # type: ignore[call-overload, arg-type]

    title, _, rest = str(examine(Sums)).partition("\n\n")
    assert re.fullmatch(r"Sums is wrong in 1 place: \d+ of \d+ cases pass\.", title)
    assert rest.startswith(
        "1. a + a: parents in a set\n"
        "       a = Value(3.0)\n"
        "       b = a + a\n"
        "       b.backward()\n"
        "   a.grad is 1.0, and should be 2.0: b is 2a.\n"
        "   a + a has two operands that are the same Value, and a set, or the keys of a dictionary, keep one of\n"
        "   them: use a tuple.\n"
        "   Read notebook 2, Why a topological order?\n"
    )


def test_in_a_notebook_the_graph_is_drawn_with_its_true_gradients_and_all_text_is_escaped() -> None:
    class Left(Right):
        def __mul__(self, other: object) -> object:
            raise ValueError("<b>")

    page = examine(Left)._repr_html_()
    assert "raised ValueError: &lt;b&gt;." in page
    assert page.count('alt="The graph, with its true gradients"') == 1


def test_a_number_that_is_far_off_is_told_apart_from_rounding() -> None:
    class Rounds(Right):
        def __truediv__(self, other: object) -> object:
            return self * self.operand(other).data ** -1 * (1.0 + 1e-15)

    assert "the number of a / b" not in [bug.examined for bug in examine(Rounds).bugs]


def test_floats_of_32_bits_are_right_too() -> None:
    class Single(Right):
        def __init__(self, data: float) -> None:
            super().__init__(np.float32(data))  # type: ignore[arg-type]

    assert float(Single(2.0).tanh().data) != math.tanh(2.0)
    assert examine(Single)


def test_what_is_not_there_yet_is_no_bug_and_no_pass() -> None:
    class Number:
        def __init__(self, data: float) -> None:
            self.data, self.grad = data, 0.0

    report = examine(Number)
    assert not report
    assert report.bugs == ()
    assert str(report).startswith(
        "Number is right as far as it goes: 1 of 1 case passes.\n\nNot there yet: a.backward(); a + b (__add__);"
    )


def test_a_gradient_that_is_not_there_yet_is_no_bug() -> None:
    class Begun(Right):
        def __init__(self, data: float) -> None:
            super().__init__(data)
            del self.grad

    report = examine(Begun)
    assert report.bugs == ()
    assert report.missing == ["a.grad"]


def test_what_an_engine_may_do_without_is_passed_over() -> None:
    class Plain(Right):
        tanh = relu = property()  # which no Value has

    assert examine(Plain)
    assert not any("tanh" in finding.examined for finding in examine(Plain).findings)


def test_a_method_that_is_still_a_stub_is_not_there_yet() -> None:
    class Begun(Right):
        def __neg__(self) -> object:
            raise NotImplementedError

        tanh = __neg__

    report = examine(Begun)
    assert not report
    assert report.bugs == ()
    assert report.missing == ["-a (__neg__)", "a - b (__sub__)", "1 - a (__rsub__)"]  # differences are made of it here


def test_what_is_made_of_an_operator_that_is_not_there_yet_is_no_bug() -> None:
    class Begun(Right):
        __neg__ = None  # type: ignore[assignment]
        __rmul__ = None  # type: ignore[assignment]

        def __rtruediv__(self, other: float) -> object:
            return other * self**-1

    report = examine(Begun)
    assert report.bugs == ()
    assert report.missing == ["-a (__neg__)", "2 * a (__rmul__)"]


def test_recursion_is_a_limit_and_no_bug() -> None:
    class Deep(Right):
        def order(self) -> list[object]:
            order: list[object] = []

            def visit(node: Right) -> None:
                if node not in order:
                    for parent in node.parents:
                        visit(parent)
                    order.append(node)

            visit(self)
            return order

    report = examine(Deep)
    assert report
    (limit,) = report.having("LIMIT")
    assert limit.name == bugs.DEEP.name
    assert "A limit. a chain of 10,000: a long chain is too deep" in str(report)


def test_functions_that_hand_on_the_gradient_are_a_limit_and_no_bug() -> None:
    report = examine(HandsOnByFunctions)
    assert report
    assert [limit.name for limit in report.having("LIMIT")] == [bugs.COPY.name]


def test_the_first_micrograd_has_two_bugs_and_two_limits() -> None:
    report = examine(karpathy_engine().Value)
    assert [bug.name for bug in report.bugs] == [bugs.LEFTOVER.name, bugs.MOVED.name]
    assert [limit.name for limit in report.having("LIMIT")] == LIMITS


def test_the_least_engine_of_the_benchmarks_leaves_gradients_inside() -> None:
    assert [bug.name for bug in examine(MinimalValue).bugs] == [bugs.LEFTOVER.name]


def test_what_their_class_prints_and_warns_of_stays_unseen(capsys: pytest.CaptureFixture[str]) -> None:
    class Talks(Right):
        def backward(self) -> None:
            print(self.data)
            super().backward()

    assert examine(Talks)
    assert capsys.readouterr().out == ""


def test_an_error_without_words_and_one_that_is_no_exception_are_told_like_others() -> None:
    class Mute(BaseException):
        def __str__(self) -> str:
            raise ValueError

    class Raises(Right):
        def __mul__(self, other: object) -> object:
            raise Mute

    (bug,) = examine(Raises).bugs
    assert (bug.name, bug.said) == (bugs.RAISES.name, "c = a * b raised Mute.")


def test_texts_that_grow_with_each_sum_take_no_memory() -> None:
    class Text(Right):
        def __init__(self, data: object) -> None:
            super().__init__(str(data))  # type: ignore[arg-type]

    (bug,) = examine(Text).bugs
    assert (bug.name, bug.examined) == (bugs.START.name, "a new Value")


def test_what_a_class_answers_for_every_name_is_no_operator() -> None:
    class Answers(Right):
        def __getattr__(self, name: str) -> object:
            if name not in ("__abs__", "__rpow__"):
                raise AttributeError
            return len  # which neither abs(a) nor 2 ** a asks for: they look in the class

    assert examine(Answers)


def test_ctrl_c_goes_through_and_the_trace_is_taken_off() -> None:
    class Interrupted(Right):
        def backward(self) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examine(Interrupted)
    assert sys.gettrace() is None


def test_the_trace_of_a_debugger_stays() -> None:
    before = sys.gettrace()

    def trace(frame: FrameType, event: str, argument: object) -> None: ...

    sys.settrace(trace)
    try:
        report = examine(Right)
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert report
    assert after is trace


def two_arguments(self: object, data: float, label: str) -> None: ...


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Right(1.0), r"examine needs a class, got Right; pass the class itself, examine\(Value\)"),
        (
            type("Pair", (), {"__init__": two_arguments}),
            r"Values of one number each, and Pair\(3.0\) raised TypeError: .*default",
        ),
        (type("Empty", (), {"__init__": lambda self, number: None}), r"keeps its number in data, and Empty\(3.0\) has none; set"),
    ],
)
def test_a_class_that_cannot_be_examined_gets_one_sentence(given: type, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        examine(given)


def test_cases_stand_on_earlier_ones() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    assert all(used in names[:index] for index, case in enumerate(CASES) for used in case.uses)


@pytest.mark.parametrize("read", sorted({bug.read for bug in BUGS}))
def test_what_to_read_is_a_notebook_of_ours(read: str) -> None:
    number, title = re.fullmatch(r"notebook (\d), (.*)", read).groups()  # type: ignore[union-attr]
    (notebook,) = NOTEBOOKS.glob(f"0{number}_*.ipynb")
    assert f"# {number} · {title}" in notebook.read_text(encoding="utf-8")
