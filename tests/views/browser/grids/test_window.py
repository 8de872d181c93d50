"""One window in the page: its sum forward, and backward its shares of the gradients."""

import pytest

from tests.views.browser.grids.networks import CLASSES, FILTERS, PLACES, flat_picture, pictures, shown, told
from tests.views.browser.page import OpenPlayer

CELLS = [(1, channel, place) for channel in range(FILTERS) for place in range(len(PLACES))]  # of the convolution


def test_every_cell_is_what_its_panel_says(open_page: OpenPlayer) -> None:
    seen = pictures()
    opened = open_page(seen.html)
    for (_, channel, number), panel in zip(CELLS, told(opened, CELLS), strict=True):
        neuron, place = seen.filters[channel], PLACES[number]
        read, weights = [[value.data for value in values] for values in (seen.window(*place), neuron.weights)]
        products = [x * w for x, w in zip(read, weights, strict=True)]
        assert neuron.bias is not None
        before = seen.before(channel, place)
        assert panel.figures == {
            "pixels": [*map(shown, read)],
            f"filter f{'₁₂'[channel]}": [*map(shown, weights)],
            "products": [*map(shown, products)],
            "their sum": [shown(sum(products))],
            "bias": [shown(neuron.bias.data)],
            "z": [shown(before)],
            f"m{'₁₂₃₄'[place[0]]}{'₁₂₃₄'[place[1]]}": [shown(max(0.0, before))],
        }
        assert ("lets it through" if before > 0 else "ReLU shuts") in panel.words
    mean, output, pixel = told(opened, [(2, 1, 3), (3, 2, 0), (0, 0, 6)])
    cells = [max(0.0, seen.before(1, (row, column))) for row in (2, 3) for column in (2, 3)]
    assert mean.figures == {"maps": [*map(shown, cells)], "mean": [shown(sum(cells) / 4)]}
    assert output.figures["z"] == [shown(seen.outputs[2].data)]
    assert "8 means × 8 weights" in output.title
    assert pixel.figures == {"x₇": [shown(seen.pixels[6].data)]}
    assert pixel.words == "read by 8 windows of maps"  # 2 x 2 windows of 2 filters


def test_the_shares_of_all_windows_make_the_gradients(open_page: OpenPlayer) -> None:
    seen = pictures()
    opened = open_page(seen.html)
    weights = [[0.0] * len(neuron.weights) for neuron in seen.filters]
    pixels = [0.0] * len(seen.pixels)
    for (_, channel, _), panel in zip(CELLS, told(opened, CELLS, gradients=True), strict=True):
        assert panel.figures["∇w, all windows"] == [shown(weight.grad) for weight in seen.filters[channel].weights]
        assert panel.figures["share of ∇w"] == [*map(shown, panel.terms["weightShares"])]
        assert panel.figures["share of ∇x"] == [*map(shown, panel.terms["readShares"])]
        assert panel.slope.startswith("× 1 = " if panel.terms["before"] > 0 else "× 0 = 0")
        for place, share in enumerate(panel.terms["weightShares"]):
            weights[channel][place] += share
        for read, share in zip(panel.terms["reads"], panel.terms["readShares"], strict=True):
            pixels[read["cell"]] += share
    for neuron, total in zip(seen.filters, weights, strict=True):
        assert total == pytest.approx([weight.grad for weight in neuron.weights])
    assert pixels == pytest.approx([pixel.grad for pixel in seen.pixels])
    assert "up to 8 windows" in opened.inner_text(".panel p")


def test_equal_largest_cells_of_a_pool_share_its_gradient(open_page: OpenPlayer) -> None:
    opened = open_page(flat_picture())
    slopes = """[...examples[0].stages[1].values.keys()].map((cell) => {
        const place = cell < 4 ? 0 : 1;
        const own = { stage: 1, cell };
        return [poolSlope(2, place, own), numbersAt(2).gradients[place], numberOf(own, "gradients")];
    })"""
    told = opened.evaluate(slopes)
    assert [slope for slope, _, _ in told] == ["0.25"] * 4 + ["0", "0", "0", "1"]
    assert [float(slope) * pooled for slope, pooled, _ in told] == pytest.approx([gradient for _, _, gradient in told])


def test_what_the_maps_add_and_the_bias_make_an_output(open_page: OpenPlayer) -> None:
    seen = pictures()
    opened = open_page(seen.html)
    for output in range(CLASSES):
        added = opened.evaluate(f"[0, 1].map((channel) => addedBy(3, {output}, isOfChannel(2, channel)))")
        assert sum(added) + opened.evaluate(f"stages[3].bias[{output}]") == pytest.approx(seen.outputs[output].data)
        opened.evaluate(f"now.output = {output}, paint()")
        lines = opened.evaluate("""[...document.querySelectorAll(".stroke[stroke-opacity='0.8']")].map((line) =>
            [line.classList.contains("plus"), Number(line.getAttribute("stroke-width"))])""")
        assert [plus for plus, _ in lines] == [share > 0 for share in added]
        assert (lines[0][1] > lines[1][1]) == (abs(added[0]) > abs(added[1]))
