"""The page of the matrix form without a browser: what it holds, and what it refuses to hold."""

import dataclasses
import html
import json
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from micrograd import Op, Value
from micrograd.folding import fold
from micrograd.replay import Replay
from micrograd.tensors.terms import Formulas, Infix, Line, Name
from micrograd.views.matrices import MOST_NUMBERS, in_notebook, numbers_at, page
from tests.tensors.examples import EXAMPLES
from tests.tensors.pieces import Example
from tests.views.formulas import array, xor_formulas, xor_numbers


def data_in(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def xor_page() -> str:
    return page(xor_formulas(), xor_numbers())


def line_of(data: dict[str, Any], name: str) -> dict[str, Any]:
    (line,) = [line for line in data["lines"] if line["result"]["array"] == name]
    return line


def test_every_line_stands_in_its_half() -> None:
    text = xor_page()
    forward, backward = text.split("<h2>backward</h2>")
    numbers = [[int(number) for number in re.findall(r'data-line="(\d+)"', half)] for half in (forward, backward)]
    assert numbers == [[0, 1, 2, 3], [4, 5, 6, 7, 8, 9, 10]]  # the loss is the fourth line


def test_formulas_are_html_that_needs_no_script() -> None:
    assert "<i>z</i><sub>1</sub> = <i>x</i> <i>W</i><sub>1</sub><sup>\N{DOWN TACK}</sup> + <i>b</i><sub>1</sub>" in xor_page()


def test_a_line_has_its_matrices_with_the_signs_between_them() -> None:
    tokens = line_of(data_in(xor_page()), "z1")["tokens"]
    assert [token if isinstance(token, str) else token["array"] for token in tokens] == ["x", "·", "W1", "+", "b1"]
    assert [token["axes"] for token in tokens if isinstance(token, dict)] == [
        [[4, 2], [2, 1]],
        [[2, 1], [3, 2]],  # turned: 2x3 of the numbers of 3x2
        [[1, 0], [3, 1]],  # a row, which is added to every row
    ]


def test_a_vector_stands_as_the_product_wants_it() -> None:
    data = data_in(xor_page())
    column, row = [[3, 1], [1, 0]], [[1, 0], [3, 1]]
    assert line_of(data, "v1")["tokens"][2]["axes"] == column  # h1 w1
    assert line_of(data, "dh1")["tokens"][2]["axes"] == row  # dv1 times w1, lying down
    assert line_of(data, "dw1")["result"]["axes"] == column
    assert line_of(data, "db1")["result"]["axes"] == row


def test_vectors_of_one_sum_stand_alike() -> None:
    one, other, out = (array(name, "parameter", (3,)) for name in ("p", "q", "out"))
    line = Line(out, Infix("+", Name(one), Name(other)))
    formulas = Formulas((), (one, other), (), None, (line,), (), (), (), ())
    (data,) = data_in(page(formulas, {name: np.ones(3) for name in ("p", "q", "out")}))["lines"]
    assert [data["result"]["axes"], data["tokens"][0]["axes"], data["tokens"][2]["axes"]] == [[[1, 0], [3, 1]]] * 3


def test_a_gradient_of_a_parameter_is_a_product_over_the_rows() -> None:
    data = data_in(xor_page())
    line = line_of(data, "dW1")
    assert line["pairs"] == [{"left": 0, "right": 2, "rows": True}]
    assert line["parameter"] == [["name", "W"], ["low", "1"]]
    assert line_of(data, "z1")["pairs"] == [{"left": 0, "right": 2, "rows": False}]


def test_there_is_one_scale_for_each_kind() -> None:
    numbers = xor_numbers()
    gradients = [np.abs(numbers[name]).max() for name in ("dv1", "dh1", "dz1", "dW1", "db1", "dw1", "db2")]
    largest = data_in(xor_page())["largest"]
    assert largest["gradient"] == pytest.approx(max(gradients), rel=1e-5)
    assert (largest["data"], largest["parameter"]) == (1.0, 1.364)


def test_numbers_that_json_has_no_word_for_are_words() -> None:
    numbers = xor_numbers() | {"db1": np.array([math.nan, math.inf, -math.inf])}
    data = data_in(page(xor_formulas(), numbers))
    assert data["arrays"]["db1"]["numbers"] == ["nan", "Infinity", "-Infinity"]
    assert math.isfinite(data["largest"]["gradient"])


def test_a_large_array_is_there_by_its_shape_alone() -> None:
    side = math.isqrt(MOST_NUMBERS) + 1
    example = EXAMPLES["xor"]()
    folded = fold(example.loss, example.inputs, example.parameters, rows=example.rows)
    numbers = numbers_at(folded.formulas, folded.rows, folded.numbers)
    line = folded.formulas.lines[0]
    large = dataclasses.replace(folded.formulas, lines=(line,))
    shapes = {line.name: (side, side), "x": (side, 2), "W1": (side, 2), "b1": (side,)}
    data = data_in(page(large, numbers | {name: np.ones(shape) for name, shape in shapes.items()}))
    assert data["arrays"][line.name] == {"kind": "value", "shape": [side, side], "numbers": None}
    assert all(token["reach"] is None for token in data["lines"][0]["tokens"] if isinstance(token, dict))


HOSTILE = '</script><img src=x onerror="window.hurt=1">'


def hostile() -> tuple[Formulas, dict[str, Any]]:
    formulas = xor_formulas()
    numbers = {HOSTILE if name == "x" else name: array for name, array in xor_numbers().items()}
    formulas.inputs[0].name = HOSTILE
    return formulas, numbers


def test_hostile_text_ends_no_element_of_the_page() -> None:
    formulas, numbers = hostile()
    text = page(formulas, numbers, title=HOSTILE, note=HOSTILE)
    assert "<img" not in text
    assert text.count("</script>") == 2


def test_the_page_loads_nothing_and_admits_its_own_script_only() -> None:
    text = xor_page()
    assert not re.search(r"\b(src|href)=|@import|url\(|https?://(?!www\.w3\.org)", text)
    assert "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" in text


def test_a_notebook_gets_a_frame_apart_with_the_formulas_behind_it() -> None:
    text = xor_page()
    shown = in_notebook(text, xor_formulas())
    frame = re.search(r"<iframe [^>]*sandbox=\"allow-scripts\"[^>]* srcdoc='([^']*)'>", shown, re.DOTALL)
    assert frame is not None
    assert html.unescape(frame[1]) == html.unescape(text)
    assert "<i>h</i><sub>1</sub> = tanh <i>z</i><sub>1</sub>" in shown.partition("<iframe")[0]


@pytest.mark.parametrize("make", EXAMPLES.values(), ids=EXAMPLES)
def test_every_example_has_a_page(make: Callable[[], Example]) -> None:
    example = make()
    rows = example.rows[:3] if len(example.inputs) else None
    folded = fold(example.loss, example.inputs, example.parameters, rows=rows)
    numbers = numbers_at(folded.formulas, folded.rows, folded.numbers)
    data = data_in(page(folded.formulas, numbers))
    assert [line["result"]["array"] for line in data["lines"]] == [line.name for line in folded.formulas.lines]
    for line in data["lines"]:
        for pair in line["pairs"]:
            assert {type(line["tokens"][pair["left"]]), type(line["tokens"][pair["right"]])} == {dict}


def test_numbers_are_those_of_the_graph_row_by_row() -> None:
    example = EXAMPLES["xor"]()
    folded = fold(example.loss, example.inputs, example.parameters, rows=example.rows)
    numbers = numbers_at(folded.formulas, folded.rows, folded.numbers)
    run = Replay(example.loss)
    losses = [run(dict(zip(example.inputs, row, strict=True))) for row in example.rows]
    assert numbers["loss"] == pytest.approx(sum(losses) / len(losses), rel=1e-12)


def test_a_second_derivative_has_a_page_along_the_parameters_themselves() -> None:
    example = EXAMPLES["xor"]()
    second = fold(example.loss, example.inputs, example.parameters, rows=example.rows).hessian_product()
    numbers = numbers_at(second.formulas, second.rows, second.numbers)
    assert (numbers["vW1"] == numbers["W1"]).all()
    assert data_in(page(second.formulas, numbers))["lines"]


def test_an_operation_of_ones_own_has_its_numbers_too() -> None:
    cube = Op("cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
    w, x = Value(2.0, label="w"), Value(1.0, label="x")
    folded = fold(cube(w * x), [x], [w], rows=[[1.0], [-1.0]])
    numbers = numbers_at(folded.formulas, folded.rows, folded.numbers)
    assert numbers["loss"] == pytest.approx((8.0 - 8.0) / 2)


def test_a_loss_that_is_a_number_has_a_page() -> None:
    folded = fold(Value(2.0), [], [])
    numbers = numbers_at(folded.formulas, folded.rows, folded.numbers)
    (line,) = data_in(page(folded.formulas, numbers))["lines"]
    assert line["result"]["axes"] == [[1, 0], [1, 0]]
    assert float(numbers["loss"]) == 2.0
