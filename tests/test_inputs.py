"""What a Value takes, what it refuses, and what it says then."""

import decimal
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd import Value, ops
from micrograd.engine import Constant
from micrograd.ops import DomainError

# Welcome numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "data"),
    [
        (3, 3.0),
        (True, 1.0),
        (Fraction(1, 4), 0.25),
        (np.float32(0.5), 0.5),
        (np.float64(0.5), 0.5),
        (np.int64(7), 7.0),
        (math.inf, math.inf),
    ],
    ids=lambda number: type(number).__name__,
)
def test_a_real_number_becomes_a_float(number: Any, data: float) -> None:
    assert Value(number).data == data
    assert type(Value(number).data) is float
    for mixed in (Value(2.0) * number, number * Value(2.0)):
        assert isinstance(mixed, Value)
        assert mixed.data == 2.0 * data
        assert any(type(parent) is Constant and type(parent.data) is float for parent in mixed.parents)


@pytest.mark.parametrize("number", [np.float64(2.0), np.float32(2.0), np.int64(2)], ids=lambda n: type(n).__name__)
def test_numpy_scalars_work_on_both_sides_of_every_operator(number: Any) -> None:
    v = Value(8.0)
    for result, data in [
        (number + v, 10.0), (v + number, 10.0), (number - v, -6.0), (v - number, 6.0), (number * v, 16.0), (v * number, 16.0),
        (number / v, 0.25), (v / number, 4.0), (number**v, 256.0), (v**number, 64.0),
    ]:  # fmt: skip
        assert isinstance(result, Value)
        assert result.data == data
    assert v > number
    assert number < v


# NumPy object arrays -----------------------------------------------------------------------------------------


def test_an_affine_layer_of_object_arrays() -> None:
    w = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    x = np.array([Value(5.0), Value(6.0)])
    b = np.array([Value(0.5), Value(-0.5)])
    z = w @ x + b
    assert [value.data for value in z] == [1 * 5 + 2 * 6 + 0.5, 3 * 5 + 4 * 6 - 0.5]
    z.sum().backward()
    assert [value.grad for value in x] == [1 + 3, 2 + 4]
    assert [[value.grad for value in row] for row in w] == [[5, 6], [5, 6]]


@pytest.mark.parametrize(
    "name", ["exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"]
)
def test_numpy_functions_of_object_arrays_make_nodes(name: str) -> None:
    array = np.array([Value(0.25), Value(0.75)])
    result = getattr(np, name)(array)
    assert [value.data for value in result] == pytest.approx(list(getattr(np, name)([0.25, 0.75])), rel=1e-15)
    assert result[0].parents == (array[0],)


def test_an_array_times_a_value_is_an_array_of_values() -> None:
    v = Value(3.0)
    for result in (np.array([1.0, 2.0]) * v, v * np.array([1.0, 2.0])):
        assert [value.data for value in result] == [3.0, 6.0]
        assert all(isinstance(value, Value) for value in result)
    assert list(np.array([1.0, 5.0]) > v) == [False, True]


def test_numpy_functions_of_two_arrays_make_nodes() -> None:
    a, b = np.array([Value(3.0), Value(-1.0)]), np.array([Value(4.0), Value(2.0)])
    assert [value.data for value in np.hypot(a, b)] == [5.0, math.hypot(1.0, 2.0)]
    assert [value.data for value in np.arctan2(a, b)] == [math.atan2(3.0, 4.0), math.atan2(-1.0, 2.0)]
    assert [value.op for value in np.hypot(a, 4.0)] == [ops.hypot] * 2


def test_the_spread_of_an_array_has_a_gradient() -> None:
    array = np.array([Value(1.0), Value(2.0), Value(6.0)])  # mean 3, distances -2, -1, 3
    variance = np.var(array)
    variance.backward()
    assert variance.data == pytest.approx((4.0 + 1.0 + 9.0) / 3.0)
    assert [value.grad for value in array] == pytest.approx([2.0 / 3.0 * distance for distance in (-2.0, -1.0, 3.0)])
    assert np.std(array).data == pytest.approx(math.sqrt(14.0 / 3.0))


def test_a_power_of_two_as_numpy_writes_it() -> None:
    (value,) = np.exp2(np.array([Value(8.0)]))
    value.backward()
    assert (value.data, value.parents[1].grad) == (256.0, pytest.approx(256.0 * math.log(2.0)))


def test_relu_as_numpy_code_writes_it() -> None:
    array = np.array([Value(-1.0), Value(2.0)])
    assert [getattr(value, "data", value) for value in np.maximum(0, array)] == [0, 2.0]
    assert [value.data for value in array * (array > 0)] == [0.0, 2.0]


# Refused -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("thing", "advice"),
    [
        ("3", r"got '3' \(str\); convert the text first: float\('3'\)"),
        (None, r"got None \(NoneType\); pass an int or a float"),
        ([1.0], r"got \[1.0\] \(list\); make one Value for each"),
        ((1.0, 2.0), r"\(tuple\); make one Value for each"),
        (np.array([1.0, 2.0]), r"\(ndarray\); make one Value for each"),
        (1j, r"got 1j \(complex\); take its .real or .imag part"),
        (Value(1.0), r"\(Value\); it is a Value already"),
        (decimal.Decimal("0.1"), r"\(Decimal\); pass an int or a float"),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_what_is_not_one_real_number_is_a_type_error_with_advice(thing: Any, advice: str) -> None:
    with pytest.raises(TypeError, match=f"^a Value holds one real number, .*{advice}"):
        Value(thing)


@pytest.mark.parametrize("thing", ["3", None, [1.0], 1j, object()], ids=lambda thing: type(thing).__name__)
@pytest.mark.parametrize(
    "operation",
    [lambda v, t: v + t, lambda v, t: t * v, lambda v, t: v**t, lambda v, t: v < t, lambda v, t: t / v],
    ids=["+", "*", "**", "<", "/"],
)
def test_an_operator_with_a_stranger_is_pythons_own_type_error(operation: Callable[[Value, Any], Any], thing: Any) -> None:
    with pytest.raises(TypeError, match=r"unsupported operand|not supported between|can't multiply|can only concatenate"):
        operation(Value(1.0), thing)


@pytest.mark.parametrize("function", [float, math.exp, math.sqrt, lambda v: math.pow(v, 2.0), complex])
def test_dropping_the_graph_silently_is_refused(function: Callable[[Value], Any]) -> None:
    with pytest.raises(
        TypeError, match=r"v\.data for the number, or the function of micrograd \(micrograd\.exp, not math\.exp\)"
    ):
        function(Value(1.0))


def test_a_function_of_text_is_refused_like_a_value_of_text() -> None:
    with pytest.raises(TypeError, match=r"got 'a' \(str\)"):
        micrograd.mul("a", 3)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match=r"got None \(NoneType\)"):
        micrograd.mul(Value(1.0), None)  # type: ignore[call-overload]


def test_a_function_of_the_wrong_number_of_operands() -> None:
    with pytest.raises(TypeError, match=r"^tanh takes 1 number\(s\) or Value\(s\), got 2$"):
        micrograd.tanh(Value(1.0), 2.0)
    one: Any = 1.0
    with pytest.raises(TypeError, match=r"^total takes 1 sequence\(s\) of numbers or Values, such as \[a, b\], got float$"):
        micrograd.total(one)
    with pytest.raises(TypeError, match=r"^dot takes 2 sequence\(s\) of numbers or Values, such as \[a, b\], got list$"):
        micrograd.dot([1.0])
    numbers: Any = [1.0, 2.0]
    with pytest.raises(
        TypeError, match=r"^total takes 1 sequence\(s\) of numbers or Values, such as \[a, b\], got float, float$"
    ):
        micrograd.total(*numbers)
    with pytest.raises(ValueError, match=r"^dot needs sequences of one length, got 2 and 3$"):
        micrograd.dot([Value(1.0), 2.0], [1.0, 2.0, 3.0])


def test_reductions_of_nothing_are_those_of_python() -> None:
    assert micrograd.total([]) == sum([])
    assert micrograd.dot([], []) == 0.0
    assert micrograd.logsumexp([]) == -math.inf


# Outside the domain ------------------------------------------------------------------------------------------

X = Value(-1.0, label="x")
ZERO = Value(0.0, label="b")
BIG = Value(1000.0, label="big")


@pytest.mark.parametrize(
    ("calculation", "kind", "message"),
    [
        (lambda: X.log(), ValueError, "log(x=-1.0) has no value: log needs a number above 0"),
        (lambda: ZERO.log(), ValueError, "log(b=0.0) has no value: log needs a number above 0"),
        (lambda: X.sqrt(), ValueError, "sqrt(x=-1.0) has no value: sqrt needs a number from 0 upwards"),
        (lambda: micrograd.sqrt(-1.0), ValueError, "sqrt(-1.0) has no value: sqrt needs a number from 0 upwards"),
        (lambda: X.log1p(), ValueError, "log1p(x=-1.0) has no value: log1p needs a number above -1"),
        (lambda: (2 * X).asin(), ValueError, "asin(-2.0) has no value: asin needs a number from -1 to 1"),
        (lambda: Value(math.inf).sin(), ValueError, "sin(inf) has no value: sin needs a finite number"),
        (lambda: 1 / ZERO, ZeroDivisionError, "1.0 / b=0.0 has no value: / needs a divisor other than 0"),
        (lambda: X / 0, ZeroDivisionError, "x=-1.0 / 0.0 has no value: / needs a divisor other than 0"),
        (lambda: BIG.exp(), OverflowError, "exp(big=1000.0) is too large for a float, which ends at 1.8e308"),
        (lambda: BIG**400, OverflowError, "big=1000.0 ** 400.0 is too large for a float, which ends at 1.8e308"),
        (lambda: X**0.5, ValueError, "x=-1.0 ** 0.5 has no value: ** needs a base above 0, or a whole exponent"),
        (lambda: ZERO**-1, ValueError, "b=0.0 ** -1.0 has no value: ** needs a base above 0, or a whole exponent"),
    ],
)
def test_a_domain_error_names_operation_number_and_label(calculation: Callable[[], Any], kind: type, message: str) -> None:
    with pytest.raises(kind) as caught:
        calculation()
    assert str(caught.value).startswith(message)
    assert caught.value.__cause__ is None


def test_a_domain_error_has_a_class_of_its_own() -> None:
    with pytest.raises(DomainError):
        micrograd.log(-1.0)


def test_a_users_own_row_passes_on_the_reason_of_its_error() -> None:
    def forward(a: float) -> float:
        raise ValueError("only odd numbers")

    with pytest.raises(ValueError, match=r"odd\(2.0\) has no value or no derivative: only odd numbers"):
        micrograd.Op("odd", forward, lambda out, a: (1.0,))(Value(2.0))


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        (lambda out, a: 3.0 * a, "6.0"),
        (lambda out, a: [3.0], r"\[3.0\]"),
        (lambda out, a: (), r"0 derivative\(s\)"),
        (lambda out, a: (1.0, 2.0), r"2 derivative\(s\)"),
    ],
    ids=["no tuple", "a list", "none", "too many"],
)
def test_a_rule_that_forgets_its_tuple(rule: Any, given: str) -> None:
    message = (
        rf"^the rule of cube gave {given} for 1 operand\(s\); it needs to return a tuple with one for each, such as \(2 \* a,\)$"
    )
    with pytest.raises(TypeError, match=message):
        micrograd.Op("cube", lambda a: a**3, rule)(Value(2.0))


@pytest.mark.parametrize("rule", [lambda a: (3.0 * a * a,), lambda: (1.0,)], ids=["no out", "nothing"])
def test_a_rule_that_forgets_out(rule: Any) -> None:
    with pytest.raises(TypeError, match=r"^the rule of cube needs `out` and then each operand, as in lambda out, a: \(3\.0 "):
        micrograd.Op("cube", lambda a: a**3, rule)


def test_a_rule_without_a_derivative_at_a_point_says_so() -> None:
    absolute = micrograd.Op("absolute", abs, lambda out, a: (a / out,))
    with pytest.raises(ZeroDivisionError, match=r"^absolute\(x=0.0\) has no value or no derivative: float division by zero$"):
        absolute(Value(0.0, label="x"))
