"""The Digraph that `draw` hands out: its files and formats, with an installed Graphviz and without."""

import copy
import os
import pickle
import re
import shutil
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import graphviz
import pytest

from micrograd import Value, draw
from micrograd.views.diagram import Diagram
from micrograd.views.layout.columns import lay_out
from micrograd.views.layout.graphviz import one_at_a_time, run_graphviz
from micrograd.views.layout.measures import LARGE, SIZES
from micrograd.views.picture import Picture
from micrograd.views.themes import palette
from tests.views.graphs import network_loss, product_and_sum


def test_it_is_an_ordinary_digraph() -> None:
    picture = draw(product_and_sum())
    assert isinstance(picture, graphviz.Digraph)
    assert picture.source.startswith("// the graph of 5 nodes below f")
    assert "image/svg+xml" in picture._repr_mimebundle_()


@pytest.mark.parametrize(("format", "magic"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("SVG", b"<?xml")])
def test_it_renders_where_no_graphviz_is_installed(without_dot: None, tmp_path: Path, format: str, magic: bytes) -> None:  # noqa: A002
    picture = draw(product_and_sum())
    assert picture.pipe(format).startswith(magic)
    path = Path(picture.render(str(tmp_path / "graph"), format=format, cleanup=True))
    assert path.read_bytes().startswith(magic)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert Path(picture.render(outfile=tmp_path / f"other.{format}")).read_bytes().startswith(magic)
    assert (tmp_path / "other.gv").read_text() == picture.source


@pytest.mark.parametrize(
    ("name", "magic"),
    [("g.svg", b"<?xml"), ("g.png", b"\x89PNG"), ("g.pdf", b"%PDF"), ("g.gif", b"GIF8"), ("g.jpg", b"\xff\xd8")],
)
def test_a_file_that_is_called_like_a_picture_is_the_picture(tmp_path: Path, name: str, magic: bytes) -> None:
    picture = draw(Value(1.0) + 2.0)
    assert picture.save(name, directory=tmp_path) == tmp_path / name
    assert picture.render(tmp_path / "new" / name) == str(tmp_path / "new" / name)  # as graphviz has it: a new folder, a string
    for folder in (tmp_path, tmp_path / "new"):
        assert (folder / name).read_bytes().startswith(magic)
        assert [path.name for path in folder.iterdir() if path.is_file()] == [name]


def test_the_source_is_saved_under_a_name_of_a_source_or_without_a_suffix(tmp_path: Path) -> None:
    picture = draw(Value(1.0) + 2.0)
    assert picture.save("g.gv", directory=tmp_path) == tmp_path / "g.gv"
    assert (tmp_path / "g.gv").read_text() == picture.source
    assert picture.save("g", directory=tmp_path) == tmp_path / "g"
    assert (tmp_path / "g").read_text() == picture.source
    assert picture.render(tmp_path / "g.svg", format="png") == str(tmp_path / "g.svg.png")  # as graphviz has it


@pytest.mark.parametrize("name", ["g.svg", "g.gv"])
def test_save_refuses_a_folder_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match=rf"can't write .*none/{name}: No such file or directory; choose a folder that exists"):
        draw(Value(1.0)).save(tmp_path / "none" / name)


def test_save_can_leave_a_file_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "g.svg").write_text("mine")
    assert draw(Value(1.0)).save(tmp_path / "g.svg", skip_existing=True).read_text() == "mine"
    assert draw(Value(1.0)).save(tmp_path / "g.svg").read_bytes().startswith(b"<?xml")


def test_a_picture_is_copied_and_pickled() -> None:
    picture = draw(product_and_sum())
    for other in (
        copy.copy(picture),
        copy.deepcopy(picture),
        picture.copy(),
        pickle.loads(pickle.dumps(picture)),  # noqa: S301 - it is our own
    ):
        assert (type(other), other.source, repr(other)) == (type(picture), picture.source, repr(picture))
        assert other.pipe("svg") == picture.pipe("svg")


@pytest.mark.usefixtures("any_graphviz")
@pytest.mark.parametrize(("format", "magic"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_network_is_written_in_every_format(tmp_path: Path, format: str, magic: bytes) -> None:  # noqa: A002
    picture = draw(network_loss([3, 1]))
    assert picture.pipe(format).startswith(magic)
    assert Path(picture.render(str(tmp_path / "graph"), format=format)).read_bytes().startswith(magic)


@pytest.mark.parametrize("size", SIZES)
def test_a_notebook_gets_a_picture_that_fits_its_cell(size: str) -> None:
    svg = draw(network_loss([3, 3, 1]), size=size)._repr_mimebundle_()["image/svg+xml"]
    assert width_of(svg) == 800


def test_a_file_of_normal_size_is_as_wide_as_a_notebook_and_a_large_one_as_large_as_it_is() -> None:
    for output in (product_and_sum(), network_loss([3, 1])):
        natural = lay_out(Diagram(output), "LR", LARGE).width
        assert width_of(draw(output).pipe("svg", encoding="utf-8")) == min(lay_out(Diagram(output)).width, 800)
        assert width_of(draw(output, size="large").pipe("svg", encoding="utf-8")) == natural


def width_of(svg: str) -> int:
    width = re.search(r'<svg [^>]*width="(\d+)"', svg)
    assert width is not None
    return int(width[1])


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are opened in the browser."""
    files: list[Path] = []

    def note(address: str) -> bool:
        files.append(Path(url2pathname(urlsplit(address).path)))
        return True

    monkeypatch.setattr(webbrowser, "open", note)
    return files


@pytest.mark.parametrize("look", [lambda picture: picture.show(), lambda picture: picture.view()], ids=["show", "view"])
def test_it_is_shown_in_the_browser_as_a_page_with_a_policy(look: Callable[[Picture], object], opened: list[Path]) -> None:
    path = look(draw(product_and_sum()))
    assert [str(file) for file in opened] == [str(path)]
    page = opened[0].read_text(encoding="utf-8")
    assert opened[0].name == "graph.html"
    assert "<title>the graph of 5 nodes below f</title>" in page
    assert "default-src 'none'" in page
    assert page.count("<svg") == 1


def test_a_hostile_label_is_text_on_the_page(opened: list[Path]) -> None:
    draw(Value(1.0, label="</title><script>alert(1)</script>$policy")).show()
    page = opened[0].read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<title>the graph of 1 node below &lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;$policy</title>" in page


def test_a_picture_that_was_added_to_is_shown_and_written_by_graphviz(opened: list[Path]) -> None:
    picture = draw(product_and_sum())
    assert b"textLength" in picture.pipe("svg")
    picture.node("note", pos="0,0")
    assert b"textLength" not in picture.pipe("svg")
    assert b"note" in picture.pipe("svg")
    assert picture.show().name == "graph.svg"
    assert b"note" in opened[0].read_bytes()


def test_a_file_that_is_rendered_to_be_viewed_opens_in_the_browser(tmp_path: Path, opened: list[Path]) -> None:
    picture = draw(product_and_sum())
    assert picture.view(tmp_path / "g.png") == str(tmp_path / "g.png")
    assert picture.render(tmp_path / "g.svg", view=True) == str(tmp_path / "g.svg")
    assert opened == [tmp_path / "g.png", tmp_path / "g.svg"]


def test_where_there_is_no_browser_a_warning_says_where_the_picture_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda address: False)
    with pytest.warns(UserWarning, match=r"no browser opens here; open this file in one: .*graph\.html"):
        draw(product_and_sum()).show()
    monkeypatch.setattr(sys, "platform", "emscripten")  # Python in a browser, with files that are its own
    with pytest.warns(UserWarning, match=r"as the last line of a cell it is shown \(.*graph\.html\)"):
        draw(product_and_sum()).show()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_graphviz_makes_has_the_colours_of_the_theme(theme: str) -> None:
    f = product_and_sum()
    f.backward()
    made, other = palette(theme), palette("dark" if theme == "light" else "light")
    drawn = run_graphviz(draw(f, theme=theme).source, "svg").decode()
    assert made["ink"] in drawn
    assert made["tile-op"] in drawn
    assert other["tile-op"] not in drawn


@pytest.mark.parametrize("wrong", ["Large", 2, None, ["large"]])
def test_an_unknown_size_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=rf'size needs to be "normal" or "large", got {re.escape(repr(wrong))}'):
        draw(Value(1.0), size=wrong)


@pytest.mark.usefixtures("without_dot")
def test_the_wheels_graphviz_says_nothing_on_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    draw(network_loss([3, 1])).pipe("png")
    assert capfd.readouterr() == ("", "")
    os.write(2, b"others still do")
    assert capfd.readouterr().err == "others still do"


@pytest.mark.usefixtures("without_dot")
def test_the_wheels_graphviz_does_not_warn_of_many_nodes(capsys: pytest.CaptureFixture[str]) -> None:
    run_graphviz(f"digraph {{ {' '.join(f'n{i}' for i in range(1001))} }}", "canon")
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("without_dot")
def test_threads_draw_one_at_a_time_and_leave_the_terminal_as_it_is(capfd: pytest.CaptureFixture[str]) -> None:
    outputs = [product_and_sum(), network_loss([2, 1])] * 4
    alone = [draw(output).pipe("svg") for output in outputs]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that threads meet wherever they can
    try:
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(lambda output: draw(output).pipe("svg"), outputs)) == alone
    finally:
        sys.setswitchinterval(interval)
    os.write(2, b"others still do")
    assert capfd.readouterr() == ("", "others still do")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system starts processes in another way")
@pytest.mark.usefixtures("without_dot")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_draws_though_another_thread_was_drawing() -> None:
    holds, done = threading.Event(), threading.Event()

    def drawing() -> None:
        with one_at_a_time:
            holds.set()
            done.wait(0.1)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(drawing)
        holds.wait()
        child = os.fork()
        if not child:
            os._exit(0 if one_at_a_time.acquire(timeout=5.0) else 1)
        done.set()
    assert os.waitpid(child, 0)[1] == 0


def test_a_graph_that_graphviz_does_not_finish_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(command: list[str], *, timeout: float, **options: object) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", never)
    with pytest.raises(ValueError, match="Graphviz took more than 60 seconds; lower max_nodes, or take a part of the graph"):
        run_graphviz("digraph {}", "svg")


@pytest.mark.usefixtures("without_dot")
def test_an_unknown_format_is_one_sentence_and_no_file(tmp_path: Path) -> None:
    picture = draw(product_and_sum())
    with pytest.raises(ValueError, match="Graphviz writes no 'doc'; choose svg, png or pdf"):
        picture.render(outfile=tmp_path / "graph.doc")
    with pytest.raises(ValueError, match=r"end it in \.svg, \.png or \.pdf"):
        picture.render(outfile=tmp_path / "graph")
    for write in (picture.save, picture.render):
        with pytest.raises(ValueError, match="Graphviz writes no 'doc'; choose svg, png or pdf"):
            write(tmp_path / "graph.doc")
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("without_graphviz")
def test_without_any_graphviz_there_is_svg_and_a_sentence_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = draw(product_and_sum())
    assert picture.pipe("svg").startswith(b"<?xml")
    with pytest.raises(
        ModuleNotFoundError, match=r"^Graphviz makes png of a picture, and there is none: pip install pygraphviz, or"
    ):
        picture.pipe("png")
    picture.node("more", pos="0,0")
    with pytest.raises(ModuleNotFoundError, match=r"the SVG of draw needs none, as long as nothing is added to it$"):
        picture.pipe("svg")
    monkeypatch.setattr(sys, "platform", "emscripten")
    with pytest.raises(ModuleNotFoundError, match="there is none in the browser's Python; the SVG of draw needs none"):
        picture.pipe("pdf")
