"""The page of an exercise in a browser: fields, verdicts, keys, sizes of screen, paper, and a frame in a notebook."""

import random
from typing import Any

from micrograd import Value, exercise, exercises, relu
from micrograd.exercises.blanks import VALUE
from micrograd.exercises.page import ExercisePage, Task
from micrograd.exercises.reading import number_of
from micrograd.exercises.sheets import Sheet
from micrograd.exercises.task import Exercise
from micrograd.ops import Op
from tests.views.browser.page import OpenPlayer, Page

VERDICTS = """(rounds) => rounds.map(([number, answers]) => {
    const { states, wrong, done } = judged(tasks[number], answers);
    return [states, done, wrong, wrong < 0 ? "" : slipOf(tasks[number].blanks[wrong], answers[wrong])?.words ?? ""];
})"""
STATES = "() => tasks[0].fields.map((field) => field.className.replace(/field|value|gradient/g, '').trim())"
LEAST_TYPE = """() => {
    const texts = document.querySelectorAll("svg.wide text, h2, .formula, .steps div, .worked li, .why, .question");
    return Math.min(...[...texts].map((element) => {
        const { width } = element.ownerSVGElement?.getBoundingClientRect() ?? {};
        const scale = width === undefined ? 1 : width / element.ownerSVGElement.viewBox.baseVal.width;
        return scale * parseFloat(getComputedStyle(element).fontSize);
    }));
}"""
SEEN = (
    """(part) => [...document.querySelectorAll(part)].some((element) => element.checkVisibility({ visibilityProperty: true }))"""
)
WIDEST = "() => Math.max(...[...document.querySelectorAll('body *')].map((element) => element.getBoundingClientRect().right))"
ON_CARDS = """() => tasks.every(({ blanks, numbers, fields, section }) => fields.every((field, place) => {
    const faces = section.querySelectorAll(`[data-card="${blanks[place].at % (numbers.length / 2)}"] .face`);
    const card = [...faces].find((face) => face.checkVisibility());
    const [inner, outer] = [field, card].map((element) => element.getBoundingClientRect());
    return inner.left > outer.left && inner.right < outer.right && inner.top > outer.top && inner.bottom < outer.bottom;
}))"""


# fmt: off
TYPED = {  # and what is read
    "3": 3.0, "−3": -3.0, " - 3": -3.0, "0,5": 0.5, ".5": 0.5, "1.": 1.0, "+1e3": 1000.0, "1 000": 1000.0, "−1/−2": 0.5,
    "\N{FULLWIDTH DIGIT THREE}\N{FULLWIDTH COMMA}5": 3.5,
    **dict.fromkeys(["0x10", "0b1", "1_000", "inf", "1/0", "1/", "1/2/3", "½", "e", " "]),
}
# fmt: on
READ = "(texts) => texts.map(typedNumber).map((number) => Number.isFinite(number) ? number : null)"


def read(text: str) -> float | None:
    """What Python reads, or None."""
    try:
        return number_of(text, "b")
    except ValueError:
        return None


def said(page: Page) -> str:
    return str(page.get_by_role("status").inner_text())


def squared_error() -> Value:
    """L = e², e = h − 1, h = relu(p), p = w · x.

    With w = 2 and x = 1.5: p = h = 3, e = 2, L = 4; ∇e = ∇h = ∇p = 4, ∇x = 8, ∇w = 6.
    """
    w, x = Value(2.0, "w"), Value(1.5, "x")
    p = w * x
    h = relu(p)
    e = h - 1.0
    loss = e**2
    p.label, h.label, e.label, loss.label = "p", "h", "e", "L"
    return loss


def answers_to(task: Exercise, generator: random.Random) -> list[float | None]:
    """Right ones up to some place, then a slip or a number that is just wrong, and then anything, or nothing.

    Some have no wrong one, and some gaps.
    """
    wrong = generator.randrange(len(task.blanks) + 3)
    answers: list[float | None] = []
    for place, blank in enumerate(task.blanks):
        slips = [slip.number for slip in blank.slips if not blank.right(slip.number)]
        others = [blank.true * 3.0 + 1.0, *slips, blank.true * 1.0051 or 2e-6]  # just not right
        right: float | None = blank.true * generator.choice([1.0, 1.0049, 0.9951])
        if wrong > len(task.blanks) and task.diagram.values[blank.place].op is not None:
            right = generator.choice([right, None])
        choice = [right] if place < wrong else others if place == wrong else [right, None, *others]
        answers.append(generator.choice(choice))
    return answers


def verdict_of(task: Exercise, answers: list[float | None]) -> list[Any]:
    """What Python says, as the page says it."""
    given: tuple[dict[Value, float], dict[Value, float]] = ({}, {})
    for blank, answer in zip(task.blanks, answers, strict=True):
        if answer is not None:
            given[blank.kind == VALUE][task.diagram.values[blank.place]] = answer
    grade = task.grade(given[0], given[1] if task.values else None)
    verdicts = {id(mark.blank): mark.verdict for mark in grade.marks if mark.answer is not None}
    names = {"first wrong": "wrong", "wrong": "open"}
    states = [names.get(verdict, verdict) for blank in task.blanks for verdict in [verdicts.get(id(blank), "empty")]]
    first = -1 if grade.first_wrong is None else task.blanks.index(grade.first_wrong)
    return [states, bool(grade), first, "" if grade.slip is None else grade.slip.words]


def test_the_page_says_of_any_answers_what_grade_says(open_page: OpenPlayer) -> None:
    tasks = [exercises.random(level, seed, values=level % 2 == 0) for level, seed in enumerate([3, 1, 4, 1, 5, 9], start=1)]
    generator = random.Random(3)
    rounds = [(number, answers_to(task, generator)) for number, task in enumerate(tasks) for _ in range(25)]
    page = open_page(Sheet(tasks))
    expected = [verdict_of(tasks[number], answers) for number, answers in rounds]
    assert page.evaluate(VERDICTS, rounds) == expected
    assert page.evaluate(READ, [*TYPED]) == [*map(read, TYPED)] == [*TYPED.values()]
    assert {state for states, *_ in expected for state in states} == {"right", "wrong", "follows", "open", "empty"}
    assert any(done and "empty" in states for states, done, *_ in expected)  # leaves are enough


def test_an_exercise_is_answered_by_keyboard_and_only_the_first_wrong_step_is_marked(open_page: OpenPlayer) -> None:
    task = exercise(squared_error(), values=True)
    page = open_page(ExercisePage(task))
    names = [f"{blank.kind} of {blank.name.removeprefix('∇')}" for blank in task.blanks]
    assert names == ["value of p", "value of h", "value of e", "value of L", *(f"gradient of {name}" for name in "ehpxw")]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "theme"
    for name, text in zip(names, ["3", "3", "4/2", "4,0", "2", "2", "2", "−3", "7"], strict=True):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == name
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    # ∇e = 2 leaves the 2 of 2e out; ∇h and ∇p follow from it, ∇x = 2 · 2 = 4 would too, and −3 and 7 do not
    assert page.evaluate(STATES) == [*4 * ["right"], "wrong", "follows", "follows", "open", "open"]
    assert said(page).startswith("∇e = 2 is the first step that does not fit.")
    assert "Press check again for the numbers." in said(page)
    assert "2 later numbers follow correctly from it" in said(page)
    assert page.evaluate("[...document.querySelectorAll('.wide .card.read .name')].map((name) => name.textContent)") == ["L"]
    active = page.evaluate("[...document.querySelectorAll('.wide .line.active')].map((line) => line.dataset.line)")
    assert active == ["4"]  # the last of five, from e to L
    assert page.get_by_label("gradient of e", exact=True).get_attribute("aria-invalid") == "true"
    assert page.get_by_label("gradient of h", exact=True).get_attribute("aria-description") == "follows from what does not fit"
    page.keyboard.press("Enter")
    assert "With numbers: ∇e = ∇L × ∂L/∂e = 1 × 4." in said(page)
    assert page.evaluate("tasks[0].inputs.map((input) => input.value)")[-2:] == ["−3", "7"]  # nothing is lost
    for name, text in [("gradient of e", "4"), ("gradient of h", "4"), ("gradient of p", "4"), ("gradient of x", "abc")]:
        page.get_by_label(name, exact=True).fill(text)
    assert page.evaluate(STATES) == [*4 * ["right"], *4 * [""], "open"]  # another answer is not judged yet
    page.get_by_role("button", name="check").click()
    assert said(page).startswith("abc is not a number.")
    for name, text in [("gradient of x", "8"), ("gradient of w", "")]:
        page.get_by_label(name, exact=True).fill(text)
    page.keyboard.press("Enter")
    assert page.evaluate(STATES) == [*8 * ["right"], "next"]
    assert said(page).startswith("8 of 9 right. Next: ∇w.\nPress check again for its rule.")
    page.keyboard.press("Enter")
    assert said(page).startswith("8 of 9 right. Next: ∇w = ∇p × ∂p/∂w.\n")
    page.keyboard.press("Enter")
    assert said(page) == "8 of 9 right. Next: ∇w = ∇p × ∂p/∂w = 4 × 1.5."
    page.get_by_label("gradient of w", exact=True).fill("6")
    page.keyboard.press("Enter")
    assert said(page).startswith("All 9 right. No leaf moves L more than x: let it grow by 0.01, and L grows by about 0.08.")
    assert page.locator(".done").count() == 1
    page.keyboard.type(".00000")
    assert page.evaluate("document.activeElement.scrollWidth <= document.activeElement.clientWidth")  # seven characters fit
    assert page.locator(".done").count() == 0


def test_a_sheet_has_room_on_a_phone_and_on_paper(open_page: OpenPlayer) -> None:
    sheet = Sheet([exercises.random(level, 7, values=True) for level in (1, 1, 5, 6)])
    page = open_page(sheet, 1280, 800)
    assert page.evaluate(ON_CARDS)
    page.set_viewport_size({"width": 480, "height": 800})
    assert page.evaluate(ON_CARDS)
    assert page.evaluate("document.documentElement.scrollWidth") == 480  # a wide picture scrolls in its own frame
    on_paper(page)
    assert page.evaluate(ON_CARDS)
    assert page.evaluate(WIDEST) <= 718.5  # between the margins of A4
    assert page.evaluate(LEAST_TYPE) >= 8.99
    assert [page.evaluate(SEEN, part) for part in ("input", ".say", "button")] == 3 * [False]
    assert [page.evaluate(SEEN, part) for part in (".field", ".steps", ".who", ".paper")] == 4 * [True]
    lines = page.evaluate("[...document.querySelectorAll('.steps div')].map((line) => line.textContent)")
    assert len(lines) == sum(len(task.exercise.diagram.steps) for task in sheet.tasks)
    answers = open_page(sheet.answers, 480, 800)
    assert answers.evaluate("document.documentElement.scrollWidth") == 480
    on_paper(answers)
    assert answers.evaluate(WIDEST) <= 718.5
    assert answers.evaluate(LEAST_TYPE) >= 8.99


def on_paper(page: Page) -> None:
    page.set_viewport_size({"width": 718, "height": 1000})
    page.emulate_media(media="print")


def test_an_exercise_is_answered_in_a_notebooks_frame_and_says_nothing_of_the_answers(open_page: OpenPlayer) -> None:
    task = exercise(squared_error())
    page = open_page(ExercisePage(task)._repr_html_())
    frame = page.frames[1]
    assert page.get_by_title(task.title).bounding_box()["height"] > 300  # pixels, so that all of it is there
    frame.get_by_label("gradient of e", exact=True).fill("-4")
    frame.get_by_role("button", name="check").click()
    assert said(frame).startswith("∇e = −4 is the first step that does not fit.")
    text = frame.inner_text("body") + page.content()
    assert "8" not in frame.evaluate("document.querySelector('.board').textContent")
    assert '"true"' not in text


def test_an_operation_that_javascript_does_not_know_is_checked_all_the_same(open_page: OpenPlayer) -> None:
    x = Value(2.0, "x")
    page = open_page(ExercisePage(exercise(Op("cube", lambda a: a**3, lambda out, a: (float(3.0 * a * a),))(x) * 1.5)))
    page.get_by_label("gradient of x", exact=True).fill("18")
    page.get_by_label("gradient of v₁", exact=True).fill("1.5")
    page.keyboard.press("Enter")
    assert page.evaluate(STATES) == ["right", "right"]


def test_who_is_done_reads_which_leaf_moves_the_output_most_and_which_way() -> None:
    a, b = Value(2.0, "a"), Value(-1.0, "b")
    falling, shut = exercise(a * -3.0 + b, title="x"), exercise(relu(a * b))  # ∇a = -3, ∇b = 1
    assert Task(falling).closing == "No leaf moves out more than a: let it grow by 0.01, and out falls by about 0.03."
    assert Task(shut).closing == "No leaf moves out."
    assert Task(exercise(abs(a - 2.0) * 2.0)).closing == ""  # a gradient of 0, and yet every step moves it


def test_words_of_a_stranger_stay_words() -> None:
    words = "</title><script>alert(1)</script>"
    page = ExercisePage(exercise(squared_error(), title=words, question=words)).html
    assert "<script>alert" not in page
