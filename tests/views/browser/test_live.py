"""Numbers that are moved by hand: they are those of a graph made there, at every position of the sweep."""

import json
import math
import random
from itertools import islice

import pytest

import micrograd
from micrograd import Value, backward_steps, explore, forward_steps
from micrograd.compiler.javascript.functions import script, values_function
from micrograd.engine import Constant, topological_order
from micrograd.ops import OPS
from micrograd.text.naming import minus, short, shown
from micrograd.views.diagram import Diagram
from micrograd.views.live import leaves_of
from micrograd.views.numbers import every_number
from tests.oracle import ulps
from tests.test_ops import call, points
from tests.views.browser.page import OpenPlayer, Page, count, formula, go, position
from tests.views.browser.test_screens import contrast
from tests.views.graphs import network_loss, product_and_sum

WHOLE = """JSON.stringify([...document.querySelectorAll(".player *")].map((element) => [
    [...element.classList].sort(), element.getAttribute("style"), element.getAttribute("aria-valuetext"),
    element.children.length ? "" : element.textContent, element.value, element.hidden, element.disabled,
]))"""


def move(page: Page, numbers: list[float]) -> None:
    page.evaluate("numbers => { numbers.forEach((number, k) => setLeaf(leafNodes[k], number)); refresh(); }", numbers)


def elsewhere(output: Value, generator: random.Random) -> list[float]:
    """Move the leaves of the graph and compute it anew; what they are now."""
    leaves = [node for node in topological_order(output) if node.op is None and not isinstance(node, Constant)]
    for leaf in leaves:
        leaf.data = round(generator.uniform(-2.0, 2.0), 3)
    for _ in forward_steps(output):
        pass
    return [leaf.data for leaf in leaves]


# Numbers


def test_moved_numbers_are_those_of_a_graph_made_there(open_page: OpenPlayer) -> None:
    loss, generator = network_loss(), random.Random(1)
    page = open_page(explore(loss))
    page.keyboard.press("End")
    nodes = [node for node in topological_order(loss) if not isinstance(node, Constant)]
    for _ in range(5):
        move(page, elsewhere(loss, generator))
        for _ in backward_steps(loss):
            pass
        data, slopes = page.evaluate("[[...numbers.subarray(0, nodes.length)], [...slopes]]")
        assert data == pytest.approx([node.data for node in nodes], rel=1e-14)
        assert slopes == pytest.approx([float(node.grad) for node in nodes], rel=1e-12)
        cards = page.evaluate("cardParts.map((parts) => [parts.data.textContent, parts.gradient.textContent])")
        assert cards == [[shown(node.data), shown(node.grad)] for node in nodes]
        assert float(page.get_attribute(".player", "data-output")) == pytest.approx(loss.data, rel=1e-14)
        for node in nodes:
            node.grad = 0.0


def test_every_step_tells_of_the_numbers_as_they_are_now(open_page: OpenPlayer) -> None:
    """Moved before, or in the middle, or at the end: every position shows what a page that was made there shows."""
    words = "steps.map((_, k) => { goTo(k + 1, true); return [formulaElement.textContent, reasonElement.textContent,"
    words += " cardParts.map((parts) => [parts.data.textContent, parts.gradient.textContent])]; })"
    here, there = network_loss([1]), network_loss([1])
    numbers = elsewhere(there, random.Random(2))
    expected = open_page(explore(there)).evaluate(words)
    page = open_page(explore(here))
    for place in (0, count(page) // 2, count(page)):
        page.evaluate("resetAll()")
        go(page, place)
        move(page, numbers)
        assert page.evaluate(words) == expected


def test_every_operation_is_computed_in_the_browser_as_in_python(open_page: OpenPlayer) -> None:
    """Data and local derivatives, at three points each, to 4 units in the last place; of hypot, which differs, to 13 digits."""
    functions, expected = [], []
    for number, op in enumerate(OPS):
        graphs = [Diagram(call(op, list(map(Value, numbers)))) for numbers in islice(points(op, far=False), 3)]
        functions.append(values_function(f"op{number}", every_number(graphs[0], leaves_of(graphs[0]), [])))
        for graph in graphs:
            data = [value.data for value in graph.values] + [edge.local_derivative for edge in graph.edges]
            expected.append((op, number, [leaf.data for leaf in leaves_of(graph)], data))
    calls = [f"at(op{number}, {json.dumps(leaves)}, {len(data)})" for _, number, leaves, data in expected]
    at = "const at = (f, x, size) => { const out = new Float64Array(size); f(x, [], out); return [...out]; };"
    got = open_page("<!doctype html><title>numbers</title>").evaluate(
        f"(() => {{ {script(functions)}\n{at} return [{','.join(calls)}]; }})()"
    )
    for (op, _, leaves, data), numbers in zip(expected, got, strict=True):
        if "hypot" in op.symbol or op is micrograd.logsumexp:  # whose rule counts from what is the largest at the first point
            assert numbers == pytest.approx(data, rel=1e-13), (op, leaves)
        else:
            assert all(ulps(one, other) <= 4 for one, other in zip(numbers, data, strict=True)), (op, leaves, numbers, data)


def test_numbers_are_written_as_python_writes_them(open_page: OpenPlayer) -> None:
    """Halfway between two texts JavaScript takes the larger one and Python the even one; so ties are many here."""
    generator = random.Random(3)
    many = [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 1.7976931348623157e308, 999_999.5, 1.005e25, 1e16, 1e-4, 9.99e-5]
    many += [k / 16 for k in range(-500, 500)] + [k + 0.5 for k in range(900, 12_000, 23)]
    many += [1000.0 * k + 500.0 * (k % 2) for k in range(1000, 3000, 7)]
    many += [sign * math.nextafter(10.0**k, 0.0) for k in range(-20, 25) for sign in (1, -1)] + [10.0**k for k in range(-20, 25)]
    many += [generator.gauss(0.0, 10 ** generator.uniform(-8, 8)) for _ in range(2000)]
    page = open_page(explore(product_and_sum()))
    written = page.evaluate("numbers => numbers.map((x) => [shown(x), exact(x), signedShown(x)])", many)
    assert written == [[shown(x), minus(repr(x)), ("+" if x > 0.0 else "") + minus(short(x, 3))] for x in many]


def test_numbers_that_are_not_finite_are_shown_and_do_no_harm(open_page: OpenPlayer) -> None:
    x = Value(0.5, label="x")
    page = open_page(explore(micrograd.log(x) * 2.0))
    page.keyboard.press("End")
    for number, log, slope in ((0.0, "−inf", "inf"), (-1.0, "nan", "−2")):
        move(page, [number])
        data = page.evaluate("cardParts.map((parts) => parts.data.textContent)")
        assert data[1] == log
        assert page.evaluate("cardParts[0].gradient.textContent") == slope
    move(page, [math.pi])
    assert page.evaluate("cardParts[1].data.textContent") == shown(math.log(math.pi))


def test_reset_gives_back_the_same_page(open_page: OpenPlayer) -> None:
    page = open_page(explore(network_loss()))
    page.click("summary")
    for place in (0, count(page) // 2, count(page)):
        go(page, place)
        page.evaluate("lookAtLeaf(leafNodes[3]); refresh()")
        untouched = page.evaluate(WHOLE)
        page.evaluate("setLeaf(leafNodes[3], 0.25); refresh(); setLeaf(leafNodes[3], -7); refresh();")
        assert page.evaluate(WHOLE) != untouched
        page.evaluate("resetAll(); refresh()")
        assert page.evaluate(WHOLE) == untouched


# What is told, and when


def test_no_gradient_is_told_before_its_step(open_page: OpenPlayer) -> None:
    page = open_page(explore(network_loss()))
    told = page.evaluate(
        """() => steps.map((_, k) => {
            goTo(k, true);
            const leaf = leafNodes[k % leafNodes.length];
            setLeaf(leaf, leafValue(leaf) + 0.3);
            refresh();
            const ghosts = cardParts.filter((_, node) => !known[node]);
            const open = cardParts.filter((_, node) => !received[node] && node !== graph.output);
            return {
                early: open.filter((parts) => parts.gradient.textContent).length,
                seen: ghosts.filter((parts) => !parts.element.matches(".unknown") || parts.change.textContent).length,
                tangent: getComputedStyle(plotShapes.tangent).display,
                slope: whatIf.slope.textContent, bars: !whatIf.errors.hidden, isOver: isFinal(leaf),
            };
        })"""
    )
    assert sum(at["early"] + at["seen"] for at in told) == 0
    for at in told:
        assert (at["tangent"] != "none") == at["bars"] == at["isOver"]
        assert at["isOver"] or "contributions" in at["slope"] or at["slope"] == "not there yet"
    assert any(at["isOver"] for at in told)


def test_the_path_to_the_output_is_marked_with_its_changes(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    page.keyboard.press("End")
    move(page, [-1.0])  # a from -2 to -1: v1 = a*b from -6 to -3, v2 = a+b from 1 to 2, f = v1*v2 from -6 to -6
    changes = page.evaluate("Object.fromEntries(nodes.map((node, k) => [node.name, cardParts[k].change.textContent]))")
    assert changes == {"a": "+1", "b": "", "v₁": "+3", "v₂": "+1", "f": ""}
    assert page.locator(".card.moved").count() == 3
    assert page.locator(".line.moved").count() == 4  # a to both, and both to f
    move(page, [0.0])
    assert page.inner_text(".readout") == "f = −6 → 0"
    page.keyboard.press("Escape")
    assert page.locator(".graph .moved, .graph .held").count() == 0
    assert page.inner_text(".readout") == "f = 0"


# By hand


def handle_of(page: Page, name: str) -> tuple[float, float]:
    box = page.locator(f".card[aria-label={name}] .handle").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def value_of(page: Page, name: str) -> float:
    return float(page.evaluate("name => leafValue(nodes.findIndex((node) => node.name === name))", name))


def test_the_mouse_drags_a_number(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    x, y = handle_of(page, "a")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=3)
    assert value_of(page, "a") == -1.2  # 0.02 is the first of 1, 2, 5 times a power of ten above 2 / 150
    page.mouse.move(x + 50, y + 120)  # far from where it began, ten times finer
    assert value_of(page, "a") == -1.18
    page.mouse.up()
    page.mouse.move(x - 100, y)
    assert value_of(page, "a") == -1.18
    assert position(page) == 0
    assert page.evaluate("stage.scrollLeft") == 0
    page.mouse.dblclick(x, y)
    page.locator(".typed").fill("−0,5")
    page.keyboard.press("Enter")
    assert value_of(page, "a") == -0.5


def test_a_finger_drags_a_number(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()), width=480, height=800, has_touch=True)
    x, y = handle_of(page, "a")
    finger = page.context.new_cdp_session(page)
    for kind, shift in (("touchStart", 0), ("touchMove", 10), ("touchMove", 40), ("touchEnd", 40)):
        at = [] if kind == "touchEnd" else [{"x": x + shift, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
    assert value_of(page, "a") == pytest.approx(-1.2)
    assert page.evaluate("scrollY + stage.scrollLeft + stage.scrollTop") == 0
    assert page.locator(".whatif").is_visible()  # in the place of the words,
    page.click(".next")
    assert formula(page) == "v₁ = a × b = (−1.2) × 3 = −3.6"  # which come back with a step
    assert not page.locator(".whatif").is_visible()


def test_keys_step_a_number_and_the_steps_too(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    card = ".card[aria-label=b]"
    page.focus(card)
    for key, number in (("ArrowUp", 3.1), ("Shift+ArrowDown", 3.09), ("PageUp", 4.09), ("ArrowDown", 3.99), ("Backspace", 3.0)):
        page.keyboard.press(key)
        assert value_of(page, "b") == number, key
    page.keyboard.press("Enter")
    page.keyboard.type("no number")
    page.keyboard.press("Enter")
    assert page.get_attribute(".typed", "aria-invalid") == "true"
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.keyboard.type("1/4")
    page.keyboard.press("Enter")
    page.evaluate("refresh()")
    assert page.get_attribute(card, "aria-valuenow") == "0.25"
    assert page.get_attribute(card, "aria-valuetext") == "0.25; f is 0.875"  # (-2 * 0.25) * (-2 + 0.25)
    page.keyboard.press("ArrowRight")
    assert position(page) == 1
    page.keyboard.press("r")
    assert value_of(page, "b") == 3.0


def test_a_leaf_of_a_folded_neuron_is_moved_in_the_menu_and_in_the_table(open_page: OpenPlayer) -> None:
    page = open_page(explore(network_loss(), collapse="layer"))
    page.select_option(".what-leaf", label="w₂")
    page.evaluate("refresh()")
    page.focus(".what-number")
    page.keyboard.press("ArrowUp")
    moved = page.evaluate("leafNodes.filter((node) => leafValue(node) !== pythonValue(node)).map(fullName)")
    assert len(moved) == 1
    assert moved[0].endswith("w₂")
    page.click("summary")
    page.focus("tbody [role=spinbutton]")
    page.keyboard.press("PageUp")
    assert page.evaluate("leafValue(leafNodes[0]) - pythonValue(leafNodes[0])") == pytest.approx(1.0)


# Where numbers are fixed, and on every screen


def test_a_page_that_cannot_compute_says_so_and_has_no_handles(open_page: OpenPlayer) -> None:
    cube = micrograd.Op("cube", lambda a: a**3, lambda out, a: (3.0 * a * a,))
    page = open_page(explore(cube(Value(2.0, label="x"))))
    assert "The numbers on this page are fixed: JavaScript has no cube." in page.inner_text(".reason")
    assert page.locator("[role=spinbutton]:visible, .whatif:visible, .what-if:visible, .handle").count() == 0
    page.keyboard.press("End")
    assert page.evaluate("cardParts.map((parts) => parts.gradient.textContent)") == ["12", "1"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_every_screen_all_is_seen_while_a_number_moves(scheme: str, open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()), color_scheme=scheme)
    for width, height in ((480, 800), (800, 600), (1024, 700), (1280, 800), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("([width, height]) => innerWidth === width && player.clientWidth > width - 8", arg=[width, height])
        page.wait_for_timeout(60)
        go(page, count(page))
        move(page, [-1.25])
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, (width, overflow)
        cut = page.evaluate(
            """() => [...document.querySelectorAll(":is(header, footer, .whatif, .panel) > *, .card")].filter((element) => {
                const box = element.getBoundingClientRect();
                return box.width && (box.left < 0 || box.right > innerWidth || box.top < 0 || box.bottom > innerHeight);
            }).map((element) => String(element.getAttribute("class")))"""
        )
        assert cut == [], width
        fills = page.evaluate("Math.max(places.width * scale / stageWidth, places.height * scale / stageHeight)")
        assert fills > 0.97, width  # a small graph fills the stage
        assert page.evaluate("places === pictures[0].tall") == (width <= 620)


def test_the_whole_of_a_network_and_a_close_view_take_turns(open_page: OpenPlayer) -> None:
    page = open_page(explore(network_loss([8, 8, 1])))
    go(page, count(page) - 1)
    close, told = page.evaluate("scale"), formula(page)
    assert close >= 0.82
    page.keyboard.press("0")
    assert page.evaluate("places.width * scale <= stageWidth + 1 && places.height * scale <= stageHeight + 1")
    assert page.evaluate("cards.filter((card) => card.folded).length") == 17  # the neurons
    assert page.evaluate("parseFloat(getComputedStyle(picture.querySelector('.data')).fontSize) * scale") > 6.5
    assert formula(page) == told
    gradients = "Object.fromEntries(cards.map((card, k) => [card.main, cardParts[k].gradient.textContent]))"
    folded = page.evaluate(gradients)
    page.click(".zoom-fit")
    assert page.evaluate("scale") == close
    full = page.evaluate(gradients)
    assert {main: full[main] for main in folded} == folded


TEAL = [
    (".readout-now.moved", ".player"), (".what-number", ".whatif"), (".what-ratio", ".whatif"), (".what-slope", ".whatif"),
    (".what-place", ".whatif"), (".what-why", ".whatif"), (".what-if", ".what-if"), ("td .scrub", ".player"),
    (".sample.moved", ".sample.moved"),
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_the_hand_has_moved_can_be_read(scheme: str, open_page: OpenPlayer) -> None:
    """WCAG 2.2, AA: 4.5 to 1 for text; the numbers on cards are this teal on the card's ground."""
    page = open_page(explore(product_and_sum()), color_scheme=scheme)
    go(page, count(page))
    move(page, [0.5])
    page.click("summary")
    page.wait_for_selector("tbody tr")
    for text, behind in TEAL:
        colours = page.evaluate(
            "([text, behind]) => [getComputedStyle(find(text)).color, getComputedStyle(find(behind)).backgroundColor]",
            [text, behind],
        )
        assert contrast(*colours) >= 4.5, (text, colours)
    colours = page.evaluate("[getComputedStyle(cardParts[2].data).fill, getComputedStyle(cardParts[2].face).fill]")
    assert contrast(*colours) >= 4.5
