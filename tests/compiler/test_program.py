"""Programs: parameters, constants, the gradient, and what `compile` refuses."""

import copy
import importlib.util
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

import micrograd
from micrograd.compiler.llvm import machine as llvm_machine
from micrograd.engine import Value
from micrograd.optim import SGD
from tests.compiler.targets import every_target


@every_target
def test_parameters_are_read_at_each_call(target: str) -> None:
    w, x = Value(2.0), Value(1.0)
    program = micrograd.compile(w * x, [x], [w], target=target)
    assert program.evaluate([[3.0]]) == [6.0]
    w.data = 5.0
    assert program.evaluate([[3.0]]) == [15.0]
    assert x.data == 1.0


def test_a_leaf_that_is_neither_input_nor_parameter_is_a_constant() -> None:
    a, x = Value(2.0), Value(1.0)
    program = micrograd.compile(a * x, [x])
    a.data = 5.0
    assert program.evaluate([[3.0]]) == [6.0]


@every_target
def test_the_gradient_is_the_mean_and_sets_grad(target: str) -> None:
    w, unused, x = Value(2.0), Value(1.0), Value(1.0)
    w.grad = 100.0
    program = micrograd.compile(w * w * x, [x], [w, unused], target=target)
    assert program.gradient([[1.0], [3.0], [8.0]]) == pytest.approx(16.0)
    assert w.grad == pytest.approx(16.0)
    assert unused.grad == 0.0
    assert program.gradient([[1.0], [3.0]], weights=[3, 1]) == pytest.approx(4.0 * 1.5)
    assert w.grad == pytest.approx(4.0 * 1.5)


@every_target
def test_an_input_that_the_graph_does_not_use_is_read_and_changes_nothing(target: str) -> None:
    w, x, unused = Value(2.0), Value(1.0), Value(1.0)
    program = micrograd.compile(w * x, [unused, x], [w], target=target)
    assert program.evaluate([[100.0, 3.0], [200.0, 4.0]]) == [6.0, 8.0]
    assert (program.gradient([[100.0, 3.0], [200.0, 4.0]]), w.grad) == (7.0, 3.5)
    alone = micrograd.compile(w * w, [unused], [w], target=target)
    assert alone.evaluate([[7.0], [8.0]]) == [4.0, 4.0]
    alone.train([[7.0], [8.0]], SGD([w], 0.25), 1, progress=False)
    assert w.data == 1.0  # 2 - 4 / 4


def bad_calls() -> list[tuple[Callable[[], Any], type[Exception], str]]:
    a, b = Value(1.0, "a"), Value(2.0, "b")
    build: Any = micrograd.compile
    return [
        (lambda: build(a * b, [a], [a, b]), ValueError, r"^a is in both inputs and parameters; a leaf is set by"),
        (lambda: build(a * b, [a, a]), ValueError, r"^each leaf is listed once, and a is there twice in inputs$"),
        (lambda: build(a * b, [a * b]), TypeError, r"^the inputs of compile are leaf Values, and one is Value"),
        (lambda: build(a * b, a), TypeError, r"^the inputs of compile are a list of leaf Values, got Value"),
        (lambda: build(a * b, [a], [3.0]), TypeError, r"^the parameters of compile are leaf Values, and one is 3\.0"),
        (
            lambda: build(abs, [a]),
            TypeError,
            r"^compile takes the Value at the end of a graph, or a list of several, got <built-in.*call the",
        ),
        (
            lambda: build(3.0, [a]),
            TypeError,
            r"^compile takes the Value at the end of a graph, or a list of several, got 3\.0; pass the end",
        ),
        (lambda: build("ab", [a]), TypeError, r"^compile takes the Value at .*, got 'ab'; pass the end of a graph$"),
        (lambda: build([], [a]), ValueError, r"^compile takes the Value at .*, or a list of several, and this list is empty$"),
        (lambda: build([a, 3.0], [a]), TypeError, r"^compile takes the Value at .*, and output 2 of 2 is 3\.0$"),
        (
            lambda: build(a * b, [a], target="cuda"),
            ValueError,
            r"^there is no target 'cuda'; choose from python, llvm, numpy, jax$",
        ),
        (
            lambda: build(a * b, [a], target="c"),
            ValueError,
            r"^the c target is text to embed elsewhere, .*source\('c'\)",
        ),
        (
            lambda: build(a, [a]).source("js"),
            ValueError,
            r"^there is no target 'js'; choose from python, llvm, numpy, jax, c, javascript$",
        ),
    ]


@pytest.mark.parametrize(("call", "kind", "message"), bad_calls())
def test_bad_input_is_one_clear_sentence(call: Callable[[], Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call()


def test_the_documentation_says_that_a_python_if_cannot_be_seen() -> None:
    assert "It takes a graph, not a function: of a Python `if`" in (micrograd.compile.__doc__ or "")


@pytest.mark.parametrize("missing", ["llvmlite", "numpy"])
def test_without_its_packages_the_target_is_python_and_llvm_says_what_to_install(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == missing else found(name))
    monkeypatch.setitem(sys.modules, missing, None)
    llvm_machine.binding.cache_clear()
    x = Value(1.0)
    assert micrograd.compile(x * 2.0, [x]).target == "python"
    advice = r"python -m pip install -e '\.\[compile\]'; target='python' needs nothing"
    with pytest.raises(ModuleNotFoundError, match=rf"^target='llvm' needs llvmlite 0\.45 or later and numpy: {advice}$"):
        micrograd.compile(x * 2.0, [x], target="llvm")
    if missing == "llvmlite":
        with pytest.raises(ModuleNotFoundError, match=rf"^target='llvm' with exact needs llvmlite 0\.45 or later: {advice}$"):
            micrograd.compile(x * 2.0, [x], target="llvm", exact=True)
    else:
        assert micrograd.compile(x * 2.0, [x], target="llvm", exact=True).evaluate([[3.0]]) == [6.0]
        assert micrograd.compile(x * 2.0, [x], exact=True).target == "llvm"
    monkeypatch.undo()
    llvm_machine.binding.cache_clear()


def test_exact_machine_code_needs_no_numpy() -> None:
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "import micrograd; from micrograd.engine import Value; from micrograd.optim import SGD\n"
        "w, x = Value(2.0), Value(1.0)\n"
        "program = micrograd.compile(w * x, [x], [w], target='llvm', exact=True)\n"
        "program.train([[1.0], [2.0], [3.0]], SGD([w], 0.5), 1, batch_size=2, shuffle=False, progress=False)\n"
        "print(program.evaluate([[4.0]]), program.gradient([[1.0], [3.0]]), w.grad)"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout  # noqa: S603
    assert output == "[-1.0] -0.5 2.0\n"  # w is 2 - 0.5 * 1.5 - 0.5 * 3


def pickled(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))  # noqa: S301  (we made these bytes)


@every_target
@pytest.mark.parametrize("copied", [copy.deepcopy, pickled], ids=["deepcopy", "pickle"])
def test_a_used_program_is_copied_without_its_code_which_the_copy_makes_anew(copied: Callable[[Any], Any], target: str) -> None:
    w, c, x = Value(2.0, "w"), Value(0.5), Value(1.0, "x")
    program = micrograd.compile((w * x).tanh() + c, [x], [w], target=target)
    rows = [[0.5], [1.0], [2.0]]
    before = program.evaluate(rows), program.gradient(rows), list(program.train(rows, SGD([w], 0.0), 3))
    twin, (twin_w, optimizer) = copied((program, (w, SGD([w], 0.25))))
    assert (twin.evaluate(rows), twin.gradient(rows), list(twin.train(rows, SGD([twin_w], 0.0), 3))) == before
    assert twin.source() == program.source()
    twin.train(rows, optimizer, 1, progress=False)
    assert twin_w.data != w.data == 2.0
