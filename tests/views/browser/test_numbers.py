"""Every number that the player shows at every step, forwards, backwards and after a jump."""

import random
from collections.abc import Callable

import pytest

import micrograd
from micrograd import Value, backward_steps, explore, forward_steps
from micrograd.engine import Constant, topological_order
from micrograd.text.naming import minus, node_names, short, subscripted, uses
from tests.views.browser.page import STATE, OpenPlayer, count, formula, go, state
from tests.views.graphs import network_loss, product_and_sum

# Every number


def factor(number: float) -> str:
    text = minus(short(number))
    return f"({text})" if text.startswith("−") else text


@pytest.mark.parametrize("make", [product_and_sum, network_loss])
def test_every_step_shows_the_numbers_of_the_sweep(make: Callable[[], Value], open_page: OpenPlayer) -> None:
    output = make()
    page = open_page(explore(output))
    order = topological_order(output)
    full = {value: subscripted(name) for value, name in node_names(order).items()}
    names = {value: name.rpartition(".")[2] for value, name in full.items()}  # within a formula: its words say the neuron
    root = names[output]
    expected_formulas = [(f"{names[step.node]} = ", f" = {minus(short(step.data))}") for step in forward_steps(output)]
    expected_formulas.append((f"d{root}/d{root} = ", "1"))
    gradients: dict[str, str] = {root: "1"}
    expected_cards = []
    for step in backward_steps(output):
        child, parent = names[step.node], names[step.parent]
        numbers = f"{factor(step.upstream)} × {factor(step.local_derivative)} = {minus(short(step.product))}"
        symbols = f"d{root}/d{parent} += d{root}/d{child} × ∂{child}/∂{parent}{uses(step.node.parents)[step.operand]}"
        expected_formulas.append((f"{symbols} = {numbers}", ""))
        gradients[full[step.parent]] = minus(short(step.grad_after))
        expected_cards.append(dict(gradients))

    shown = page.evaluate(
        """() => { const shown = [];
        for (let k = 1; k < steps.length; k += 1) {
            goTo(k, true);
            const cards = nodes.map((node, i) => [node.name, partsOf(i).element.querySelector(".gradient").textContent,
                                                  partsOf(i).element.classList.contains("unknown")]);
            shown.push({ formula: formulaElement.textContent, cards, reason: reasonElement.textContent });
        }
        return shown; }"""
    )
    assert len(shown) == len(expected_formulas)
    for (begin, end), at_step in zip(expected_formulas, shown, strict=True):
        assert at_step["formula"].startswith(begin)
        assert at_step["formula"].endswith(end)
    forward_count = sum(value.op is not None for value in order)
    for number, at_step in enumerate(shown):
        cards = {name: gradient for name, gradient, _ in at_step["cards"] if gradient}
        unknown = sum(hidden for *_, hidden in at_step["cards"])
        assert unknown == max(0, forward_count - number - 1)
        if number < forward_count:
            assert cards == {}  # no gradient before its step
        elif number > forward_count:
            assert cards == expected_cards[number - forward_count - 1]


def test_after_the_last_step_every_gradient_is_that_of_backward(open_page: OpenPlayer) -> None:
    loss = network_loss([3, 2, 1])
    page = open_page(explore(loss))
    page.keyboard.press("End")
    shown = dict(page.evaluate("nodes.map((node, i) => [node.name, partsOf(i).element.querySelector('.gradient').textContent])"))
    loss.backward()
    names = node_names(topological_order(loss))
    swept = {subscripted(name): minus(short(v.grad)) for v, name in names.items() if not isinstance(v, Constant)}
    assert shown == swept
    assert formula(page) == "Done: every gradient is final."


def test_a_folded_network_plays_every_step_and_shows_the_same_numbers(open_page: OpenPlayer) -> None:
    loss = network_loss([4, 3, 1])
    formulas = [
        page.evaluate("steps.map((_, k) => { goTo(k + 1, true); return formulaElement.textContent; })")
        for page in (open_page(explore(loss, collapse=collapse)) for collapse in (None, "neuron", "layer"))
    ]
    assert formulas[0] == formulas[1] == formulas[2]


def test_a_negative_number_has_parentheses_as_a_factor_and_none_within_brackets(open_page: OpenPlayer) -> None:
    x = Value(-2.0, label="x")
    page = open_page(explore(x.tanh() * x))
    go(page, 1)
    assert formula(page) == "v₁ = tanh(x) = tanh(−2) = −0.964"
    go(page, 2)
    assert formula(page) == "out = v₁ × x = (−0.964) × (−2) = 1.928"


def test_why_a_local_derivative_is_what_it_is(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    go(page, count(page) - 1)
    assert page.inner_text(".reason div:first-child") == "∂v₁/∂b = a = −2, because v₁ = a × b"
    assert page.inner_text(".reason div:last-child") == "df/db: −6 → −8 ●● contribution 2 of 2, final"


def test_a_rule_that_names_its_own_result(open_page: OpenPlayer) -> None:
    page = open_page(explore(micrograd.tan(Value(0.0, label="x"))))
    go(page, count(page) - 1)
    assert page.inner_text(".reason div:first-child") == "∂out/∂x = 1 + out × out = 1, because out = tan(x)"


def test_an_operand_that_is_used_twice_is_told_apart_from_itself(open_page: OpenPlayer) -> None:
    x = Value(3.0, label="x")
    page = open_page(explore(x * x))
    go(page, count(page) - 2)
    assert formula(page) == "dout/dx += dout/dout × ∂out/∂x₍₁₎ = 1 × 3 = 3"
    assert page.inner_text(".reason div:first-child") == "∂out/∂x₍₁₎ = x₍₂₎ = 3, because out = x₍₁₎ × x₍₂₎"
    page = open_page(explore(x**x))
    go(page, count(page) - 2)
    because = "because out = x₍₁₎^x₍₂₎"
    assert page.inner_text(".reason div:first-child") == f"∂out/∂x₍₁₎ = x₍₂₎ × x₍₁₎^(x₍₂₎ − 1) = 27, {because}"


# State


def test_going_back_and_jumping_show_the_same_as_walking(open_page: OpenPlayer) -> None:
    page = open_page(explore(network_loss()))
    walked = [state(page)]
    for _ in range(count(page)):
        page.evaluate("goTo(position + 1, true)")
        walked.append(state(page))
    go(page, 0)
    assert state(page) == walked[0]
    generator = random.Random(0)
    for target in generator.choices(range(len(walked)), k=100):
        go(page, target)
        assert state(page) == walked[target]


@pytest.mark.parametrize("collapse", ["neuron", "layer"])
def test_a_folded_page_goes_back_to_the_same_too(collapse: str, open_page: OpenPlayer) -> None:
    page = open_page(explore(network_loss([4, 3, 1]), collapse=collapse))
    positions = "[...Array(steps.length + 1).keys()]"
    walked = page.evaluate(f"{positions}.map((k) => {{ goTo(k, true); return {STATE}; }})")
    back = page.evaluate(f"{positions}.reverse().map((k) => {{ goTo(k, true); return {STATE}; }})")
    assert back[::-1] == walked
