"""Hostile names in the player, and pages around it that would change it."""

import re

import micrograd
from micrograd import Op, Value, explore
from tests.conftest import UNPACKED
from tests.views.browser.page import OpenPlayer, position
from tests.views.graphs import network_loss, product_and_sum

HOSTILE = [
    '</script><img src=x onerror="window.hurt=1">', '"><svg onload="window.hurt=1">', "{0}{out}", "{1}", "$&$1", "<!--", "]]>",
    "\u202egnp", "\x00\x1b[31m", "\ud800", "\u2028\u2029", "x" * 10_000, "__proto__", "constructor", "שלום", "変数", "🙂",
    "'\"`\\",
    "javascript:window.hurt=1", "</style><b>", "</title><b>", "&lt;b&gt;", "<b>b</b>", "a.b",
]  # fmt: skip


def test_hostile_names_are_shown_as_letters_everywhere(open_page: OpenPlayer) -> None:
    leaves = [Value(float(i), label=label) for i, label in enumerate(HOSTILE, start=1)]
    strange = Op(HOSTILE[0], lambda a: a, lambda out, a: (1.0,))
    output = strange(micrograd.total([leaf * leaf for leaf in leaves]))
    output.label = HOSTILE[0]
    page = open_page(explore(output, title=HOSTILE[0]))
    page.evaluate("steps.forEach((_, k) => goTo(k + 1, true))")
    page.evaluate("nodes.forEach((_, k) => choose(k))")
    page.click("summary")
    page.wait_for_selector("tbody tr")
    assert page.evaluate("window.hurt") is None
    assert page.locator("img, [onerror], [onload], b").count() == 0
    assert page.inner_text("h1") == HOSTILE[0]
    names = page.evaluate("nodes.map((node) => node.name)")
    shown = [button.inner_text() for button in page.locator("tbody button").all()]
    assert [name for name in shown if name.strip()] == [name for name in names if name.strip()]
    assert "{0}{out}" in shown


def test_a_script_that_was_put_into_the_page_does_not_run(open_page: OpenPlayer) -> None:
    page_text = explore(product_and_sum()).html.replace(
        "</footer>", '</footer><script>window.hurt = 1</script><img src="data:," onerror="window.hurt = 2">'
    )
    refused: list[str] = []
    page = open_page("<p>").context.new_page()
    page.on("console", lambda message: refused.append(message.text))
    page.set_content(page_text)
    page.wait_for_function(UNPACKED)
    assert page.evaluate("window.hurt") is None
    assert sum("Content Security Policy" in text for text in refused) >= 2
    page.keyboard.press("ArrowRight")
    assert position(page) == 1


def page_with_frames(number: int, style: str = "") -> str:
    frames = "".join(explore(product_and_sum())._repr_html_() for _ in range(number))
    return f"<!doctype html><meta charset=utf-8><style>{style}</style><body tabindex=0>{frames}"


def test_several_players_on_one_page_do_not_disturb_each_other(open_page: OpenPlayer) -> None:
    page = open_page(page_with_frames(3))
    frames = page.frames[1:]
    assert len(frames) == 3
    frames[1].click(".next")
    page.keyboard.press("ArrowRight")
    assert [position(frame) for frame in frames] == [0, 2, 0]
    page.evaluate("window.pressed = []; addEventListener('keydown', (event) => window.pressed.push(event.key))")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("window.pressed") == []
    page.focus("body")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("window.pressed") == ["ArrowRight"]
    assert [position(frame) for frame in frames] == [0, 3, 0]


def test_a_frame_cannot_reach_the_page_around_it(open_page: OpenPlayer) -> None:
    page = open_page(page_with_frames(1))
    reached = page.frames[1].evaluate("(() => { try { return parent.document.title; } catch (error) { return error.name; } })()")
    assert reached == "SecurityError"


def test_the_style_of_the_page_around_leaves_a_player_as_it_is(open_page: OpenPlayer) -> None:
    hostile = "* { color: red !important; fill: red !important } .card, .line, button { display: none !important }"
    plain, ugly = (open_page(page_with_frames(1, style)).frames[1] for style in ("", hostile))
    assert plain.locator(".player").screenshot() == ugly.locator(".player").screenshot()


def test_a_dark_page_makes_its_frames_dark(open_page: OpenPlayer) -> None:
    frame = open_page(page_with_frames(1, "body { color-scheme: dark }"), color_scheme="null").frames[1]
    assert frame.evaluate("getComputedStyle(player).backgroundColor") == "rgb(14, 19, 24)"


def test_where_a_notebook_takes_the_frame_away_the_picture_remains(open_page: OpenPlayer) -> None:
    page = open_page(re.sub(r"<iframe.*</iframe>", "", page_with_frames(1), flags=re.DOTALL))
    image = page.locator("img")
    assert image.is_visible()
    assert image.evaluate("image => image.naturalWidth > 100")


def test_the_svg_of_draw_is_a_picture_for_the_browser_too(open_page: OpenPlayer) -> None:
    loss = network_loss()
    loss.backward()
    svg = micrograd.draw(loss).pipe("svg", encoding="utf-8")
    page = open_page(f"<!doctype html><meta charset=utf-8>{svg[svg.index('<svg') :]}")
    assert "layer1" in page.locator("svg").text_content()
