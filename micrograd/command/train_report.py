"""What the command `micrograd train` makes of a run: how near the network comes, and what it writes."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rich.console import Console

from micrograd.command.options import short
from micrograd.command.table_file import TableFile
from micrograd.command.table_task import TableTask, shares_of
from micrograd.command.terminal import show_table
from micrograd.command.training_report import graph_files, shape_of, training_files
from micrograd.display.characters import printable_lines
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.training import History

MOST_CROSSED = 10  # classes
FEWEST_JUDGED = 10  # rows held out: of fewer, the loss says little beside that of others


@dataclass(frozen=True)
class Score:
    """How near the answers for some rows are: the mean loss, and for classes the share of right ones."""

    loss: float
    right: float = math.nan


@dataclass(frozen=True)
class Result:
    """A trained network, and its outputs for every row of the task."""

    model: MLP
    task: TableTask
    history: History
    outputs: list[list[float]]

    @property
    def judged(self) -> range:
        """The rows that say what the network has learned: those held out, if there are any."""
        return self.task.held_out or range(self.task.training)

    @property
    def judged_name(self) -> str:
        return "held out" if self.task.held_out else "trained on"

    @cached_property
    def answers(self) -> list[Any]:
        """For each row the number in units of the target, or the place of the class."""
        if not self.task.classes:
            return [self.task.target_scale.restored(output) for (output,) in self.outputs]
        return [int(row[0] > 0.0) if len(row) == 1 else row.index(max(row)) for row in self.outputs]

    def is_right(self, row: int) -> bool:
        return bool(self.answers[row] == self.task.class_of(self.task.targets[row]))

    def score(self, rows: Sequence[int]) -> Score:
        losses = [row_loss(self.task, self.outputs[row], self.task.targets[row]) for row in rows]
        return Score(mean(losses), mean([self.is_right(row) for row in rows]) if self.task.classes else math.nan)

    @cached_property
    def same_answer(self) -> str:
        """The answer of one that has not looked at the inputs: the most frequent class or the mean of the training rows."""
        shares = shares_of(self.task)
        return self.task.classes[shares.index(max(shares))] if shares else f"{self.task.target_scale.mean:.6g}"

    def score_of_same_answer(self, rows: Sequence[int]) -> Score:
        """What always giving the same answer gets: the mean, or each class as often as it is among the training rows."""
        task, shares = self.task, shares_of(self.task)
        targets = [task.targets[row] for row in rows]
        if not task.classes:
            return Score(task.one_number(task.loss.of_squares * mean([target * target for target in targets])))
        frequent = shares.index(max(shares))
        right = mean([task.class_of(target) == frequent for target in targets])
        if task.loss_name == "hinge":
            return Score(2.0 * (1.0 - right), right)
        surprises = [-math.log(share) if (share := shares[task.class_of(target)]) else math.inf for target in targets]
        return Score(mean(surprises), right)


def mean(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers) if all(map(math.isfinite, numbers)) else math.inf


def row_loss(task: TableTask, outputs: Sequence[float], target: Any) -> float:
    values = [Value(output) for output in outputs]
    loss = task.loss.function([values if task.outputs > 1 else values[0]], [target])
    return task.one_number(loss.data)


def show_scores(terminal: Console, result: Result) -> None:
    task = result.task
    names = ["trained on", "held out"] if task.held_out else ["trained on"]
    scores = [result.score(range(task.training)), result.score(result.judged)][: len(names)]
    scores.append(result.score_of_same_answer(result.judged))
    rows = [["loss", *[f"{score.loss:.4g}" for score in scores]]]
    if task.classes:
        rows.append(["right", *[percent(score.right) for score in scores]])
    else:
        rows.append(["error", *[f"{error_of(task, score):.4g}" for score in scores]])
    headings = ["", *names, printable_lines(f"always {short(result.same_answer)}")]
    show_table(terminal, "How near it comes", headings, rows, right=headings[1:])


def percent(share: float) -> str:
    return f"{100.0 * share:.1f} %"


def error_of(task: TableTask, score: Score) -> float:
    """The root of the mean squared error."""
    return math.sqrt(score.loss / task.loss.of_squares)


def show_confusion(terminal: Console, result: Result) -> None:
    """How many rows of each class were given which; the columns by number where their names are too wide."""
    task = result.task
    names = [printable_lines(short(name)) for name in task.classes]
    by_number = max(map(len, names)) + 4 + sum(len(name) + 3 for name in names) > terminal.width
    if by_number:
        names = [f"{place}. {name}" for place, name in enumerate(names, start=1)]
    headings = ["class", *([f"{place}." for place in range(1, len(names) + 1)] if by_number else names)]
    rows = []
    for place, name in enumerate(names):
        given = [result.answers[row] for row in result.judged if task.class_of(task.targets[row]) == place]
        rows.append([name, *[str(given.count(other) or "·") for other in range(len(names))]])
    title = f"The rows {result.judged_name}, by class and by what the network says"
    show_table(terminal, title, headings, rows, right=headings[1:], folding=["class"])


def verdict(result: Result) -> str:
    task = result.task
    judged, same = result.score(result.judged), result.score_of_same_answer(result.judged)
    count = len(result.judged)
    answer = printable_lines(short(result.same_answer))
    if task.classes:
        right = sum(map(result.is_right, result.judged))
        sentence = (
            f"{right} of the {count:,} rows {result.judged_name} are right; always {answer} gets {round(same.right * count)}."
        )
        better = judged.right > same.right
    else:
        error, other = error_of(task, judged), error_of(task, same)
        sentence = f"On the {count:,} rows {result.judged_name} the error (root of the mean square) is {error:.4g}; "
        sentence += f"always {answer}, the mean, has {other:.4g}."
        better = error < other
    return sentence + advice(result, better)


def advice(result: Result, better: bool) -> str:
    """What to try next; empty if all is well. `better` is whether it comes nearer than always the same answer."""
    is_linear = len(result.model.layers) == 1
    if result.history.stopped == "interrupted":
        return " Training was interrupted, so this may not be all that can be learned."
    if not better:
        change = "--hidden 16" if is_linear else "more --epochs"
        return f" So it has learned nothing of use: try {change}, another --lr, or other inputs."
    trained_on = result.score(range(result.task.training))
    if len(result.judged) >= FEWEST_JUDGED and result.score(result.judged).loss > 2.0 * trained_on.loss:
        change = "fewer --epochs" if is_linear else "fewer --epochs or --hidden neurons"
        return f" The loss is much smaller on the rows trained on: {change} may do better."
    return ""


def files_of(result: Result, table: TableFile) -> dict[str, str | bytes]:
    """What a run leaves behind, by the name of the file."""
    files = training_files(result.history, saved_model(result, table))
    files["predictions.csv"] = predictions_csv(result)
    task = result.task
    line, numbers, target = task.lines[0], task.inputs[0], task.targets[0]
    row = [Value(number, label=name) for number, name in zip(numbers, table.columns, strict=True)]
    title = f"The loss of line {line}: {short(table.targets[table.lines.index(line)])}"
    return files | graph_files(result.model, task.loss.function, row, target, title)


def saved_model(result: Result, table: TableFile) -> dict[str, Any]:
    """The network, and what its inputs and outputs mean."""
    task = result.task
    meaning: dict[str, Any] = {
        "loss": task.loss_name,
        "columns": table.columns,
        "means": [scale.mean for scale in task.scales],
        "deviations": [scale.deviation for scale in task.scales],
        "target": table.target,
    }
    if task.classes:
        return {**meaning, "classes": task.classes, **shape_of(result.model)}
    scale = task.target_scale
    return {**meaning, "target_mean": scale.mean, "target_deviation": scale.deviation, **shape_of(result.model)}


def predictions_csv(result: Result) -> str:
    """The answers for the rows held out, in the order of the table; of all rows if none was."""
    task = result.task
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(["line", "target", "predicted"])
    for row in sorted(result.judged, key=lambda row: task.lines[row]):
        target, answer = task.targets[row], result.answers[row]
        if task.classes:
            writer.writerow([task.lines[row], task.classes[task.class_of(target)], task.classes[answer]])
        else:
            writer.writerow([task.lines[row], repr(task.target_scale.restored(target)), repr(answer)])
    return page.getvalue()
