"""Proofs: every example is proved, and programs bent on purpose are caught."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from micrograd import ops
from micrograd.engine import Value
from micrograd.gradients import gradient
from micrograd.tensors.arrays import Array, ArrayProgram, View, below
from micrograd.tensors.programs import gradient_program, hessian_program, value_program
from micrograd.tensors.proof import check_structure, differences
from micrograd.tensors.residues import PRIME, OfPrime, Residue
from tests.tensors.eager import eager
from tests.tensors.examples import EXAMPLES, random_graph
from tests.tensors.interpreter import run
from tests.tensors.pieces import Example

Bend = Callable[[Array, random.Random], bool]


@pytest.mark.parametrize("make", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_is_proved(make: Callable[[], Example]) -> None:
    loss, inputs, parameters, _ = make()
    program = gradient_program(loss, inputs, parameters)
    assert check_structure(program) > 0
    assert differences(program, [loss], inputs, parameters) == []


@pytest.mark.parametrize("seed", range(100))
def test_a_random_graph_is_proved(seed: int) -> None:
    loss, inputs, parameters, _ = random_graph(seed)
    program = gradient_program(loss, inputs, parameters)
    check_structure(program)
    assert differences(program, [loss], inputs, parameters) == []


@pytest.mark.parametrize("name", ["xor", "classes", "cnn of two layers", "lstm", "causal attention", "physics", "valley"])
def test_rows_of_different_weights_are_proved(name: str) -> None:
    loss, inputs, parameters, _ = EXAMPLES[name]()
    program = gradient_program(loss, inputs, parameters, weighted=True)
    check_structure(program)
    assert differences(program, [loss], inputs, parameters) == []


@pytest.mark.parametrize("name", ["xor", "mlp of tanh", "classes", "written out", "bilinear", "valley"])
def test_a_hessian_times_a_direction_is_proved(name: str) -> None:
    loss, inputs, parameters, _ = EXAMPLES[name]()
    program = hessian_program(gradient_program(loss, inputs, parameters))
    directions = [Value(1.0) for _ in parameters]
    along = ops.dot(gradient(loss, parameters), directions)
    assert differences(program, [along], inputs, parameters, directions) == []
    assert differences(program, [along * 2.0], inputs, parameters, directions) != []


def test_several_outputs_are_proved_one_by_one() -> None:
    w, x, y = Value(1.0), Value(2.0), Value(3.0)
    outputs = [w * x, ops.tanh(x) - y, w * y]
    program = value_program(outputs, [x, y], [w])
    check_structure(program)
    assert differences(program, outputs, [x, y], [w]) == []
    assert differences(program, [w * x, ops.tanh(x) + y, w * x], [x, y], [w]) == ["output 2", "output 3"]


def test_the_proof_names_what_differs() -> None:
    w, b, x = Value(1.0), Value(2.0), Value(3.0)
    program = gradient_program(w * x + b, [x], [w, b])
    assert differences(program, [w * x + 2.0 * b], [x], [w, b]) == ["output 1", "the loss", "the derivative by parameter 2"]


# --------------------------------------------------------------------------------------------------------------
# Programs bent on purpose
# --------------------------------------------------------------------------------------------------------------


def moved_place(array: Array, generator: random.Random) -> bool:
    """One place of one operand is another place of its source."""
    return retabled(array, generator, lambda place, size: (place + generator.randrange(1, size)) % size)


def missing_term(array: Array, generator: random.Random) -> bool:
    """One place of one operand is a zero."""
    return retabled(array, generator, lambda place, size: -1)


def retabled(array: Array, generator: random.Random, change: Callable[[int, int], int]) -> bool:
    which = generator.randrange(len(array.operands))
    view = array.operands[which]
    if view.source is None or view.source.size < 2:
        return False
    table = np.array(view.places())
    flat = table.reshape(-1)
    at = generator.choice(np.flatnonzero(flat >= 0).tolist())
    flat[at] = change(int(flat[at]), view.source.size)
    array.operands = (*array.operands[:which], View(view.source, view.axes, table=table), *array.operands[which + 1 :])
    return True


def other_sign(array: Array, generator: random.Random) -> bool:
    """A sum for a difference, or the other way round."""
    if array.op not in (ops.add, ops.sub):
        return False
    array.op = ops.sub if array.op is ops.add else ops.add
    return True


def other_operand(array: Array, generator: random.Random) -> bool:
    """The first operand twice, where there are two."""
    left, right = array.operands[0], array.operands[-1]
    if len(array.operands) != 2 or array.kind == "place" or left == right or left.rows != right.rows:
        return False
    array.operands = (array.operands[0],) * 2
    return True


def other_function(array: Array, generator: random.Random) -> bool:
    """The sine for any other function of one number."""
    if array.op is None or array.op.arity != 1 or array.op in (ops.total, ops.logsumexp, ops.sin):
        return False
    array.op = ops.sin
    return True


def other_target(array: Array, generator: random.Random) -> bool:
    """An operand of a place is put one place further."""
    if array.kind != "place":
        return False
    which = generator.randrange(len(array.targets))
    target = array.targets[which]
    if isinstance(target, tuple):
        base, strides = target
        places = View(array, array.operands[which].axes, base, strides).places()
    else:
        places = target
    moved = np.where(places >= 0, (places + 1) % array.size, -1)
    array.targets = (*array.targets[:which], moved, *array.targets[which + 1 :])
    return True


BENDS: tuple[Bend, ...] = (moved_place, missing_term, other_sign, other_operand, other_function, other_target)
BENT = ("mlp of tanh", "moons, hinge", "classes", "penalty", "branches", "pruned", "loops", "gates", "centres", "bilinear",
        "cnn of two layers", "rnn", "lstm", "attention", "causal attention", "physics")  # fmt: skip


def bent(make: Callable[[], Example], bend: Bend, forward: bool) -> tuple[Example, ArrayProgram] | None:
    """A program with one array bent, of the graph's own arrays or of those that the rules added; None if none can be."""
    example, generator = make(), random.Random(0)
    program = gradient_program(*example[:3])
    own = below([view.source for view in program.outputs if view.source])
    arrays = own if forward else [array for array in program.arrays if array not in own]
    for array in generator.sample(arrays, len(arrays)):
        if array.operands and bend(array, generator):
            return example, program
    return None


def is_right(example: Example, program: ArrayProgram) -> bool:
    """Whether loss and gradients are those of eager code for all that, place by place."""
    loss, slopes = eager(*example)
    numbers = [parameter.data for parameter in example.parameters]
    found, *gradients = run(program, example.rows, numbers, [program.loss, *program.gradients])
    got = np.zeros(len(numbers))
    for array, claimed in zip(program.parameters, gradients, strict=True):
        got[array.members] = claimed
    return np.allclose([found.item(), *got], [loss, *slopes], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("bend", BENDS, ids=lambda bend: bend.__name__)
def test_a_graph_that_was_folded_wrong_is_seen_by_structure_and_field(bend: Bend) -> None:
    programs = [found for name in BENT if (found := bent(EXAMPLES[name], bend, forward=True))]
    assert programs
    for example, program in programs:
        with pytest.raises(RuntimeError, match="is not what the graph computes"):
            check_structure(program)
        assert differences(program, [example.loss], example.inputs, example.parameters) != []


@pytest.mark.parametrize("bend", BENDS, ids=lambda bend: bend.__name__)
def test_a_wrong_gradient_is_seen_by_field(bend: Bend) -> None:
    """But for those that are right all the same: in a softmax of one number, whose slope is 0, a zero is moved."""
    programs = [found for name in BENT if (found := bent(EXAMPLES[name], bend, forward=False))]
    missed = [(e, p) for e, p in programs if not differences(p, [e.loss], e.inputs, e.parameters)]
    assert len(programs) > 4
    assert len(missed) < 5
    assert all(is_right(example, program) for example, program in missed)


# --------------------------------------------------------------------------------------------------------------
# The field
# --------------------------------------------------------------------------------------------------------------

numbers = random.Random(0)


def residues(count: int) -> list[Residue]:
    field = OfPrime()
    return [Residue(numbers.randrange(PRIME), field) for _ in range(count)]


@pytest.mark.parametrize(
    ("op", "plain"), [(ops.add, lambda a, b: a + b), (ops.sub, lambda a, b: a - b), (ops.mul, lambda a, b: a * b)]
)
def test_arithmetic_is_that_of_whole_numbers(op: ops.Op, plain: Callable[[int, int], int]) -> None:
    a, b = residues(2)
    assert op(a, b).number == plain(a.number, b.number) % PRIME


def test_a_quotient_times_its_divisor_is_the_dividend() -> None:
    a, b = residues(2)
    assert (a / b * b).number == (ops.quiet_div(a, b) * b).number == a.number


def test_powers_of_whole_exponents_are_products() -> None:
    (a,) = residues(1)
    assert (a**3).number == (a * a * a).number
    assert (a**-2).number == (1.0 / (a * a)).number
    assert (a**0).number == 1
    assert (a**0.5 * a**0.5).number != a.number  # any other power is drawn at random


def test_logsumexp_moves_along_with_its_numbers() -> None:
    a, b, c, shift = residues(4)
    assert ops.logsumexp([a + shift, b + shift, c + shift]).number == (ops.logsumexp([c, a, b]) + shift).number
    assert ops.logsumexp([a]).number == a.number


def test_the_slopes_of_logsumexp_add_up_to_one() -> None:
    terms = residues(5)
    whole = ops.logsumexp(terms)
    assert ops.total([ops.exp(term - whole) for term in terms]).number == 1
    assert len({ops.exp(term - whole).number for term in terms}) == 5


def test_a_float_is_the_simple_fraction_that_it_stands_for() -> None:
    field = OfPrime()
    assert field.number(0.1 + 0.2) == field.number(0.3) == 3 * pow(10, -1, PRIME) % PRIME
    assert field.number(math.pi) == field.number(-math.pi) * (PRIME - 1) % PRIME
    assert field.number(math.inf) == -field.number(-math.inf) % PRIME


def test_every_operation_has_a_number() -> None:
    for op in ops.OPS:
        a, b = residues(2)
        operands: list[Any] = [[a, b]] * op.arity if isinstance(op, ops.Reduction) else [a, b][: op.arity]
        assert op(*operands).number == op(*operands).number
