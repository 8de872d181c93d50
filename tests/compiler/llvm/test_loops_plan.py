"""What is computed together, what is not computed at all, and what needs a place in memory."""

from micrograd import ops
from micrograd.compiler.llvm.loops.plan import Plan
from micrograd.tensors.arrays import View
from tests.compiler.llvm.by_hand import (
    inputs,
    kinds,
    logsumexp,
    over_rows,
    parameters,
    part,
    product,
    put,
    source,
    total,
)


def panels(*results: View) -> list[list[str]]:
    return [kinds(nest.arrays) for nest in Plan(results).panels]


# --------------------------------------------------------------------------------------------------------------
# Signs and masks, which are no arrays
# --------------------------------------------------------------------------------------------------------------


def test_a_minus_is_done_by_whoever_reads_it() -> None:
    x = inputs(3)
    minus = -x
    plan = Plan([ops.exp(minus)])
    assert plan.signs == {source(minus)}
    assert [kinds(nest.arrays) for nest in plan.panels] == [["exp"]]
    assert plan.plain(source(minus)) is source(x)


def test_a_minus_of_a_part_is_an_array() -> None:
    """It has numbers of its own: whoever reads it would have to look elsewhere."""
    x = inputs(3)
    plan = Plan([ops.exp(-part(x, 1, 2))])
    assert (plan.signs, panels(ops.exp(-part(x, 1, 2)))) == (set(), [["neg", "exp"]])


def test_of_two_minuses_the_first_is_a_sign_and_the_second_an_array() -> None:
    once = -inputs(3)
    twice = -once
    plan = Plan([ops.exp(twice)])
    assert plan.signs == {source(once)}
    assert [kinds(nest.arrays) for nest in plan.panels] == [["neg", "exp"]]
    assert plan.plain(source(twice)) is source(twice)


def test_a_step_is_read_off_the_relu_of_the_same_numbers() -> None:
    z, slope = inputs(3) + parameters(3), inputs(3)
    relu, step = ops.relu(z), ops.step(z)
    plan = Plan([relu, step * slope])
    assert plan.masks == {source(step): source(relu)}
    assert [kinds(nest.arrays) for nest in plan.panels] == [["+", "relu", "*"]]
    assert plan.plain(source(step)) is source(relu)
    assert source(relu) in plan.kept
    assert source(z) not in plan.kept


def test_a_step_beside_no_relu_of_the_same_numbers_is_an_array() -> None:
    z, other = inputs(3) + parameters(3), inputs(3)
    plan = Plan([ops.relu(other), ops.step(z) * other, ops.step(part(z, 0, 2))])
    assert plan.masks == {}


def test_a_step_that_a_sum_or_a_place_reads_is_an_array() -> None:
    """A sum would choose again and again, and a place puts numbers where nobody looks at a relu."""
    z = inputs(3)
    relu, step = ops.relu(z), ops.step(z)
    for reader in (product(parameters(2, 3), step), over_rows(step), put(4, (step, 1)), logsumexp(step)):
        plan = Plan([relu, step * z, reader])
        assert plan.masks == {}
        assert source(step) in plan.kept


# --------------------------------------------------------------------------------------------------------------
# Nests
# --------------------------------------------------------------------------------------------------------------


def test_what_is_elementwise_is_computed_in_one_nest_with_what_it_is_computed_from() -> None:
    z = ops.tanh(inputs(3) + parameters(3))
    assert panels(ops.exp(z) * z) == [["+", "tanh", "exp", "*"]]


def test_arrays_of_one_shape_share_a_nest_and_of_others_they_do_not() -> None:
    x, y = inputs(3), inputs(2)
    assert panels(ops.exp(x), ops.exp(y), ops.tanh(x), ops.tanh(y)) == [["exp", "tanh"], ["exp", "tanh"]]


def test_quick_functions_follow_a_product_and_slow_ones_do_not() -> None:
    """Their calls would have all sums, which are in registers, put aside."""
    z = product(parameters(2, 3), inputs(3)) + parameters(2)
    assert panels(ops.relu(z) * z / 2.0) == [["dot", "+", "relu", "*", "/"]]
    assert panels(ops.tanh(z) * z) == [["dot", "+"], ["tanh", "*"]]
    assert panels(z**2.0) == [["dot", "+", "**"]]
    assert panels(z**3.0) == [["dot", "+"], ["**"]]
    assert panels(logsumexp(inputs(3)) * inputs()) == [["logsumexp", "*"]]


def test_each_sum_begins_a_nest() -> None:
    x = inputs(3)
    assert panels(product(parameters(2, 3), x), product(parameters(2, 3), x)) == [["dot"], ["dot"]]
    assert panels(ops.exp(inputs()) + total(x)) == [["exp"], ["total", "+"]]


def test_a_place_has_a_nest_alone() -> None:
    x = inputs(2)
    assert panels(put(4, (x, 1)) * inputs(4)) == [["place"], ["*"]]


def test_of_its_own_nest_an_array_reads_the_same_element_only() -> None:
    """Others may not be computed yet. Of an earlier nest any element is there."""
    z = ops.exp(inputs(4))
    assert panels(ops.tanh(part(z, 2, 2)), part(z, 0, 2) * 2.0) == [["exp"], ["tanh", "*"]]
    reversed_z = View(z.source, (4,), 3, (-1,))
    assert panels(reversed_z * z) == [["exp"], ["*"]]
    assert panels(reversed_z * z, ops.tanh(-z)) == [["exp", "tanh"], ["*"]]


def test_an_array_waits_for_the_last_of_its_operands() -> None:
    """a is in the first nest, and what follows from the product cannot be, though it has the shape of a."""
    a = ops.exp(inputs(2))
    z = product(parameters(2, 2), a)
    assert panels(a + ops.tanh(z)) == [["exp"], ["dot"], ["tanh", "+"]]


def test_signs_are_looked_through_for_what_is_at_hand() -> None:
    z = product(parameters(2, 3), inputs(3))
    assert panels(inputs(2) - -z) == [["dot", "-"]]
    assert panels(part(-z, 0, 1) * inputs(1)) == [["dot"], ["*"]]


# --------------------------------------------------------------------------------------------------------------
# Before and after the rows
# --------------------------------------------------------------------------------------------------------------


def test_what_no_row_is_in_is_computed_before_them_and_what_follows_from_their_sum_after_them() -> None:
    w, x = parameters(3), inputs(3)
    square = w * w
    slope = over_rows(square * x)
    plan = Plan([ops.exp(slope) + w])
    stages = [[kinds(nest.arrays) for nest in nests] for nests in (plan.before, plan.panels, plan.after)]
    assert stages == [[["*"]], [["*"]], [["exp", "+"]]]
    assert plan.sums == [source(slope)]


# --------------------------------------------------------------------------------------------------------------
# What is kept in memory
# --------------------------------------------------------------------------------------------------------------


def test_only_what_is_read_elsewhere_is_kept() -> None:
    x = inputs(3)
    z = ops.exp(x)
    squared = z * z
    plan = Plan([product(parameters(2, 3), squared)])
    assert kinds(array for array in plan.arrays if array in plan.kept) == ["*", "dot"]  # not z, which only its own nest reads


def test_what_a_sum_over_the_rows_reads_is_kept_below_its_sign() -> None:
    z = ops.exp(inputs(3))
    slope = over_rows(-z, inputs(3))
    plan = Plan([slope])
    assert plan.kept == {source(z), source(slope)}


def test_a_result_is_kept_and_leaves_are_where_they_are() -> None:
    w, z = parameters(3), ops.exp(inputs(3))
    assert Plan([w, -z]).kept == {source(z)}
    assert Plan([w, inputs(2), View(None, (), number=2.0)]).kept == set()
