"""The laboratory by keys alone, its buttons, dials and starts, and what it says to those who do not see it."""

from typing import Any

import pytest

from micrograd import datasets, losses, nn
from micrograd.engine import Value
from micrograd.optim import Optimizer
from micrograd.views.laboratory.page import lab
from tests.views.browser.lab.rows_of_data import OpenPage, Page, exclusive_or, moons
from tests.views.browser.lab.units import folded, parameter, settled, until, with_starts


class Pulled(Optimizer):
    """Descent towards a number below 0."""

    def __init__(self, parameters: list[Value]) -> None:
        super().__init__(parameters, 0.1)
        self.goal = -2.0

    def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> Any:
        return parameter - self.learning_rate * (gradient + 0.01 * (parameter - self.goal)), state


def epoch(page: Page) -> int:
    return int(page.get_attribute(".lab", "data-epoch"))


def test_keys_train_go_back_and_begin_anew(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    for key, wanted in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 2), ("Home", 0), ("ArrowLeft", 0)]:
        page.keyboard.press(key)
        assert epoch(page) == wanted
    assert page.evaluate("training.losses.length") == 3
    losses = page.evaluate("training.losses")
    assert float(page.get_attribute(".lab", "data-loss")) == losses[0]
    page.keyboard.press("Space")
    assert page.get_attribute(".play", "aria-label") == "pause"
    until(page, "training.epoch > 5")
    page.keyboard.press("Space")
    assert page.get_attribute(".play", "aria-label") == "train"
    assert page.inner_text(".epoch b") == str(epoch(page))
    page.keyboard.press("r")
    assert epoch(page) == 0
    page.keyboard.press("Control+ArrowRight")
    assert epoch(page) == 0  # the browser's own keys stay its own


def test_other_keys_look_inside_turn_the_lines_and_choose_a_row(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    page.evaluate("chooseRow(0)")
    for key, row in (("]", 1), ("[", 0), ("[", 3)):
        page.keyboard.press(key)
        assert page.evaluate("look.row") == row
    page.keyboard.press("g")
    assert page.get_attribute(".gradients", "aria-pressed") == "true"
    page.keyboard.press("i")
    assert page.get_attribute(".look", "aria-pressed") == "true"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("[inside.at, training.epoch]") == [1, 0]
    page.keyboard.press("Escape")
    assert page.evaluate("inside") is None


def test_space_on_a_button_presses_this_button(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    page.focus(".one")
    page.keyboard.press("Space")
    assert epoch(page) == 1
    assert page.evaluate("playing") is False
    page.focus("#speed")
    page.keyboard.press("ArrowRight")  # the slider's own key
    assert (page.input_value("#speed"), epoch(page)) == ("3", 1)
    assert page.get_attribute("#speed", "aria-valuetext") == "3 a frame"


def test_the_keyboard_reaches_every_weight(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    reached: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"))
    names = page.evaluate("lab.lines.filter(({ parameter }) => parameter >= 0).map(({ parameter }) => lab.parameters[parameter])")
    assert set(names) <= set(reached)
    assert {"train", "learning rate", "parameter in the hand", "next row", "epoch: back to any, and on again"} <= set(reached)


def test_arrows_change_a_weight_enter_types_one_and_backspace_gives_it_back(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    page.evaluate("goToEpoch(2), show()")
    page.focus(".chip >> nth=0")
    given = page.evaluate("training.start.numbers[0]")
    page.keyboard.press("Enter")
    page.keyboard.type("−0,5")
    page.keyboard.press("Enter")
    for key, number in [("ArrowUp", -0.4), ("Shift+ArrowDown", -0.41), ("PageUp", 0.59), ("Backspace", given)]:
        page.keyboard.press(key)
        assert parameter(page, 0) == number
    settled(page)
    assert epoch(page) == 2
    text = page.get_attribute(".chip >> nth=0", "aria-valuetext")
    loss = page.evaluate("shown(lossNow())")
    assert text == f"{page.evaluate('shown(training.p[0])')}; loss {loss}"
    assert page.get_attribute(".chip >> nth=0", "role") == "spinbutton"


def test_a_learning_rate_of_0_is_at_the_left_end_of_its_slider(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    page.focus(".rate .scrub")
    page.keyboard.press("Enter")
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    settled(page)
    assert (page.evaluate("training.pace[0]"), page.input_value(".rate input")) == (0, "0")


def test_a_setting_below_0_can_be_turned_there(open_page: OpenPage) -> None:
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    page = open_page(lab(model, losses.half_mean_squared_error, datasets.xor(), Pulled(model.parameters())))
    page.click(".tune")
    page.focus("#tuning .scrub")
    page.keyboard.press("Enter")
    page.keyboard.type("-1,5")
    page.keyboard.press("Enter")
    assert page.evaluate("training.pace") == [0.1, -1.5]


def test_a_menu_has_every_parameter_and_its_number_beside_it(open_page: OpenPage) -> None:
    page = open_page(folded())
    count = page.evaluate("lab.parameters.length")
    assert page.locator(".parameter option").count() == count
    assert page.locator(".parameter optgroup").count() == 19 + 18 + 1
    page.focus(".parameter")
    page.keyboard.press("End")
    assert page.evaluate("networkState.heldParameter") == count - 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "layer3.neuron1.b"
    page.keyboard.press("ArrowUp")
    assert parameter(page, count - 1) == 0.1
    page.focus(".parameter")
    page.keyboard.press("Space")  # opens the menu, and does not train
    assert page.evaluate("playing") is False


def test_the_start_is_chosen_and_any_seed_is_pythons(open_page: OpenPage) -> None:
    page = open_page(with_starts())
    page.evaluate("goToEpoch(3), show()")
    page.select_option(".starts select", label="model 2")
    assert epoch(page) == 0
    assert page.evaluate("Array.from(training.p)") == [value.data for value in nn.MLP(2, [3, 1], "tanh", seed=2).parameters()]
    assert not page.locator(".starts input").is_visible()
    page.select_option(".starts select", label="any seed …")
    page.keyboard.type("4711")
    numbers = [value.data for value in nn.MLP(2, [3, 1], "tanh", seed=4711).parameters()]
    assert page.evaluate("Array.from(training.p)") == numbers
    page.evaluate("trainEpoch(), show()")
    page.click(".reset")
    assert page.evaluate("Array.from(training.p)") == numbers
    page.fill(".starts input", "-3")
    assert page.get_attribute(".starts input", "aria-invalid") == "true"
    assert page.evaluate("Array.from(training.p)") == numbers


def test_every_setting_has_a_slider_and_a_number(open_page: OpenPage) -> None:
    page = open_page(with_starts())
    assert page.inner_text(".subtitle").startswith("SGD, batches of 2 · half mean squared error · 13 parameters")
    page.focus(".rate input")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("training.pace[0]") > 0.4
    page.focus(".rate [role=spinbutton]")
    page.keyboard.press("Backspace")
    assert page.evaluate("training.pace[0]") == 0.4
    page.keyboard.press("ArrowUp")
    assert page.evaluate("training.pace[0]") == pytest.approx(0.41)
    page.click(".tune")
    names = page.locator(".tuning label").all_text_contents()
    assert names == page.evaluate("lab.settings.slice(1).map(({ name }) => name)")
    page.focus(f".tuning input >> nth={names.index('momentum')}")
    page.keyboard.press("Home")
    assert page.evaluate("training.pace[lab.settings.findIndex(({ name }) => name === 'momentum')]") == 0
    settled(page)
    assert page.inner_text(f".tuning [role=spinbutton] >> nth={names.index('momentum')}") == "0"


def test_the_legend_lists_every_key(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    legend = page.locator(".legend")
    assert not legend.is_visible()
    page.keyboard.press("?")
    assert legend.is_visible()
    names = {"ArrowRight": "→", "ArrowLeft": "←", " ": "Space", "Escape": "Esc"}
    shown = set(page.locator(".legend kbd").all_text_contents())
    assert {names.get(key, key) for key in page.evaluate("Object.keys(keys)")} == (shown - {"↑", "↓"}) | {"?"}
    page.keyboard.press("Escape")
    assert not legend.is_visible()


def test_what_happens_is_said_when_it_rests_and_not_while_it_plays(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    page.click(".one")
    until(page, "document.querySelector('.spoken').textContent.startsWith('epoch 1, loss ')")
    assert page.get_attribute(".spoken", "aria-live") == "polite"
    page.evaluate("setPlaying(true)")
    until(page, "training.epoch > 20")
    assert page.inner_text(".spoken") == "training"
    page.evaluate("lastSpoken = -Infinity, setPlaying(false)")
    until(page, "document.querySelector('.spoken').textContent === `epoch ${training.epoch}, loss ${shown(lossNow())}`")


def test_every_control_has_a_name(open_page: OpenPage) -> None:
    page = open_page(moons().page)
    nameless = page.evaluate("""() => {
        const all = [...document.querySelectorAll("button, select, input, [tabindex], [role]:not([role=status])")];
        const name = (element) => element.ariaLabel || element.textContent.trim() || element.labels?.length || element.title;
        return all.filter((element) => !name(element)).map((element) => element.outerHTML);
    }""")
    assert nameless == []
    tree = page.locator("body").aria_snapshot()
    for name in (
        'button "train"',
        'button "one epoch"',
        'slider "speed"',
        'slider "learning rate"',
        'spinbutton "learning rate"',
    ):
        assert name in tree
    assert 'img "loss by layer1.neuron1.w₁: ' in tree
    assert 'button "layer1.neuron1: ' in tree
