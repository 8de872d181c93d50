"""The laboratory's page without a browser: what it is called, where it is written, what it lets run, what a notebook keeps."""

import html
import json
import re
import webbrowser
from pathlib import Path

import pytest

from micrograd import datasets, lab, losses, nn, optim
from micrograd.views.laboratory.page import Lab, page_script
from micrograd.views.pages import digest_of


def xor_lab(title: str | None = None) -> Lab:
    model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    optimizer = optim.SGD(model.parameters(), learning_rate=0.4)
    return lab(model, losses.half_mean_squared_error, datasets.xor(), optimizer, title=title)


def test_it_says_what_it_is_and_what_to_do_with_it() -> None:
    ways = '.show() opens it, .save("lab.html") keeps it'
    assert repr(xor_lab()) == f"<Lab of 2-4-1: 17 parameters, 4 rows, SGD; {ways}>"
    assert repr(xor_lab("exclusive or")) == f"<Lab of exclusive or: 17 parameters, 4 rows, SGD; {ways}>"


def test_the_page_keeps_the_numbers_that_the_model_had() -> None:
    model = nn.MLP(2, [2, 1], seed=0)
    page = lab(model, losses.mean_squared_error, datasets.xor(), optim.SGD(model.parameters(), 0.1))
    first = page.html
    for parameter in model.parameters():
        parameter.data += 1.0
    assert page.html == first
    assert "Scripts are off here" in page._repr_html_()


def test_it_is_saved_whole_and_only_as_a_page(tmp_path: Path) -> None:
    page = xor_lab()
    assert page.save(tmp_path / "lab.html").read_text(encoding="utf-8") == page.html
    with pytest.raises(ValueError, match=r"the lab is a page, and 'lab\.pdf' does not end in \.html; save it as lab\.html"):
        page.save(tmp_path / "lab.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["lab.html"]


def test_show_opens_a_file_in_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: bool([opened.append(address)]))  # type: ignore[func-returns-value]
    page = xor_lab()
    path = page.show()
    assert (path.name, path.read_text(encoding="utf-8")) == ("lab.html", page.html)
    assert opened == [path.as_uri()]


def test_only_its_own_scripts_may_run_and_nothing_is_loaded() -> None:
    page = xor_lab().html
    script = page_script()
    functions, unpacking = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = " ".join(f"'sha256-{digest_of(text)}'" for text in (functions, unpacking, script))
    assert f"script-src {digests}; base-uri 'none'" in page
    kinds = ['<script type="application/json">', "<script>", '<script type="application/gzip">', "<script>"]
    assert re.findall(r"<script[^>]*>", page) == kinds
    assert not re.search(r"\son\w+=|innerHTML|\beval\(|\bFunction\(|https?://(?!www\.w3\.org/)", page + script)


def test_pages_are_small() -> None:
    assert len(xor_lab().html.encode()) < 105_000
    model = nn.MLP(2, [8, 8, 1], activation="tanh", seed=0)
    adam = optim.Adam(model.parameters(), learning_rate=0.05)
    moons = lab(model, losses.binary_cross_entropy_with_logits, datasets.moons(100), adam, test=datasets.moons(100, seed=1))
    assert len(moons.html.encode()) < 200_000


@pytest.mark.parametrize("title", ["</script><script>alert(1)</script>", "$policy $title", "a\u2028b", "<!--"])
def test_a_title_is_text(title: str) -> None:
    page = xor_lab(title).html
    assert len(re.findall(r"<script", page)) == 4
    data = re.search(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    assert f"<title>{html.escape(json.loads(data[1])['title'])}</title>" in page


def test_a_notebook_that_runs_no_scripts_keeps_words_and_a_picture() -> None:
    shown = xor_lab("exclusive or")._repr_html_()
    behind = shown.partition("<iframe")[0]
    assert "exclusive or: 17 parameters, 4 rows, SGD. Scripts are off here, so nothing trains" in behind
    assert "0.1267 after 1, 0.121 after 10, 0.02938 after 100" in behind
    assert 'alt="the loss of a row, as a graph"' in behind


def test_a_title_that_is_no_text_is_shown_as_one() -> None:
    assert repr(xor_lab(3)).startswith("<Lab of 3: ")  # type: ignore[arg-type]
