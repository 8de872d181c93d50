"""The work sheet and its answers as pages and files; `test_exercise_page.py` looks at them in a browser."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from micrograd import Value, exercise, exercises
from micrograd.exercises import printing
from micrograd.exercises.sheets import Sheet, different, shape_of, sheet, size_of
from micrograd.exercises.task import Exercise
from micrograd.text.naming import shown
from tests.conftest import CHROMIUM

BOXES = re.compile(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]")


def test_the_same_level_count_and_seed_give_the_same_bytes() -> None:
    first, again, other = (sheet(3, 1, seed) for seed in (7, 7, 8))
    assert (first.html, first.answers.html) == (again.html, again.answers.html)
    assert first.html != other.html


def drawn(task: Exercise) -> tuple[object, ...]:
    return task.formula, *(value.data for value in task.diagram.values)


def test_the_shapes_of_a_level_come_in_rounds_short_ones_first_and_no_two_exercises_are_alike() -> None:
    tasks = different(level=3, count=8, seed=7, values=False)
    assert len(set(map(drawn, tasks))) == 8
    assert len(set(map(drawn, different(level=1, count=20, seed=0, values=False)))) == 20  # of which two were drawn alike
    assert not set(map(drawn, tasks)) & set(map(drawn, different(level=3, count=8, seed=8, values=False)))
    assert len(set(map(shape_of, tasks[:5]))) == 5  # of which the level has five
    assert len(set(map(shape_of, tasks[5:]))) == 3
    for one_round in (tasks[:5], tasks[5:]):
        assert list(map(size_of, one_round)) == sorted(map(size_of, one_round))


def test_two_small_exercises_stand_side_by_side_and_a_large_one_has_a_row_of_its_own() -> None:
    page = Sheet([exercises.random(level, 1) for level in (1, 1, 1, 4)]).html
    assert [row.count('<section class="task"') for row in page.split('<div class="row')[1:]] == [2, 1, 1]


def test_the_answers_are_the_steps_of_the_solution() -> None:
    task = exercises.random(3, 7, values=True)
    answers = Sheet([task]).answers.html
    solution = task.solution()
    results = re.findall(r"<li>.*? = <b>(.*?)</b>", answers)
    steps = [*solution.forward, *solution.backward]
    assert results == [shown(step.result) for step in steps]
    assert re.findall(r"together <b>(.*?)</b>", answers) == [shown(step.total) for step in steps if step.part > 1] != []
    assert answers.count('class="why') == sum(bool(step.why) for step in steps) > 0


def test_the_answers_name_the_leaves_to_which_nothing_comes_back() -> None:
    a, b = Value(-2.0, "a"), Value(3.0, "b")
    shut = exercise(a.relu() * 5.0 + b, question="Which leaf learns nothing?")
    assert "Which leaf learns nothing? Nothing comes back to some leaves: ∇a = 0." in Sheet([shut]).answers.html
    assert "Nothing comes back" not in Sheet([exercise(a * b)]).answers.html


def test_the_page_shows_no_answer_and_loads_nothing() -> None:
    x = Value(2.0, "x")
    page = Sheet([exercise(x * 41.0 + x * 96.0, values=True)]).html  # 82 + 192 = 274; ∇x = 41 + 96 = 137
    text = re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert "x = 2. Computed: v₁ = x × 41" in text
    assert re.search(r"∇x = ∇v. × .*∇x \+= ∇v. × ", text)  # a line for each use of x
    assert not re.search(r"274|137|82|192", text)
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=", page)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((7, 2), "there is no level 7; choose from 1"),
        ((1, 0), "a sheet has from 1 to 60 exercises, got count=0"),
        ((1, 61), "got count=61"),
        ((1, True), "got count=True"),
    ],
)
def test_a_level_or_a_count_that_does_not_exist_is_refused(arguments: tuple[int, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sheet(*arguments)


def test_a_seed_that_is_no_whole_number_is_refused() -> None:
    with pytest.raises(ValueError, match="seed needs to be a whole number, got "):
        sheet(1, 1, seed="x")  # type: ignore[arg-type]


def test_a_sheet_of_nothing_or_of_something_else_and_unknown_paper_are_refused() -> None:
    with pytest.raises(ValueError, match="a sheet needs one exercise at least, got none"):
        Sheet([])
    with pytest.raises(TypeError, match=r"a sheet is made of exercises, got Value.*; exercise\(output\) makes one of a Value"):
        Sheet([Value(1.0)])  # type: ignore[list-item]
    with pytest.raises(ValueError, match='paper needs to be "A4" or "Letter", got \'A5\''):
        Sheet([exercises.random(1, 1)], paper="A5")


def test_a_pdf_has_the_size_of_its_paper_and_is_printed_by_the_first_that_can(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}: apt-get install chromium")
    monkeypatch.setattr(printing, "browser_places", lambda: iter([__file__, str(CHROMIUM)]))
    file = sheet(1, 1, paper="A4").save(tmp_path / "sheet.pdf")
    assert [(round(float(w)), round(float(h))) for w, h in BOXES.findall(file.read_bytes())] == [
        (595, 842)
    ]  # points: 210 mm, 297 mm
    assert list(tmp_path.iterdir()) == [file]


def test_without_a_browser_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(printing, "browser_places", lambda: iter([str(tmp_path / "no such browser")]))
    with pytest.raises(OSError, match=r"none of them is found here; save it as \.html, open that in any browser"):
        sheet(1, 1).save(tmp_path / "sheet.pdf")
    monkeypatch.setattr(printing, "browser_places", lambda: iter([__file__]))  # no program: it prints nothing
    with pytest.raises(OSError, match=r"printed no PDF; save it as \.html"):
        sheet(1, 1).save(tmp_path / "sheet.pdf")
    assert list(tmp_path.iterdir()) == []


def test_browsers_are_looked_for_where_each_system_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}" if name == "chromium" else None)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert list(printing.browser_places())[:2] == [
        "/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ]
    monkeypatch.setattr(sys, "platform", "win32")
    for folder in printing.FOLDERS_OF_WINDOWS:
        monkeypatch.delenv(folder, raising=False)
    monkeypatch.setenv("PROGRAMFILES", "C:")
    assert [place[-10:] for place in printing.browser_places()] == ["n/chromium", "chrome.exe", "chrome.exe", "msedge.exe"]
