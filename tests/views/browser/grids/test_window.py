"""One window in the page: its sum forward, and backward its shares of the gradients."""

import pytest

from tests.views.browser.grids.networks import CLASSES, FIGURES, FILTERS, PLACES, look_at, pictures, shown
from tests.views.browser.page import OpenPlayer


def test_a_cell_is_the_sum_of_its_window_times_the_filter(open_page: OpenPlayer) -> None:
    seen = pictures()
    opened = open_page(seen.html)
    for channel, neuron in enumerate(seen.filters):
        for number, place in enumerate(PLACES):
            look_at(opened, 1, channel, number)
            read, weights = [[value.data for value in values] for values in (seen.window(*place), neuron.weights)]
            products = [x * w for x, w in zip(read, weights, strict=True)]
            assert neuron.bias is not None
            before = seen.before(channel, place)
            assert opened.evaluate(FIGURES) == {
                "pixels": [*map(shown, read)],
                f"filter f{'₁₂'[channel]}": [*map(shown, weights)],
                "products": [*map(shown, products)],
                "their sum": [shown(sum(products))],
                "bias": [shown(neuron.bias.data)],
                "z": [shown(before)],
                f"m{'₁₂₃₄'[place[0]]}{'₁₂₃₄'[place[1]]}": [shown(max(0.0, before))],
            }
            through = "lets it through" if before > 0 else "ReLU shuts"
            assert through in opened.inner_text(".panel p")


def test_the_shares_of_all_windows_make_the_gradients(open_page: OpenPlayer) -> None:
    seen = pictures()
    opened = open_page(seen.html)
    pixels = [0.0] * len(seen.pixels)
    for channel, neuron in enumerate(seen.filters):
        weights = [0.0] * len(neuron.weights)
        for place in range(len(PLACES)):
            look_at(opened, 1, channel, place, gradients=True)
            figures = opened.evaluate(FIGURES)
            assert figures["∇w, all windows"] == [shown(weight.grad) for weight in neuron.weights]
            terms = opened.evaluate("termsOf(now)")
            assert figures["share of ∇w"] == [*map(shown, terms["weightShares"])]
            assert figures["share of ∇x"] == [*map(shown, terms["readShares"])]
            assert opened.inner_text(".slope") == f"× {shown(terms['slope'])} = {opened.evaluate('shown(termsOf(now).delta, 3)')}"
            weights = [total + share for total, share in zip(weights, terms["weightShares"], strict=True)]
            for read, share in zip(terms["reads"], terms["readShares"], strict=True):
                pixels[read["cell"]] += share
        assert weights == pytest.approx([weight.grad for weight in neuron.weights])
    assert pixels == pytest.approx([pixel.grad for pixel in seen.pixels])
    assert "up to 8 windows" in opened.inner_text(".panel p")  # a pixel in the middle: 2 x 2 windows of 2 filters


def test_what_the_maps_add_and_the_bias_make_an_output(open_page: OpenPlayer) -> None:
    seen = pictures()
    opened = open_page(seen.html)
    for output in range(CLASSES):
        added = opened.evaluate(f"[0, 1].map((channel) => addedBy(3, {output}, isOfChannel(2, channel)))")
        assert len(added) == FILTERS
        assert sum(added) + opened.evaluate(f"stages[3].bias[{output}]") == pytest.approx(seen.outputs[output].data)
        opened.evaluate(f"now.output = {output}, paint()")
        strong = "[...document.querySelectorAll('.stroke[stroke-opacity=\"0.8\"]')].map((line) => [line.classList.contains('plus'), Number(line.getAttribute('stroke-width'))])"  # noqa: E501
        lines = opened.evaluate(strong)
        assert [plus for plus, _ in lines] == [share > 0 for share in added]
        assert (lines[0][1] > lines[1][1]) == (abs(added[0]) > abs(added[1]))


def test_a_mean_an_output_and_an_input_have_their_panels(open_page: OpenPlayer) -> None:
    seen = pictures()
    opened = open_page(seen.html)
    look_at(opened, 2, 1, 3)
    cells = [max(0.0, seen.before(1, (row, column))) for row in (2, 3) for column in (2, 3)]
    assert opened.evaluate(FIGURES) == {"maps": [*map(shown, cells)], "mean": [shown(sum(cells) / 4)]}
    look_at(opened, 3, 2, 0)
    assert "8 means × 8 weights" in opened.inner_text(".panel h2")
    assert opened.evaluate(FIGURES)["z"] == [shown(seen.outputs[2].data)]
    look_at(opened, 0, 0, 6)
    assert opened.evaluate(FIGURES) == {"x₇": [shown(seen.pixels[6].data)]}
    assert opened.inner_text(".panel p") == "read by 8 windows of maps"
