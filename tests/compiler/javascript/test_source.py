"""The text of a script: whole, safe to embed, private but for its functions; and what is refused."""

import re
from typing import Any

import pytest

import micrograd
from micrograd.compiler.javascript.functions import (
    script,
    sums_function,
    unspelled,
    update_function,
    values_function,
)
from micrograd.compiler.javascript.spelling import comment
from micrograd.compiler.listing import Listing, flatten
from micrograd.engine import Value
from micrograd.ops import Op
from tests.compiler.javascript.conftest import Run

HOSTILE = "*/ </script><script>throw 1</script><!-- <script> \n throw 2 \u2028 throw 3 // \\"
CUBE = Op("my cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
HALF = Op("half", lambda a: a / 2.0, lambda out, a: (0.5,))


def test_a_program_gives_a_script_that_evaluates_and_sums_its_gradient(run: Run) -> None:
    w, b, x, y = Value(0.5, "w"), Value(0.0, "b"), Value(1.0, "x"), Value(1.0, "y")
    program = micrograd.compile((w * x + b - y) ** 2, [x, y], [w, b])
    call = """(rows, p) => {
      const out = new Float64Array(1), sums = new Float64Array(3);
      evaluate(rows.subarray(2), p, out);
      gradient(rows, [0, 1], 0, 2, 0.5, p, sums);
      return [...out, ...sums];
    }"""
    numbers = run(program.source("javascript"), call, [1.0, 1.0, 2.0, 3.0], [0.5, 0.0])
    assert numbers == [*program.evaluate([[2.0, 3.0]]), -4.5, -2.5, program.gradient([[1.0, 1.0], [2.0, 3.0]])]


def test_the_script_of_several_outputs_holds_them_all_and_no_gradient(run: Run) -> None:
    x = Value(1.0)
    text = micrograd.compile([x + 1.0, x * 3.0], [x]).source("javascript")
    assert "gradient" not in text
    assert run(text, "(x) => { const out = new Float64Array(2); evaluate(x, [], out); return out; }", [2.0]) == [3.0, 6.0]


def test_constants_of_every_kind_are_written_so_that_no_bit_is_lost(run: Run) -> None:
    numbers = [0.1, -0.0, 1e-308, 5e-324, 1.7976931348623157e308, -1e22, float("inf"), -float("inf"), 123456789012345678.0]
    listing = flatten([Value(number) for number in numbers], [], [])
    call = f"() => {{ const out = new Float64Array({len(numbers)}); constants([], [], out); return out; }}"
    assert [number.hex() for number in run(script([values_function("constants", listing)]), call)] == [
        number.hex() for number in numbers
    ]
    assert run(
        script([values_function("constant", flatten([Value(float("nan"))], [], []))]),
        "() => { const out = [0]; constant([], [], out); return [Number.isNaN(out[0])]; }",
    ) == [1.0]


def test_labels_end_neither_a_comment_nor_the_script(run: Run) -> None:
    x, w = Value(2.0, HOSTILE), Value(3.0, HOSTILE)
    inner = x * w
    inner.label = HOSTILE
    text = micrograd.compile(inner.exp() * w, [x], [w]).source("javascript")
    listing = Listing(("x1",), (), {}, flatten([x * x], [x], []).instructions, ("v1",), {"v1": HOSTILE, "x1": HOSTILE})
    text += script([values_function("raw", listing), update_function("rule", hostile_rule())])  # labels that nobody has escaped
    assert not re.search(r"</?script|<!--|-->", text, re.IGNORECASE)
    call = "(x) => { const out = new Float64Array(1); raw(x, [], out); return out; }"
    assert run(text, call, [3.0]) == [9.0]


def hostile_rule() -> Listing:
    parameter, gradient, step, rate = Value(1.0), Value(1.0), Value(1.0, HOSTILE), Value(0.5, HOSTILE)
    return flatten([parameter - rate * gradient / step], [parameter, gradient, step, rate], [])


def test_a_comment_is_one_line_of_text_as_it_was() -> None:
    assert comment("σ(w₁·x + b)") == "σ(w₁·x + b)"
    assert comment("a\nb\r\u2028\u2029<!-- \ud800") == "a_b____!-- _"


def test_only_the_functions_are_seen_by_other_scripts(run: Run) -> None:
    """A page may have a `compare` and an `erf` of its own."""
    x = Value(0.5)
    listing = flatten([x.erf() + micrograd.sign(x) + x.sigmoid()], [x], [])
    text = "const compare = 1, sign = 2, erf = 3, polynomial = 4; function sigmoid() {}\n" + script(
        [values_function("f", listing)]
    )
    call = "(x) => { const out = new Float64Array(1); f(x, [], out); return [...out, compare + sign + erf + polynomial]; }"
    value, others = run(text, call, [0.5])
    assert value == pytest.approx(micrograd.erf(0.5) + 1.0 + micrograd.sigmoid(0.5), rel=1e-15)
    assert others == 10.0


@pytest.mark.parametrize("make", [values_function, sums_function, update_function])
def test_an_operation_of_ones_own_is_refused_by_name(make: Any) -> None:
    x, weight = Value(2.0), Value(1.0)
    one, two = flatten([CUBE(x)], [x, weight], []), flatten([HALF(CUBE(CUBE(x) + x))], [x, weight], [])
    assert (unspelled(one), unspelled(two), unspelled(flatten([x.exp()], [x], []))) == (["my cube"], ["my cube", "half"], [])
    with pytest.raises(
        ValueError,
        match=r"^the javascript target cannot spell 'my cube', an operation of your own; write it with those of the table$",
    ):
        make("f", one)
    with pytest.raises(
        ValueError,
        match=r"^the javascript target cannot spell 'my cube' and 'half', operations of your own; write them",
    ):
        make("f", two)


def test_it_is_text_to_embed_and_no_target_to_run() -> None:
    x = Value(1.0)
    with pytest.raises(
        ValueError, match=r"^the javascript target is text to embed elsewhere, not to run here; take it from program"
    ):
        micrograd.compile(x * x, [x], target="javascript")
    with pytest.raises(ValueError, match=r"^there is no target 'js'; choose from python, llvm, numpy, jax, c, javascript$"):
        micrograd.compile(x * x, [x]).source("js")
