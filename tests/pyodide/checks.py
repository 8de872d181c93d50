"""What works in Pyodide, and what is said of the rest; run.sh runs it there. No browser, no Graphviz, no NumPy, no threads."""

import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import micrograd
from micrograd import Value, nn
from micrograd.__main__ import main
from micrograd.losses import half_mean_squared_error
from micrograd.optim import SGD

XOR = ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0])


def product_and_sum() -> tuple[Value, Value, Value]:
    """f = (a * b) * (a + b) at a = -2, b = 3, whose gradients are b (2a + b) = -3 and a (a + 2b) = -8."""
    a, b = Value(-2.0, label="a"), Value(3.0, label="b")
    f = (a * b) * (a + b)
    f.label = "f"
    f.backward()
    return f, a, b


def trained() -> tuple[nn.MLP, SGD]:
    """A network after XOR: with a bar, which has no thread here to draw it."""
    model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    optimizer = SGD(model.parameters(), 0.4)
    with redirect_stdout(StringIO()) as written:
        history = micrograd.fit(model, half_mean_squared_error, XOR, optimizer, epochs=5000, target_loss=1e-4)
    assert history.losses[-1] <= 1e-4 < history.losses[0]
    assert f"{len(history.losses)}/{len(history.losses)}" in written.getvalue()
    return model, optimizer


def said(call: Callable[[], Any]) -> str:
    """With what the call fails, or nothing."""
    try:
        call()
    except (ModuleNotFoundError, ValueError) as error:
        return str(error)
    return ""


def check_gradients() -> None:
    f, a, b = product_and_sum()
    assert (a.grad, b.grad) == (-3.0, -8.0)
    assert micrograd.check(f)
    micrograd.assert_gradients(f, {a: -3.0, b: -8.0})
    assert [slope.data for slope in micrograd.gradient(f, [a, b])] == [-3.0, -8.0]
    assert "backward" in str(micrograd.transcript(f))
    assert micrograd.hessian(f, [a, b])[0][0].data == 6.0  # 2 b


def check_a_long_chain() -> None:
    a = output = Value(1.0)
    for _ in range(100_000):
        output = output + a
    output.backward()
    assert a.grad == 100_001.0
    del output  # and Python is still there


def check_training() -> None:
    model, optimizer = trained()
    assert [round(model(row).data) for row in XOR[0]] == XOR[1]
    lab = micrograd.lab(model, half_mean_squared_error, XOR, optimizer)
    assert lab.html.startswith("<!doctype html>")
    with tempfile.TemporaryDirectory() as folder:
        assert lab.save(Path(folder, "lab.html")).read_text() == lab.html


def check_pictures() -> None:
    f, *_ = product_and_sum()
    for direction in ("LR", "TB"):
        svg = micrograd.draw(f, direction=direction).pipe("svg", encoding="utf-8")
        assert all(f">{number}<" in svg for number in ("−6", "−3", "−8"))  # f, and both gradients
    assert "<svg" in micrograd.explore(f)._repr_html_()
    model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    loss = half_mean_squared_error([model(row) for row in XOR[0]], XOR[1])
    for collapse in ("auto", "batch", "layer", None):
        assert "<svg" in micrograd.draw(loss, collapse=collapse).pipe("svg", encoding="utf-8")
    assert "Graphviz makes png of a picture, and there is none in the browser's Python" in said(
        lambda: micrograd.draw(f).pipe("png")
    )


def check_exercises() -> None:
    task = micrograd.exercise(product_and_sum()[0])
    assert task.grade({"a": -3, "b": "-8"})
    assert not task.grade({"a": 3, "b": -8})
    for level in micrograd.exercises.LEVELS:
        assert "<svg" in micrograd.exercises.random(level, seed=1)._repr_html_()


def check_examination() -> None:
    class Unseeded(Value):
        """The gradient of whose output by itself is 2."""

        def backward(self) -> None:
            super().backward()
            self.grad = 2.0

    assert micrograd.examine(Value)
    found = micrograd.examine(Unseeded)
    assert not found
    assert "a.grad is 2.0, and should be 1.0" in str(found)


def check_compiled() -> None:
    f, a, b = product_and_sum()
    program = micrograd.compile(f, [a, b])
    assert program.target == "python"
    assert program.evaluate([[-2.0, 3.0], [1.0, 1.0]]) == [-6.0, 2.0]
    assert "double" in program.source("c")
    assert "target='llvm' needs llvmlite" in said(lambda: micrograd.compile(f, [a, b], target="llvm"))
    assert "needs numpy" in said(lambda: micrograd.compile(f, [a, b], target="numpy"))
    assert "fold needs NumPy" in said(lambda: micrograd.fold(f))


def check_pages_without_a_browser() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        path = micrograd.explore(product_and_sum()[0]).show()
    assert path.exists()
    assert "as the last line of a cell it is shown" in str(caught[0].message)


def check_command() -> None:
    with redirect_stdout(StringIO()) as written:
        assert main(["step", "tanh(w*x + b)", "w=0.5", "x=2", "b=1"]) == 0
        assert main(["xor"]) == 0
    assert "xor" in written.getvalue().lower()


assert sys.platform == "emscripten"
warnings.simplefilter("error")
CHECKS = (
    check_gradients, check_a_long_chain, check_training, check_pictures, check_exercises, check_examination, check_compiled,
    check_pages_without_a_browser, check_command,
)  # fmt: skip
for check in CHECKS:
    began = time.perf_counter()
    check()
    print(f"{check.__name__.removeprefix('check_').replace('_', ' ')}: {time.perf_counter() - began:.1f} s")
