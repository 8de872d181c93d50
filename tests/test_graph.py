"""The graph and the sweep: what `backward` means, on small graphs by hand and on thousands of random ones by oracle."""

import gc
import math
import random
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import micrograd
from micrograd import Value
from micrograd.engine import Constant, topological_order
from micrograd.nn import MLP
from tests.graphs import by_dual_numbers, random_graph


def gradients(function: Callable[..., Value], *numbers: float) -> list[float]:
    leaves = [Value(number) for number in numbers]
    function(*leaves).backward()
    return [leaf.grad for leaf in leaves]


def test_the_readme_neuron_has_the_gradients_of_the_chain_rule() -> None:
    w, x, b = Value(-3.0), Value(2.0), Value(6.88)
    out = (w * x + b).tanh()
    out.backward()
    slope = 1.0 / math.cosh(0.88) ** 2  # d tanh(z) / dz at z = -3 * 2 + 6.88
    assert [w.grad, x.grad, b.grad] == pytest.approx([slope * 2.0, slope * -3.0, slope], rel=1e-14)


@pytest.mark.parametrize(
    ("function", "numbers", "expected"),
    [
        (lambda x: x * x, [3.0], [6.0]),
        (lambda x: x + x, [3.0], [2.0]),
        (lambda x: x - x, [3.0], [0.0]),
        (lambda x: x / x, [3.0], [0.0]),
        (lambda x: x**x, [3.0], [27.0 * (math.log(3.0) + 1.0)]),
        (lambda a, b: (a * b) * (a + b), [-2.0, 3.0], [3.0 * (-4.0 + 3.0), -2.0 * (-2.0 + 6.0)]),  # 2ab + b², a² + 2ab
        (lambda a, b: a - b, [5.0, 7.0], [1.0, -1.0]),
        (lambda a, b: a / b, [1.0, 4.0], [0.25, -1.0 / 16.0]),
        (lambda a: 1 - a, [5.0], [-1.0]),
        (lambda a: 8 / a, [2.0], [-2.0]),
        (lambda a: 2 + a * 3, [2.0], [3.0]),
        (lambda a: -a, [2.0], [-1.0]),
        (lambda a: +a, [2.0], [1.0]),
        (lambda a: abs(a), [-2.0], [-1.0]),
        (lambda a: a, [2.0], [1.0]),
    ],
)
def test_gradient_by_hand(function: Callable[..., Value], numbers: list[float], expected: list[float]) -> None:
    assert gradients(function, *numbers) == pytest.approx(expected, rel=1e-15)


def test_a_shared_node_passes_its_whole_gradient_once() -> None:
    """The counter-example to recursion without an order: b = a + a, c = b + b."""
    a = Value(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert (a.grad, b.grad) == (4.0, 2.0)


def test_sixty_stacked_diamonds_take_sixty_steps_and_not_2_to_the_60() -> None:
    x = node = Value(1.0)
    for _ in range(60):
        node = node + node
    node.backward()
    assert x.grad == 2.0**60


# What a second backward does ---------------------------------------------------------------------------------


def test_backward_after_zeroing_the_leaf_gives_the_same_again() -> None:
    x = Value(3.0)
    y = x * x * x
    y.backward()
    assert x.grad == 27.0
    x.grad = 0.0
    y.backward()
    assert x.grad == 27.0


def test_backward_twice_without_zeroing_doubles_the_leaves_and_only_them() -> None:
    x = Value(3.0)
    square = x * x
    y = square * x
    y.backward()
    y.backward()
    assert (x.grad, square.grad, y.grad) == (54.0, 3.0, 1.0)


def test_two_losses_add_up_in_a_shared_leaf() -> None:
    x = Value(3.0)
    shared = x * x
    (shared * 2.0).backward()
    (shared * 5.0).backward()
    assert x.grad == 2.0 * 6.0 + 5.0 * 6.0
    assert shared.grad == 5.0


def test_backward_of_a_leaf_adds_1_to_it() -> None:
    x = Value(3.0)
    x.backward()
    x.backward()
    assert x.grad == 2.0


def test_the_gradient_is_the_one_at_the_numbers_used_going_forward() -> None:
    a, b = Value(2.0), Value(5.0)
    c = a * b
    a.data = 10.0
    c.backward()
    assert (a.grad, b.grad) == (5.0, 2.0)


# The shape of the graph --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "nodes"),
    [
        (lambda a, b, c, d: a - b, 3),
        (lambda a, b, c, d: a / b, 3),
        (lambda a, b, c, d: a**b, 3),
        (lambda a, b, c, d: -a, 2),
        (lambda a, b, c, d: 1 - a, 3),
        (lambda a, b, c, d: a * a, 2),
        (lambda a, b, c, d: +a, 1),
        (lambda a, b, c, d: a**2, 3),
        (lambda a, b, c, d: sum([a, b, c]), 5),
        (lambda a, b, c, d: micrograd.dot([a, b], [c, d]), 5),
        (lambda a, b, c, d: micrograd.total([a, b, c, d]), 5),
    ],
)
def test_number_of_nodes_leaves_included(function: Callable[..., Value], nodes: int) -> None:
    assert len(topological_order(function(*map(Value, (1.0, 2.0, 3.0, 4.0))))) == nodes


def test_both_operands_of_a_plus_a_are_edges() -> None:
    a = Value(3.0)
    assert (a + a).parents == (a, a)
    assert (a * a).local_derivatives == (3.0, 3.0)


def test_a_number_becomes_a_constant_and_a_leaf_a_value() -> None:
    x = Value(3.0)
    two, same = (2 * x).parents
    assert isinstance(two, Constant)
    assert same is x
    assert not isinstance(x, Constant)


def test_topological_order_lists_parents_first_and_each_once() -> None:
    output = random_graph(random.Random(0), 5, 200)[0]
    order = topological_order(output)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order)
    assert order[-1] is output
    assert all(place[parent] < place[node] for node in order for parent in node.parents)


def test_what_has_been_seen_is_left_out_and_what_is_listed_has_been_seen() -> None:
    a, b = Value(1.0), Value(2.0)
    product = a * b
    seen: set[Value] = set()
    assert topological_order(product, seen) == [a, b, product]
    out = product + a
    assert topological_order(out, seen) == [out]
    assert topological_order(out, seen) == topological_order(a, seen) == []
    assert seen == {a, b, product, out}


def test_topological_order_reads_like_the_expression() -> None:
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    product = a * b
    output = product + c
    assert topological_order(output) == [a, b, product, c, output]


def test_names_that_drawing_code_for_micrograd_0_1_0_reads() -> None:
    a, b = Value(2.0), Value(3.0)
    c = a * b
    assert (set(c._prev), c._op, a._op) == ({a, b}, "*", "")


# Against oracles ---------------------------------------------------------------------------------------------


def test_10_000_random_graphs_agree_with_dual_numbers() -> None:
    generator = random.Random(1)
    for _ in range(10_000):
        output, leaves = random_graph(generator, 3, 8)
        output.backward()
        leaf = generator.choice(leaves)
        expected, size = by_dual_numbers(output, leaf)
        assert abs(leaf.grad - expected) <= 1e-12 * size


def paths(node: Value, leaf: Value) -> Iterator[float]:
    """The product of local derivatives along each path from the node to the leaf: the chain rule with no sweep at all."""
    if node is leaf:
        yield 1.0
    for parent, derivative in zip(node.parents, node.local_derivatives, strict=True):
        for product in paths(parent, leaf):
            yield derivative * product


def test_small_random_graphs_agree_with_the_sum_over_all_paths() -> None:
    generator = random.Random(2)
    for _ in range(300):
        output, leaves = random_graph(generator, 2, 5)
        output.backward()
        for leaf in leaves:
            products = list(paths(output, leaf))
            assert leaf.grad == pytest.approx(math.fsum(products), abs=1e-12 * (1.0 + math.fsum(map(abs, products))))


def test_random_graphs_agree_with_a_difference_quotient() -> None:
    """Nothing shared with the engine but its forward pass: the same program run again at x + h and x - h."""
    for seed in range(200):
        base = random.Random(seed)
        output, leaves = random_graph(base, 2, 6)
        output.backward()
        h = 1e-5
        moved = [rerun(output, leaves[0], leaves[0].data + step) for step in (h, -h)]
        quotient = (moved[0] - moved[1]) / (2.0 * h)
        if any(node.op in (micrograd.maximum, micrograd.relu) for node in topological_order(output)):
            continue  # the two points may lie on two sides of a kink
        assert leaves[0].grad == pytest.approx(quotient, rel=1e-5, abs=1e-5), seed


def rerun(output: Value, leaf: Value, number: float) -> float:
    data: dict[Value, float] = {}
    for node in topological_order(output):
        if node.op:
            data[node] = node.op.forward(*node.op.arguments([data[parent] for parent in node.parents]))
        else:
            data[node] = number if node is leaf else node.data
    return data[output]


def test_gradients_equal_those_of_torch() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    generator = random.Random(3)
    names = ["exp", "tanh", "sigmoid", "sin", "cos", "atan", "erf", "expm1", "relu", "abs", "sinh"]
    for _ in range(100):
        numbers = [generator.uniform(-1.5, 1.5) for _ in range(3)]
        steps = [(generator.choice(names), generator.choice("+-*"), generator.randrange(3)) for _ in range(6)]

        def program(a: Any, b: Any, c: Any, steps: list[tuple[str, str, int]] = steps) -> Any:
            leaves = [a, b, c]
            out = a * b + c
            for name, sign, i in steps:
                out = abs(out) if name == "abs" else getattr(out, name)()
                out = out + leaves[i] if sign == "+" else out - leaves[i] if sign == "-" else out * leaves[i]
            return out

        try:
            ours = gradients(program, *numbers)
        except OverflowError:
            continue
        tensors = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]
        program(*tensors).backward()
        theirs = [0.0 if t.grad is None else t.grad.item() for t in tensors]
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


# Long graphs, and memory ---------------------------------------------------------------------------------


def test_a_chain_of_a_million_at_the_default_recursion_limit() -> None:
    assert sys.getrecursionlimit() <= 1000
    step = Value(1.0)
    chain = step
    for _ in range(1_000_000):
        chain = chain + step
    assert "1000001.0" in repr(chain)
    chain.backward()
    assert step.grad == 1_000_001.0
    del chain  # freed from the end of the chain to its start, with no crash


def test_a_sum_of_100_000_losses() -> None:
    x = Value(0.5)
    total = sum(x * 2.0 for _ in range(100_000))
    assert isinstance(total, Value)
    total.backward()
    assert x.grad == 200_000.0


def test_a_dropped_graph_leaves_nothing_for_the_collector() -> None:
    x = Value(0.5)
    gc.collect()
    gc.disable()
    try:
        output = sum((x * x).tanh() for _ in range(33_000))
        assert isinstance(output, Value)
        output.backward()
        del output
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_memory_is_flat_over_1000_steps() -> None:
    model = MLP(2, [4, 1], seed=0)

    def step() -> None:
        model.zero_grad()
        model([0.5, -0.5]).backward()

    for _ in range(3000):  # until Python's free lists are full
        step()
    tracemalloc.start()
    try:
        step()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(1000):
            step()
        assert tracemalloc.get_traced_memory()[0] - before < 10_000
    finally:
        tracemalloc.stop()
