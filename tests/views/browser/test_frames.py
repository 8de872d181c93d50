"""The frame in pages like those of VS Code, whose policy it inherits, and of Colab, which puts each output in a frame."""

import html

from micrograd import explore
from tests.views.browser.page import OpenPlayer, position
from tests.views.graphs import product_and_sum

VS_CODE = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' https: http: data:; font-src 'self' https:; connect-src https:; child-src https: data: 'self';"
)


def test_the_player_runs_under_the_policy_of_vs_code(open_page: OpenPlayer) -> None:
    policy = f'<meta http-equiv="Content-Security-Policy" content="{VS_CODE}">'
    page = open_page(f"<!doctype html><meta charset=utf-8>{policy}{explore(product_and_sum())._repr_html_()}")
    page.frames[1].click(".next")
    assert position(page.frames[1]) == 1


def test_the_player_runs_in_a_frame_within_a_frame_as_in_colab(open_page: OpenPlayer) -> None:
    output = html.escape(f"<!doctype html><meta charset=utf-8>{explore(product_and_sum())._repr_html_()}")
    sandbox = "allow-downloads allow-forms allow-pointer-lock allow-popups allow-same-origin allow-scripts"
    page = open_page(f'<!doctype html><iframe sandbox="{sandbox}" width=900 height=700 srcdoc="{output}"></iframe>')
    page.frames[2].click(".next")
    assert position(page.frames[2]) == 1
