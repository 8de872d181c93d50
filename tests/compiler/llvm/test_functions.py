"""Functions of our own in machine code, against mpmath: rounding, the ends of their domains, and sharing."""

import ctypes
import math
import random
from array import array
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import pytest
from mpmath import mpf

from micrograd import numerics, ops
from micrograd.compiler.llvm.functions import OWN, POWERS
from micrograd.compiler.llvm.machine import binding
from micrograd.compiler.llvm.spelling import Dialect
from micrograd.ops import Op
from tests.oracle import EXACT, ulps

pytest.importorskip("llvmlite")

LANES = (1, 2, 4, 8)
LOG2 = math.log(2.0)
TINY = 5e-324

# In ulp of the result. A rounding is half an ulp; where the rounded number lies just above a power of 2 and the result just
# below one, it is a whole one.
BOUNDS: dict[Op, float] = {
    ops.log: 1.0,  # Source: fdlibm, e_log.c
    ops.exp: 1.1,  # p = exp(r) - 1 by the roundings of r and p, which are a quarter at most, and a tenth; and the last one
    ops.log1p: 1.5,  # that of log, and the rounding of f
    ops.expm1: 2.0,  # p just above log(2) / 2, of which twice as much is taken and 1 away: 3/4 twice, and the last one
    ops.bell: 2.0,  # exp(x), without the rounding of r, and exp(x) (1 + rest)
    ops.sigmoid: 2.0,  # exp(-|x|) or 1, and what is taken away from it: at most half of it, by three roundings
    ops.softplus: 2.0,  # log1p, of exp(-|x|) with its error of 1
    ops.tanh: 2.5,  # exp - 1, exp + 1 (up to 1), the quotient, and p in both
    ops.sech2: 2.5,  # exp, which is right to 1/2 where that counts twice, (1 + exp)**2 (up to 1), and the quotient
    ops.sigmoid_slope: 2.5,
    ops.silu: 3.0,  # that of sigmoid, counted twice at most, and a product
}


class Code:
    """What instructions of the dialect give of %x, for each number of a list."""

    def __init__(self, dialect: Dialect, used: Sequence[Op], *instructions: str) -> None:
        llvm, v, self.lanes, self.count = binding(), dialect.number, dialect.lanes, len(instructions)
        lines = [
            *dialect.functions(used),
            "define void @each(ptr %numbers, ptr %results, i64 %count) {",
            "entry:",
            "br label %loop",
        ]
        lines += ["loop:", "%i = phi i64 [ 0, %entry ], [ %next, %loop ]", "%p = getelementptr double, ptr %numbers, i64 %i"]
        lines += [f"%x = load {v}, ptr %p, align 8"]
        for place, instruction in enumerate(instructions):
            lines += [f"%r{place} = {instruction}", f"%o{place} = mul i64 %count, {place}", f"%s{place} = add i64 %i, %o{place}"]
            lines += [
                f"%q{place} = getelementptr double, ptr %results, i64 %s{place}",
                f"store {v} %r{place}, ptr %q{place}, align 8",
            ]
        lines += [
            f"%next = add i64 %i, {self.lanes}",
            "%more = icmp slt i64 %next, %count",
            "br i1 %more, label %loop, label %done",
        ]
        module = llvm.parse_assembly("\n".join([*lines, "done:", "ret void }"]))
        machine = llvm.Target.from_default_triple().create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=1, jit=True
        )
        passes = llvm.create_new_module_pass_manager()
        passes.add_always_inliner_pass()
        passes.add_global_dead_code_eliminate_pass()
        passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=1)))
        self.length = machine.emit_assembly(module).count("\n")
        self.engine = llvm.create_mcjit_compiler(module, machine)
        self.engine.finalize_object()
        pointer = ctypes.c_void_p
        self.each = ctypes.CFUNCTYPE(None, pointer, pointer, ctypes.c_int64)(self.engine.get_function_address("each"))

    def __call__(self, numbers: Sequence[float]) -> list[list[float]]:
        filled = array("d", [*numbers, *[1.0] * (-len(numbers) % self.lanes)])
        results = array("d", [0.0]) * (len(filled) * self.count)
        self.each(filled.buffer_info()[0], results.buffer_info()[0], len(filled))
        return [results[i * len(filled) :][: len(numbers)].tolist() for i in range(self.count)]


@cache
def code(lanes: int, fused: bool | None, *used: Op) -> Code:
    dialect = Dialect(lanes, exact=False, fused=fused)
    return Code(dialect, used, *(dialect.spell(op, ["%x"]) for op in used))


def of(op: Op, numbers: Sequence[float], lanes: int = 4) -> list[float]:
    return code(lanes, None, op)(numbers)[0]


def neighbours(number: float, count: int = 2) -> list[float]:
    below = above = number
    found = [number]
    for _ in range(count):
        below, above = math.nextafter(below, -math.inf), math.nextafter(above, math.inf)
        found += [below, above]
    return found


def points(op: Op) -> list[float]:
    """At random, near 0, and where the reduction goes over to the next power of 2."""
    draw = random.Random(0)
    if op in (ops.log, ops.log1p):
        found = [draw.uniform(0.5, 2.0) for _ in range(400)] + [10.0 ** draw.uniform(-300, 300) for _ in range(400)]
        found += [1.0 + sign * 10.0 ** draw.uniform(-15, -1) for _ in range(200) for sign in (-1.0, 1.0)]
        found += [number for k in range(-1022, 1023, 31) for number in neighbours(math.ldexp(math.sqrt(2.0), k), 1)]
        return found if op is ops.log else found + [-0.999 * draw.random() for _ in range(400)] + [a - 1.0 for a in found[:1000]]
    found = [sign * 10.0 ** draw.uniform(-300, 0) for _ in range(150) for sign in (-1.0, 1.0)]
    for reach in (1.0, 6.0, 40.0):
        found += [draw.uniform(-reach, reach) for _ in range(500)]
    found += [number for k in range(-40, 40) for number in neighbours((k + 0.5) * LOG2, 1)]
    if op in (ops.exp, ops.expm1):
        found += [draw.uniform(-708.0, 709.7) for _ in range(300)]
    elif op is not ops.bell:
        found += [draw.uniform(-350.0, 350.0) for _ in range(200)]
    return found


@cache
def expected(op: Op) -> tuple[list[float], list[mpf]]:
    numbers = points(op)
    return numbers, [EXACT[op][0](mpf(number)) for number in numbers]


def worst(got: Sequence[float], exact: Sequence[mpf], numbers: Sequence[float]) -> tuple[float, float]:
    """The largest error in ulp, and where."""
    return max((ulps(*pair), number) for *pair, number in zip(got, exact, numbers, strict=True))


@pytest.mark.parametrize("fused", [None, False], ids=["machine", "two roundings"])
@pytest.mark.parametrize("op", BOUNDS, ids=lambda op: op.symbol)
def test_right_to_a_few_ulp_and_alike_for_all_lanes(op: Op, fused: bool | None) -> None:
    numbers, exact = expected(op)
    got = code(8, fused, op)(numbers)[0]
    error, place = worst(got, exact, numbers)
    assert error <= BOUNDS[op], place
    for lanes in LANES:
        assert code(lanes, fused, op)(numbers)[0] == got


def test_every_function_of_our_own_is_measured() -> None:
    assert BOUNDS.keys() == OWN.keys() - {ops.relu} | {ops.silu}


INF, NAN = math.inf, math.nan
SPECIAL: dict[Op, dict[float, float]] = {
    ops.exp: {0.0: 1.0, INF: INF, -INF: 0.0, 710.0: INF, -746.0: 0.0, 1e308: INF, -1e308: 0.0, TINY: 1.0},
    ops.expm1: {0.0: 0.0, INF: INF, -INF: -1.0, 710.0: INF, -50.0: -1.0, 1e308: INF, -1e308: -1.0},
    ops.log: {0.0: -INF, 1.0: 0.0, INF: INF, -INF: NAN, -1.0: NAN, -TINY: NAN, TINY: math.log(TINY)},
    ops.log1p: {0.0: 0.0, -1.0: -INF, INF: INF, -INF: NAN, -1.5: NAN, math.nextafter(-1.0, -2.0): NAN},
    ops.tanh: {0.0: 0.0, INF: 1.0, -INF: -1.0, 20.0: 1.0, -20.0: -1.0, 1e308: 1.0, -1e308: -1.0},
    ops.sech2: {0.0: 1.0, INF: 0.0, -INF: 0.0, 400.0: 0.0, -400.0: 0.0, 1e308: 0.0, TINY: 1.0},
    ops.sigmoid: {0.0: 0.5, INF: 1.0, -INF: 0.0, 40.0: 1.0, -746.0: 0.0, 1e308: 1.0, -1e308: 0.0},
    ops.sigmoid_slope: {0.0: 0.25, INF: 0.0, -INF: 0.0, 746.0: 0.0, -746.0: 0.0, 1e308: 0.0},
    ops.softplus: {0.0: LOG2, INF: INF, -INF: 0.0, 1000.0: 1000.0, -1000.0: 0.0, 1e308: 1e308},
    ops.bell: {0.0: 1.0, INF: 0.0, -INF: 0.0, 40.0: 0.0, -40.0: 0.0, 1e308: 0.0, 39.0: 0.0},
    ops.silu: {0.0: 0.0, INF: INF, -INF: 0.0, 1000.0: 1000.0, 1e308: 1e308},
}


def written(numbers: Sequence[float]) -> list[str]:
    return [repr(number) for number in numbers]  # tells -0.0 from 0.0, and finds nan equal to nan


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("op", SPECIAL, ids=lambda op: op.symbol)
def test_special_values(op: Op, lanes: int) -> None:
    table = {**SPECIAL[op], NAN: NAN}
    assert written(of(op, list(table), lanes)) == written(list(table.values()))


@pytest.mark.parametrize("lanes", LANES)
def test_relu_is_exact_but_for_the_sign_of_a_zero(lanes: int) -> None:
    numbers = [-INF, -1.5, -TINY, -0.0, 0.0, TINY, 2.5, INF, NAN]
    got = of(ops.relu, numbers, lanes)
    assert got[:-1] == [ops.relu(number) for number in numbers[:-1]]
    assert math.isnan(got[-1])


@pytest.mark.parametrize("op", [ops.expm1, ops.log1p, ops.tanh], ids=lambda op: op.symbol)
def test_the_sign_of_zero_and_numbers_without_a_square_come_back(op: Op) -> None:
    numbers = [sign * size for size in (0.0, TINY, 3 * TINY, 1e-310, 2.0**-1022, 1e-300) for sign in (1.0, -1.0)]
    assert written(of(op, numbers)) == written(numbers)


def test_the_two_zeros_are_alike_elsewhere() -> None:
    for op in (ops.exp, ops.log, ops.sech2, ops.sigmoid, ops.sigmoid_slope, ops.softplus, ops.bell):
        plus, minus = of(op, [0.0, -0.0])
        assert plus == minus


def test_logarithms_of_subnormal_numbers() -> None:
    draw = random.Random(1)
    numbers = [draw.randrange(1, 1 << draw.randrange(1, 53)) * TINY for _ in range(200)]
    error, place = worst(of(ops.log, numbers), [EXACT[ops.log][0](mpf(number)) for number in numbers], numbers)
    assert error <= BOUNDS[ops.log], place


# In units of the smallest number: a half by the last rounding, another one by that of exp; sech2 is 4 times an exp.
LAST_PLACES = {ops.exp: 1, ops.sigmoid: 1, ops.sigmoid_slope: 1, ops.softplus: 1, ops.bell: 2, ops.sech2: 4}


@pytest.mark.parametrize("op", LAST_PLACES, ids=lambda op: op.symbol)
def test_subnormal_results_are_right_to_their_last_places(op: Op) -> None:
    draw = random.Random(2)
    numbers = [draw.uniform(-745.2, -707.0) for _ in range(300)]
    if op is ops.bell:
        numbers = [math.sqrt(-2.0 * number) for number in numbers]
    elif op is ops.sech2:
        numbers = [0.5 * number for number in numbers]
    for number, got in zip(numbers, of(op, numbers), strict=True):
        exact = EXACT[op][0](mpf(number))
        assert abs(mpf(got) - exact) <= LAST_PLACES[op] * TINY + 3.0 * float(exact) * 2.0**-53, number


def test_exp_ends_where_a_float_does_and_never_turns_back() -> None:
    largest, smallest = math.log(math.nextafter(INF, 0.0)), -745.1332191019411  # log(max) rounds down; log(2**-1075) up
    with pytest.raises(OverflowError):
        math.exp(math.nextafter(largest, INF))
    for end in (largest, smallest, -708.3964185322641):
        numbers = sorted(neighbours(end, 500))
        got = of(ops.exp, numbers)
        assert got == sorted(got)
    assert of(ops.exp, [largest, math.nextafter(largest, INF)]) == [pytest.approx(math.exp(largest), rel=4e-16), INF]
    assert of(ops.exp, [smallest, math.nextafter(smallest, -INF)]) == [TINY, 0.0]
    assert of(ops.expm1, [largest, math.nextafter(largest, INF)]) == [pytest.approx(math.exp(largest), rel=4e-16), INF]


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("pair", [(ops.tanh, ops.sech2), (ops.sigmoid, ops.sigmoid_slope), (ops.softplus, ops.sigmoid)])
def test_two_functions_of_one_exponential_share_it_and_keep_their_bits(pair: tuple[Op, Op], lanes: int) -> None:
    first, second = (code(lanes, None, op) for op in pair)
    both = code(lanes, None, *pair)
    numbers = points(pair[0])
    assert both(numbers) == [first(numbers)[0], second(numbers)[0]]
    assert both.length < first.length + second.length / 2


@pytest.mark.parametrize("lanes", [1, 4])
@pytest.mark.parametrize("op", BOUNDS, ids=lambda op: op.symbol)
def test_the_exact_dialect_keeps_the_bits_of_eager_code(op: Op, lanes: int) -> None:
    numbers = [number for number in points(op)[::7] if has_value(op.forward, number)]
    dialect = Dialect(lanes, exact=True)
    got = Code(dialect, [op], dialect.spell(op, ["%x"]))(numbers)[0]
    assert written(got) == written([op.forward(number) for number in numbers])


def has_value(function: Callable[..., float], number: float) -> bool:
    try:
        function(number)
    except (ValueError, OverflowError):
        return False
    return True


def power_of(exponent: float, exact: bool = False) -> Code:
    dialect = Dialect(4, exact)
    return Code(dialect, [ops.pow], dialect.spell(ops.pow, ["%x", dialect.constant(exponent)]))


@pytest.mark.parametrize("exponent", [*POWERS, 2.0])
def test_powers_without_pow(exponent: float) -> None:
    draw = random.Random(3)
    numbers = [draw.choice([-1.0, 1.0] if exponent % 1.0 == 0.0 else [1.0]) * 10.0 ** draw.uniform(-300, 300) for _ in range(400)]
    ends = [*(sign * size for size in (0.0, 1.0, 2.0, 1e-320, 1e308, INF) for sign in (1.0, -1.0)), NAN]
    for number, got in zip(numbers + ends, power_of(exponent)(numbers + ends)[0], strict=True):
        right = numerics.quiet_pow(number, exponent)
        if math.isfinite(right) and abs(right) >= 2.0**-1022:
            assert ulps(got, EXACT[ops.pow][0](mpf(number), mpf(exponent))) <= 2.0, number
        else:
            assert got == pytest.approx(right, abs=TINY, nan_ok=True), number
        assert math.isnan(right) or math.copysign(1.0, got) == math.copysign(1.0, right), number


@pytest.mark.parametrize("exponent", [*POWERS, 2.0])
def test_the_exact_dialect_calls_pow(exponent: float) -> None:
    numbers = [0.1 * i for i in range(1, 100)]
    assert power_of(exponent, exact=True)(numbers)[0] == [math.pow(number, exponent) for number in numbers]


@pytest.mark.parametrize("lanes", LANES)
def test_a_product_is_added_with_one_rounding_or_two(lanes: int) -> None:
    """(1 + e) (1 - e) - 1 is -e**2, which two roundings lose."""

    def got(fused: bool) -> Any:
        dialect = Dialect(lanes, exact=False, fused=fused)
        one, minus = dialect.constant(1.0 - 2.0**-30), dialect.constant(-1.0)
        return Code(dialect, [], dialect.fma("%x", one, minus))([1.0 + 2.0**-30])[0][0]

    assert got(fused=True) == -(2.0**-60)
    assert got(fused=False) == 0.0
