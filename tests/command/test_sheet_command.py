"""The command `micrograd sheet`: the pages that it writes, and what it refuses."""

from pathlib import Path

import pytest

from micrograd.__main__ import main
from micrograd.exercises.sheets import sheet


def test_it_writes_the_sheet_and_its_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, answers = tmp_path / "sheet.html", tmp_path / "answers.html"
    arguments = ["sheet", "--level", "3", "--count", "2", "--seed", "7", "-o", str(page), "--answers", str(answers)]
    assert main(arguments) == 0
    made = sheet(3, 2, 7)
    assert (page.read_text(encoding="utf-8"), answers.read_text(encoding="utf-8")) == (made.html, made.answers.html)
    assert capsys.readouterr().out == (
        "2 exercises of level 3, a shared node, seed 7\n"
        f"Wrote {page}: answer it in a browser, or print it.\nWrote {answers}: every step of it, worked.\n"
    )


def test_paper_is_said_in_the_page_if_it_is_chosen_and_that_of_a_pdf_is_a4(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "sheet.html"
    assert main(["sheet", "--count", "1", "--paper", "letter", "-o", str(page)]) == 0
    assert "@page { size: Letter; }" in page.read_text(encoding="utf-8")
    monkeypatch.setattr("micrograd.exercises.sheets.pdf_of", str.encode)  # not printed
    assert main(["sheet", "--count", "1", "-o", str(tmp_path / "sheet.pdf")]) == 0
    assert "@page { size: A4; }" in (tmp_path / "sheet.pdf").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--level", "7"], "--level: needs a whole number from 1 to 6, got '7'"),
        (["--count", "0"], "--count: needs a whole number from 1 to 60, got '0'"),
        (["--seed", "x"], "--seed: needs a whole number, got 'x'"),
        (["--paper", "A5"], "--paper: needs to be A4 or Letter, got 'A5'"),
        (["-o", "sheet.docx"], "a sheet is a page, and 'sheet.docx' does not end in .html; name it sheet.html, or sheet.pdf"),
        (["-o", "."], "a sheet is a page, and '.' does not end in .html; name it sheet.html, or sheet.pdf"),
        (["--answers", "./sheet.html"], "the sheet and its answers can't both be 'sheet.html'; give them two names"),
    ],
)
def test_what_does_not_fit_is_one_sentence(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["sheet", *arguments])
    assert capsys.readouterr().err == f"micrograd: {message} (micrograd sheet --help tells more)\n"


def test_where_nothing_can_be_written_nothing_is_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, too_long = tmp_path / "sheet.html", "x" * 300 + ".html"
    for answers in (tmp_path / "no" / "answers.html", tmp_path / too_long):
        assert main(["sheet", "--count", "1", "-o", str(page), "--answers", str(answers)]) == 1
        assert "can't write" in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []
