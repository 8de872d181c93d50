"""The player for a reader who does not see the picture."""

from micrograd import explore
from tests.views.browser.page import OpenPlayer, count, formula, go
from tests.views.graphs import product_and_sum

NOT_YET = "\N{EN DASH}"


def test_every_control_has_a_name_and_the_picture_tells_no_number_too_early(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    tree = page.locator("body").aria_snapshot()
    buttons = ("first step", "previous step", "play", "next step", "last step", "zoom in", "zoom out", "light or dark")
    for name in (*buttons, "colours and keys", "what if"):
        assert f'button "{name}"' in tree
    assert page.locator("[role=spinbutton]:visible").count() == 3  # a and b on their cards, and a once more beside its curve
    assert 'combobox "leaf"' in tree
    assert 'slider "step"' in tree
    assert 'combobox "speed"' in tree
    assert 'group "graph of 5 nodes and 6 edges"' in tree
    assert "−8" not in tree
    go(page, count(page) - 1)
    assert page.get_attribute(".track input", "aria-valuetext").startswith("step 10 of 11, backward: df/db += ")
    assert page.get_attribute(".formula", "aria-live") == "polite"


def test_the_table_lists_every_node_with_what_is_known(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    page.click("summary")
    page.wait_for_selector("tbody tr")
    rows = [row.inner_text().split("\t") for row in page.locator("tbody tr").all()]
    assert rows[0] == ["a", "leaf", "−2", NOT_YET]
    assert rows[2] == ["v₁", "a × b", NOT_YET, NOT_YET]
    page.keyboard.press("End")
    rows = [row.inner_text().split("\t") for row in page.locator("tbody tr").all()]
    assert [row[3] for row in rows] == ["−3", "−8", "1", "−6", "1"]
    page.click("tbody button >> nth=1")
    assert formula(page) == "b = 3.0"
