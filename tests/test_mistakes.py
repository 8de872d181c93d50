"""Mistakes with a graph: each is noticed where it is made, or by the next sweep, and answered with one sentence."""

import copy
import math
import pickle
import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import micrograd
from micrograd import Op, Value, backward_steps, words
from micrograd.engine import Gradient, NoGradient, topological_order
from micrograd.mistakes import outdated
from micrograd.optim import SGD

# A step that moves nothing


@pytest.mark.parametrize(
    ("symbol", "move"),
    [
        ("+=", lambda p: p.__iadd__(-0.1 * p.grad)),
        ("-=", lambda p: p.__isub__(0.1 * p.grad)),
        ("*=", lambda p: p.__imul__(0.9)),
        ("/=", lambda p: p.__itruediv__(2)),
        ("**=", lambda p: p.__ipow__(2)),
    ],
)
def test_a_step_in_place_is_refused_since_it_would_move_nothing(symbol: str, move: Callable[[Value], Value]) -> None:
    w = Value(3.0, label="w")
    (w * w).backward()
    sign = re.escape(symbol)
    with pytest.raises(TypeError, match=rf"^p {sign} number .* leaves w where it is; to move it, write p\.data {sign} number$"):
        move(w)
    assert (w.data, w.grad) == (3.0, 6.0)


def test_the_loop_that_learners_write_stops_at_its_first_step() -> None:
    parameters = [Value(1.0, label="w1"), Value(2.0, label="w2")]
    (parameters[0] * parameters[1]).backward()
    with pytest.raises(TypeError, match=r"leaves w1 where it is; to move it, write p\.data -= number"):
        descend(parameters)


def descend(parameters: list[Value]) -> None:
    for p in parameters:
        p -= 0.5 * p.grad


def test_a_leaf_without_a_label_is_called_the_leaf() -> None:
    w = Value(3.0)
    (w * w).backward()
    with pytest.raises(TypeError, match=r"leaves the leaf where it is"):
        w.__isub__(0.1)


def test_sums_that_grow_in_place_are_graphs_as_ever() -> None:
    x, loss = Value(3.0), Value(0.0)
    for _ in range(3):
        loss += x * x
    loss *= 2.0
    loss -= 1.0
    loss.backward()
    assert (loss.data, x.grad) == (2.0 * 27.0 - 1.0, 2.0 * 3.0 * 6.0)
    with pytest.raises(TypeError, match="unsupported operand"):
        x += "a"  # type: ignore[arg-type]
    loss += 1.0  # an inner node may be built upon after a sweep
    x += x
    assert (loss.data, x.data) == (54.0, 6.0)


# The gradient of a place from which the leaf has moved


def test_a_loop_by_hand_that_forgets_to_clear_the_gradient_is_told() -> None:
    w = Value(0.0, label="w")
    message = r"^backward\(\) adds to the gradient that w had before it moved, so a step with it .*; set its grad to 0 first"
    ((w - 3.0) ** 2).backward()
    w.data -= 0.1 * w.grad
    with pytest.warns(UserWarning, match=message) as caught:
        ((w - 3.0) ** 2).backward()
    assert [warning.filename for warning in caught] == [__file__]
    assert w.grad == pytest.approx(2.0 * (0.0 - 3.0) + 2.0 * (0.6 - 3.0))  # added up all the same, as in PyTorch


def test_a_leaf_that_was_moved_to_0_is_told_too() -> None:
    w = Value(1.0)
    (w * 2.0).backward()
    w.data = 0.0
    with pytest.warns(UserWarning, match="had before it moved"):
        (w * 2.0).backward()


def test_a_sweep_in_steps_is_told_the_same_and_tells_the_next() -> None:
    w = Value(1.0, label="w")
    list(backward_steps(w * w))
    w.data = 2.0
    with pytest.warns(UserWarning, match="adds to the gradient that w had") as caught:
        list(backward_steps(w * w))
    assert [warning.filename for warning in caught] == [__file__]


@pytest.mark.parametrize("cleared", [0.0, None])
def test_a_gradient_that_was_cleared_does_not_warn(cleared: Any) -> None:
    w = Value(1.0)
    for _ in range(3):
        w.grad = cleared
        (w * w).backward()
        assert w.grad == 2.0 * w.data
        w.data -= 0.1 * w.grad


def test_gradients_of_several_losses_at_one_place_add_up_in_silence() -> None:
    w = Value(2.0)
    (w * w).backward()
    (w * 3.0).backward()
    assert w.grad == 2.0 * 2.0 + 3.0


def test_a_leaf_that_was_moved_and_put_back_does_not_warn() -> None:
    w = Value(2.0)
    (w * w).backward()
    w.data = 5.0
    w.data = 2.0
    (w * w).backward()
    assert w.grad == 2.0 * 4.0


@pytest.mark.parametrize("made_again", [copy.deepcopy, copy.copy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301
def test_a_copy_knows_the_place_of_its_gradient(made_again: Callable[[Value], Value]) -> None:
    w = Value(2.0)
    (w * w).backward()
    again = made_again(w)
    again.data = 3.0
    with pytest.warns(UserWarning, match="had before it moved"):
        (again * again).backward()


def test_two_optimizers_that_clear_before_their_own_sweep_are_not_told() -> None:
    """As two networks are trained against each other: the sweep of one adds to gradients that the other will clear."""
    first, second = Value(1.0, "first"), Value(2.0, "second")
    for _ in range(3):
        for mine in (SGD([first], 0.1), SGD([second], 0.1)):
            mine.zero_grad()
            (first * second).backward()
            mine.step()


def test_a_sum_with_a_gradient_that_a_step_has_followed_is_told_when_it_is_followed() -> None:
    w = Value(1.0, "w")
    optimizer = SGD([w], 0.1)
    (w * w).backward()
    optimizer.step()
    (w * w).backward()
    (w * w).backward()
    message = r"^step\(\) follows gradients that it has followed before; call zero_grad\(\) before each backward\(\)$"
    with pytest.warns(UserWarning, match=message) as caught:
        optimizer.step()
    assert [warning.filename for warning in caught] == [__file__]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_gradient_is_pickled_with_its_place(protocol: int) -> None:
    w = Value(2.0)
    (w * w).backward()
    again = pickle.loads(pickle.dumps(w.grad, protocol))  # noqa: S301
    assert (type(again), again, again.at) == (Gradient, 4.0, 2.0)


# A loss from before the step


def test_a_second_sweep_through_old_numbers_is_told() -> None:
    w = Value(3.0, label="w")
    loss = w * w
    loss.backward()
    w.data, w.grad = 2.0, 0.0
    with pytest.warns(
        UserWarning, match=r"^backward\(\) gives the gradient of the numbers that went forward, .* inside the loop$"
    ) as caught:
        loss.backward()
    assert [warning.filename for warning in caught] == [__file__]
    assert w.grad == 6.0  # of the numbers used going forward, as promised


def test_a_second_sweep_through_the_same_numbers_is_not_told() -> None:
    w = Value(3.0)
    loss = (w * w - 9.0).relu() + Value(math.nan) * 0.0
    loss.backward()
    loss.backward()
    assert (loss + w).data != 0.0


@pytest.mark.parametrize(
    ("before", "now", "text"),
    [
        (1.0, math.nan, r"log\(w=nan\) was 0\.0 when it was computed and is nan now"),
        (math.nan, 1.0, r"log\(w=1\.0\) was nan when it was computed and is 0\.0 now"),
        (1.0, -1.0, r"log\(w=-1\.0\) was 0\.0 when it was computed and has no value now"),
        (math.nan, -1.0, r"log\(w=-1\.0\) was nan when it was computed and has no value now"),
    ],
)
def test_nan_and_a_value_that_is_missing_are_told_apart(before: float, now: float, text: str) -> None:
    w = Value(before, "w")
    order = topological_order(w.log())
    w.data = now
    assert re.match(text, outdated(order) or "")


def test_an_operation_of_more_than_four_operands_is_told_by_their_number() -> None:
    values = [Value(float(i)) for i in range(5)]
    orders = [topological_order(micrograd.total(values[:count])) for count in (4, 5)]
    values[0].data = 1.0
    texts = [outdated(order) or "" for order in orders]
    assert texts[0].startswith("total(1.0, 1.0, 2.0, 3.0) was 6.0 when")
    assert texts[1].startswith("total of 5 operands was 10.0 when")


def test_the_warning_for_old_numbers_is_the_same_each_time_so_that_python_shows_it_once() -> None:
    w = Value(1.0, label="w")
    loss = w * w
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(5):
            w.grad = 0.0
            loss.backward()
            w.data -= 0.1 * w.grad
    assert len(caught) == 1


# What is no number


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("a", r"^a Value holds one real number, got 'a' \(str\); convert the text first"),
        (None, r"got None \(NoneType\); pass an int or a float"),
        (Value(2.0), r"got Value\(data=2\.0\) \(Value\); .* take its number with \.data"),
        ([1.0], r"got \[1\.0\] \(list\); make one Value for each"),
    ],
)
@pytest.mark.parametrize("use", [lambda x: (x * 2.0).backward(), lambda x: x.tanh(), lambda x: micrograd.dot([x], [x])])
def test_data_that_is_no_number_is_said_at_the_next_use(wrong: Any, message: str, use: Callable[[Value], Any]) -> None:
    x = Value(1.0)
    x.data = wrong
    with pytest.raises(TypeError, match=message):
        use(x)


def test_a_second_sweep_looks_at_data_first() -> None:
    x = Value(1.0)
    y = x * x
    y.backward()
    x.data = "3"  # type: ignore[assignment]
    with pytest.raises(TypeError, match=r"got '3' \(str\); convert the text first") as caught:
        y.backward()
    x.data, x.grad = 1.0, "a"  # type: ignore[assignment]
    with pytest.raises(TypeError, match=r"got 'a' \(str\); convert the text first"):
        y.backward()
    assert caught.value.__context__ is None


def test_data_of_another_kind_of_number_becomes_a_float() -> None:
    x = Value(1.0)
    x.data = 3
    (x * x).backward()
    assert (type(x.data), x.grad) == (float, 6.0)


def test_a_gradient_of_none_is_no_gradient() -> None:
    x = Value(1.0)
    assert isinstance(x.grad, NoGradient)
    x.grad = None  # type: ignore[assignment]
    assert repr(x) == "Value(data=1.0)"
    (x * 2.0).backward()
    assert x.grad == 2.0


def test_an_error_of_the_users_own_rule_stays_as_it_is() -> None:
    def broken(a: float) -> float:
        raise TypeError("mine")

    with pytest.raises(TypeError, match=r"^mine\nIt was raised in <Op broken>\.$"):
        Op("broken", broken, lambda out, a: (1.0,))(Value(1.0))


# Other libraries' words


@pytest.mark.parametrize("label", [(Value(1.0),), 3, ["x"]])
def test_a_label_is_a_text(label: Any) -> None:
    with pytest.raises(TypeError, match=r"^a label is a text, got .*Op\(symbol, forward, derivatives\)"):
        Value(9.0, label)


def test_arguments_of_other_engines_get_the_word_of_this_one() -> None:
    a: Any = Value(1.0)
    make: Any = Value
    with pytest.raises(TypeError, match=r"^Value takes data and label, got 3: an operation of your own is one row, Op\("):
        make(2.0, (a,), "+")
    with pytest.raises(TypeError, match=r"^Value has no requires_grad: .* every leaf has a gradient"):
        make(2.0, requires_grad=True)
    with pytest.raises(TypeError, match=r"^Value has no colour: it takes data, label$"):
        make(2.0, colour="red")
    with pytest.raises(TypeError, match=r"missing 1 required positional argument: 'data'"):
        make()
    with pytest.raises(TypeError, match=r"^Value\.backward has no retain_graph: it is not needed, since a graph stays"):
        a.backward(retain_graph=True)
    with pytest.raises(TypeError, match=r"^Value\.backward takes no argument, got 1$"):
        a.backward(1.0)


@pytest.mark.parametrize("name", words.VALUES)
def test_a_name_of_other_engines_gets_the_word_of_this_one(name: str) -> None:
    x = Value(1.0)
    with pytest.raises(AttributeError, match=rf"^a Value has no {name}: (it|write) "):
        getattr(x, name)
    with pytest.raises(AttributeError, match=rf"^a Value has no {name}: (it|write) "):
        setattr(x, name, 1.0)
    assert not hasattr(x, name)
    assert name not in dir(x)


@pytest.mark.parametrize("name", words.GRADIENTS)
def test_a_gradient_is_a_number_and_says_so(name: str) -> None:
    x = Value(1.0)
    (x * x).backward()
    with pytest.raises(AttributeError, match=rf"^a gradient has no {name}: (it is a plain number|write x\.grad = 0\.0)"):
        getattr(x.grad, name)


def test_names_that_cost_nothing_are_there() -> None:
    x = Value(3.0, label="x")
    y = x * x
    free = y.detach()
    assert (y.item(), free.data, free.parents) == (9.0, 9.0, ())
    assert Value(3.0).exp2().data == 8.0


def test_a_name_that_nobody_knows_is_just_not_there() -> None:
    with pytest.raises(AttributeError, match=r"^'Value' object has no attribute 'nonsense'$"):
        Value(1.0).nonsense  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match=r"^micrograd has no nonsense$"):
        micrograd.nonsense  # type: ignore[attr-defined]  # noqa: B018
    assert not hasattr(micrograd, "__wrapped__")


def test_the_package_answers_to_names_of_other_libraries() -> None:
    with pytest.raises(AttributeError, match=r"^micrograd has no no_grad: it is not needed.*read \.data of the result$"):
        micrograd.no_grad()  # type: ignore[attr-defined]
