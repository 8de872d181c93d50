"""The text that a target makes of a graph."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import micrograd
from micrograd.engine import Value
from micrograd.ops import Op

needs_cc = pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler")


@needs_cc
def test_c_source_stands_alone(tmp_path: Path) -> None:
    w, x = Value(0.5, "w*/"), Value(2.0, "x")
    program = micrograd.compile((w * x).sigmoid(), [x], [w])
    main = (
        "#include <stdio.h>\nint main(void) { double x[] = {2.0}, p[] = {0.5}, g[] = {0.0}; double v = gradient(x, p, 1.0, g);\n"
    )
    main += 'printf("%a %a %a\\n", evaluate(x, p), v, g[0]); return 0; }\n'
    (tmp_path / "main.c").write_text(program.source("c") + main)
    command = ["cc", "-std=c99", "-pedantic", "-Wall", "-Werror", "main.c", "-lm", "-o", "main"]
    subprocess.run(command, cwd=tmp_path, check=True)  # noqa: S603
    output = subprocess.run([str(tmp_path / "main")], capture_output=True, text=True, check=True).stdout  # noqa: S603
    value = micrograd.sigmoid(1.0)
    slope = 2.0 * micrograd.sigmoid.derivatives(value, 1.0)[0]
    assert [float.fromhex(number) for number in output.split()] == [value, value, slope]


def test_python_source_stands_alone() -> None:
    w, x = Value(0.5, "w"), Value(2.0, "x")
    namespace: dict[str, Any] = {}
    exec(micrograd.compile((w * x).gelu(), [x], [w]).source("python"), namespace)  # noqa: S102 - our own
    assert namespace["evaluate"]([(2.0,)], [0.5]) == [(micrograd.gelu(1.0),)]
    assert namespace["gradient"]([(2.0, 1.0)], [0.5])[-1] == micrograd.gelu(1.0)


def test_python_source_names_nobodys_own_operation_where_there_is_none() -> None:
    x, y = Value(2.0), Value(1.0)
    assert "of your own" not in micrograd.compile(micrograd.logsumexp([x, y]), [x, y]).source("python")


def test_python_source_of_many_names_begins_with_those_used_most() -> None:
    """Python reaches the first 256 names of a function with one instruction. Here all slopes are one number, v1."""
    x, weights = Value(2.0), [Value(float(number)) for number in range(300)]
    source = micrograd.compile(micrograd.dot(weights, [x] * 300), [x], weights).source("python")
    first = source.partition("def gradient(rows, parameters):\n")[2].partition("\n")[0].split(" = ")
    assert (first[0].strip(), len(first[:-1]), first[-1]) == ("v1", 256, "0.0")
    few = micrograd.compile(micrograd.dot(weights[:3], [x] * 3), [x], weights[:3]).source("python")
    assert few.partition("def gradient(rows, parameters):\n")[2].startswith("    (p1, p2, p3,) = parameters\n")


def test_labels_cannot_break_out_of_a_source() -> None:
    x = Value(2.0, 'x*/ "\nraise SystemExit')
    program = micrograd.compile((x * 3.0).exp(), [x], target="python")
    assert program.evaluate([[0.0]]) == [1.0]
    inner = x * 3.0
    inner.label = "*/ \n raise SystemExit"
    program = micrograd.compile(inner.exp(), [x], target="python")
    assert program.evaluate([[0.0]]) == [1.0]
    assert "*/ \n" not in program.source("c")
    same = Op("same\nraise SystemExit", lambda a: a, lambda out, a: (1.0,))
    assert micrograd.compile(same(x), [x], target="python").evaluate([[4.0]]) == [4.0]
