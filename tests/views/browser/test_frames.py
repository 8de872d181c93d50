"""The frame in pages like those of VS Code, whose policy it inherits, and of Colab, which puts each output in a frame."""

import html
from collections.abc import Callable

import pytest

from micrograd import datasets, explore, lab, losses, nn, optim
from tests.conftest import UNPACKED
from tests.views.browser.page import OpenPlayer, Page
from tests.views.graphs import product_and_sum

VS_CODE = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' https: http: data:; font-src 'self' https:; connect-src https:; child-src https: data: 'self';"
)
COLAB = "allow-downloads allow-forms allow-pointer-lock allow-popups allow-same-origin allow-scripts"


def player() -> str:
    return explore(product_and_sum())._repr_html_()


def laboratory() -> str:
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    return lab(model, losses.mean_squared_error, datasets.xor(), optim.SGD(model.parameters(), 0.4))._repr_html_()


def step_of(frame: Page) -> str:
    """One step, by its button: how far the player or the laboratory says that it is."""
    frame.wait_for_function(UNPACKED)
    frame.click(".next, .one")
    return str(frame.evaluate("document.querySelector('.player')?.dataset.step ?? document.querySelector('.lab').dataset.epoch"))


@pytest.mark.parametrize("output", [player, laboratory], ids=lambda make: make.__name__)
def test_it_runs_under_the_policy_of_vs_code(output: Callable[[], str], open_page: OpenPlayer) -> None:
    policy = f'<meta http-equiv="Content-Security-Policy" content="{VS_CODE}">'
    page = open_page(f"<!doctype html><meta charset=utf-8>{policy}{output()}")
    assert step_of(page.frames[1]) == "1"


@pytest.mark.parametrize("output", [player, laboratory], ids=lambda make: make.__name__)
def test_it_runs_in_a_frame_within_a_frame_as_in_colab(output: Callable[[], str], open_page: OpenPlayer) -> None:
    inner = html.escape(f"<!doctype html><meta charset=utf-8>{output()}")
    page = open_page(f'<!doctype html><iframe sandbox="{COLAB}" width=900 height=700 srcdoc="{inner}"></iframe>')
    assert step_of(page.frames[2]) == "1"
