"""What JavaScript makes of each operation, against eager Python and against 40 digits."""

import itertools
import math
import random
import re
import struct
from collections.abc import Callable, Sequence

import pytest
from mpmath import erf, erfc, exp, log1p, mp, mpf, tanh

from micrograd import ops
from micrograd.compiler.javascript.functions import Function, script, values_function
from micrograd.compiler.javascript.spelling import HELPERS, SPELLING, helper_texts
from micrograd.compiler.listing import COMPOSITIONS, FINITE_ADD, Listing, flatten, quietly
from micrograd.engine import Value
from micrograd.ops import OPS, Op
from tests.compiler.javascript.conftest import Run
from tests.compiler.targets import every_op, graph_of, width
from tests.compiler.wild_graphs import random_graph, random_row, same_bits

SPECIAL = [math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, -1.0, 1e-308, -1e-308, 1e308, -1e308]
PLAIN = [5e-324, 0.3, -0.3, 0.5, -0.5, 2.0, 3.0, -3.0, -2.7, 6.0, 20.0, 26.5, 40.0, 1e5, 710.5, -750.0]

# Arithmetic, of which IEEE 754 says every bit. All other operations call a function of Math.
EXACT = {
    ops.add, ops.sub, ops.mul, ops.div, ops.neg, ops.sqrt, ops.abs, ops.sign, ops.step, ops.relu, ops.leaky_relu, ops.maximum,
    ops.minimum, ops.ahead, ops.total, ops.dot, ops.quiet_mul, ops.quiet_div, ops.asin_slope, ops.atan_slope, ops.atan2_slope,
    FINITE_ADD,
}  # fmt: skip
CALLS = """(rows, widths) => {
  const results = [], out = new Float64Array(1);
  let at = 0;
  functions.forEach((compute, place) => {
    const [width, count] = widths.subarray(2 * place, 2 * place + 2);
    for (let row = 0; row < count; row += 1, at += width) {
      compute(rows.subarray(at, at + width), [], out);
      results.push(out[0]);
    }
  });
  return results;
}"""


def computed(run: Run, listings: Sequence[Listing], rows: Sequence[Sequence[Sequence[float]]]) -> list[list[float]]:
    """For each listing its number on each of its rows, all in one page."""
    functions = [values_function(f"compute{place}", listing) for place, listing in enumerate(listings)]
    text = script(functions) + f"const functions = [{', '.join(function.name for function in functions)}];"
    flat = [number for table in rows for row in table for number in row]
    numbers = iter(run(text, CALLS, flat, [float(n) for table in rows for n in (len(table[0]), len(table))]))
    return [[next(numbers) for _ in table] for table in rows]


def listing_of(op: Op) -> Listing:
    output, leaves = graph_of(op) if op is not FINITE_ADD else (FINITE_ADD(a := Value(0.5), b := Value(0.5)), [a, b])
    return flatten([output], leaves, [])


def distance(a: float, b: float) -> float:
    """How many floats lie between: 0 of the same bits and of two nan, and an infinity if just one is nan, or zeros differ."""
    if a != a or b != b or 0.0 in (a, b):
        return 0.0 if same_bits([a], [b]) else math.inf
    places = [struct.unpack(">q", struct.pack(">d", number))[0] for number in (a, b)]
    one, other = (place if place >= 0 else -(place & (2**63 - 1)) for place in places)
    return abs(one - other)


def rows_for(op: Op) -> list[tuple[float, ...]]:
    numbers = SPECIAL + PLAIN if op is FINITE_ADD or width(op) < 3 else [math.nan, math.inf, -math.inf, -0.0, 0.5, 1e308]
    return list(itertools.product(numbers, repeat=2 if op is FINITE_ADD else width(op)))


def test_every_operation_is_that_of_eager_python_on_the_whole_grid(run: Run) -> None:
    """Arithmetic to the bit, functions within 4 ulp, with nan, infinities, both zeros and numbers that are not normal."""
    every = [*OPS, FINITE_ADD]
    tables = [rows_for(op) for op in every]
    off: dict[str, list[tuple[tuple[float, ...], float, float]]] = {}
    for op, table, numbers in zip(every, tables, computed(run, [listing_of(op) for op in every], tables), strict=True):
        for row, got in zip(table, numbers, strict=True):
            expected = quietly(op, row)
            if distance(got, expected) > (0.0 if op in EXACT else 4.0):
                off.setdefault(op.symbol, []).append((row, got, expected))
    assert off == {}


def test_the_helpers_are_within_4_ulp_of_40_digits(run: Run) -> None:
    """At 500 places each."""
    truths: dict[Op, tuple[Callable[[mpf], mpf], float, float]] = {
        ops.erf: (erf, -6.0, 6.0),
        ops.erfc: (erfc, -6.0, 26.5),
        ops.gelu: (lambda a: a * erfc(-a / mp.sqrt(2)) / 2, -1.0, 6.0),  # further down it is right to a**2 ulp
        ops.bell: (lambda a: exp(-a * a / 2), -37.0, 37.0),
        ops.sigmoid: (lambda a: 1 / (1 + exp(-a)), -700.0, 40.0),
        ops.softplus: (lambda a: log1p(exp(a)), -700.0, 40.0),
        ops.silu: (lambda a: a / (1 + exp(-a)), -700.0, 40.0),
        ops.sech2: (lambda a: 1 - tanh(a) ** 2, -10.0, 10.0),
        ops.sigmoid_slope: (lambda a: exp(a) / (1 + exp(a)) ** 2, -700.0, 700.0),
        ops.asin_slope: (lambda a: 1 / mp.sqrt(1 - a * a), -1.0, 1.0),
        ops.atan_slope: (lambda a: 1 / (1 + a * a), -1e3, 1e3),
    }
    generator = random.Random(3)
    tables = [[(generator.uniform(low, high),) for _ in range(500)] for _, low, high in truths.values()]
    results = computed(run, [listing_of(op) for op in truths], tables)
    with mp.workdps(40):
        for (op, (truth, _, _)), table, numbers in zip(truths.items(), tables, results, strict=True):
            for (a,), got in zip(table, numbers, strict=True):
                exact = truth(mpf(a))
                assert abs(got - exact) <= 4.0 * math.ulp(float(exact)), f"{op.symbol}({a!r}) = {got!r}, not {exact}"


def test_whole_powers_are_rounded_once(run: Run) -> None:
    """So that the rule of Adam, which has 0.9 ** step, has the bits of every machine."""
    x = Value(0.5)
    bases, exponents = [0.9, 0.999, -1.5, 3.0, 1.0 / 3.0], [2, 3, 7, 16, 100, 101, 250]
    listings = [flatten([x ** float(exponent)], [x], []) for exponent in exponents]
    results = computed(run, listings, [[(base,) for base in bases]] * len(exponents))
    with mp.workdps(200):
        assert results == [[float(mpf(base) ** exponent) for base in bases] for exponent in exponents]


@pytest.mark.parametrize("most", [1, 2, 7])
def test_a_function_that_is_cut_gives_the_bits_of_the_whole_one(run: Run, most: int) -> None:
    """Random graphs of many operations, on rows with nan, infinities and zeros; some outputs are leaves and stand there twice."""
    generator = random.Random(most)
    functions: list[Function] = []
    for place in range(20):
        leaves = [Value(generator.uniform(0.1, 0.9)) for _ in range(3)]
        node = random_graph(generator, leaves, 12)
        listing = flatten([node, leaves[2], node * 2.0, leaves[2]], leaves[:2], leaves[2:])
        functions += [values_function(f"whole{place}", listing), values_function(f"cut{place}", listing, most)]
    rows = [random_row(generator, 3) for _ in range(50)]
    call = """(rows) => {
      const results = [];
      for (let at = 0; at < rows.length; at += 3)
        for (const compute of functions) {
          const out = new Float64Array(4);
          compute(rows.subarray(at, at + 2), rows.subarray(at + 2, at + 3), out);
          results.push(...out);
        }
      return results;
    }"""
    text = script(functions) + f"const functions = [{', '.join(function.name for function in functions)}];"
    numbers = run(text, call, [number for row in rows for number in row])
    pairs = [numbers[start : start + 4] for start in range(0, len(numbers), 4)]
    assert all(same_bits(whole, cut) for whole, cut in zip(pairs[::2], pairs[1::2], strict=True))
    assert any(whole[0] == whole[0] for whole in pairs[::2])


@every_op
def test_every_operation_of_the_table_is_spelled(op: Op) -> None:
    assert op in COMPOSITIONS or SPELLING[op].count("{") >= op.arity


def test_every_helper_comes_with_those_that_it_calls() -> None:
    """The names are data; here they are held against the texts."""
    for name, helper in HELPERS.items():
        code = "".join(line.partition("//")[0] for line in helper.text.split("\n"))
        called = {word for word in re.findall(r"(?<![\w.])\w+(?=\()", code) if word in HELPERS}
        assert called - {name} == set(helper.needs)


def test_a_script_holds_the_helpers_that_it_needs_and_each_once() -> None:
    text = "\n".join(helper_texts(["gelu", "silu", "bell", "gelu"]))
    names = [line.partition("(")[0].removeprefix("function ") for line in text.split("\n") if line.startswith("function ")]
    assert sorted(names) == sorted(
        ["quiet_mul", "sigmoid", "silu", "gelu", "gauss", "bell", "polynomial", "erf_near", "erf_tail", "erfc"]
    )
