"""From a table to what a network can be trained on: classes or numbers, a part held out, inputs of one size, and the loss."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from micrograd import losses
from micrograd.command.options import short
from micrograd.command.table_file import TableFile, is_number
from micrograd.display.characters import printable_lines

MOST_CLASSES = 100
FEW = 10  # whole numbers that are taken for classes, if each stands in as many rows as ROWS_EACH on average
ROWS_EACH = 5
UNTRAPPED = Context(traps=[])  # what is beyond a Decimal, such as 1e-99999999999999999999, is no error but unlike any other
SIGNS = (["0", "1"], ["-1", "1"])  # classes in any number of rows


@dataclass(frozen=True)
class Loss:
    """A loss of `losses`, the kind of target that it is for, and what it makes of always giving the same answer."""

    function: Callable[[Sequence[Any], Sequence[Any]], Any]
    target: str
    of_squares: float = 0.0  # what it is of the mean squared error


# fmt: off
LOSSES = {
    "mean-squared-error":      Loss(losses.mean_squared_error, "a number", 1.0),
    "half-mean-squared-error": Loss(losses.half_mean_squared_error, "a number", 0.5),
    "binary-cross-entropy":    Loss(losses.binary_cross_entropy_with_logits, "two classes"),
    "cross-entropy":           Loss(losses.cross_entropy, "classes"),
    "hinge":                   Loss(losses.hinge, "two classes"),
}
SHORT_NAMES = {
    "mse": "mean-squared-error", "half-mse": "half-mean-squared-error", "bce": "binary-cross-entropy", "ce": "cross-entropy",
    "bce-with-logits": "binary-cross-entropy", "binary-cross-entropy-with-logits": "binary-cross-entropy",
}
# fmt: on


@dataclass(frozen=True)
class Scale:
    """A column's mean and deviation over the training rows: less the one and divided by the other, its numbers are near 1."""

    mean: float
    deviation: float  # 0 where all of its numbers are the same

    def scaled(self, number: float) -> float:
        return (number - self.mean) / (self.deviation or 1.0)

    def restored(self, number: float) -> float:
        return number * self.deviation + self.mean


@dataclass(frozen=True)
class TableTask:
    """The rows of a table in random order, those for training first."""

    loss_name: str
    why: str
    classes: list[str]  # none if the target is a number
    scales: list[Scale]
    target_scale: Scale
    inputs: list[list[float]]
    targets: list[Any]  # as the loss takes them
    lines: list[int]
    training: int

    @property
    def loss(self) -> Loss:
        return LOSSES[self.loss_name]

    @property
    def outputs(self) -> int:
        return len(self.classes) if self.loss_name == "cross-entropy" else 1

    @property
    def held_out(self) -> range:
        return range(self.training, len(self.inputs))

    def class_of(self, target: int) -> int:
        """The place in `classes` of a target as the loss takes it."""
        return max(target, 0)

    def one_number(self, loss: float) -> float:
        """The loss in the units of the target: its numbers were divided by their deviation."""
        return loss * self.target_scale.deviation * self.target_scale.deviation if self.loss.of_squares else loss


def task_of(table: TableFile, loss_name: str | None, holdout: float, seed: int) -> TableTask:
    texts = table.targets
    classes = sorted({class_name(text) for text in texts}, key=lambda text: (not is_number(text), number_or_0(text), text))
    if len(classes) == 1:
        raise ValueError(f"the target {short(table.target)} is {short(classes[0])} in every row, so there is nothing to learn")
    loss_name, why = (loss_name, "as you chose") if loss_name else default_loss(classes, table)
    need = LOSSES[loss_name].target
    order = list(range(len(texts)))
    random.Random(seed).shuffle(order)
    training = len(order) - (min(max(round(len(order) * holdout), 1), len(order) - 1) if holdout else 0)
    scales = [scale_of([table.inputs[i][column] for i in order[:training]], name) for column, name in enumerate(table.columns)]
    target_scale = Scale(0.0, 1.0)
    targets: list[Any]
    if need == "a number":
        numbers = [target_number(text, table, line, loss_name) for text, line in zip(texts, table.lines, strict=True)]
        target_scale = scale_of([numbers[i] for i in order[:training]], table.target)
        if not target_scale.deviation:
            raise ValueError(f"the target {short(table.target)} is the same in every row that is trained on; hold out fewer rows")
        targets, classes = [target_scale.scaled(number) for number in numbers], []
    else:
        check_classes(classes, need, loss_name, table.target)
        targets = [classes.index(class_name(text)) for text in texts]
        if loss_name == "hinge":
            targets = [2 * target - 1 for target in targets]
    return TableTask(
        loss_name,
        why,
        classes,
        scales,
        target_scale,
        [[scale.scaled(number) for scale, number in zip(scales, table.inputs[i], strict=True)] for i in order],
        [targets[i] for i in order],
        [table.lines[i] for i in order],
        training,
    )


def default_loss(classes: Sequence[str], table: TableFile) -> tuple[str, str]:
    """The loss that the target asks for, and the reason."""
    numbers = [text for text in classes if is_number(text)]
    if not numbers:
        name = "binary-cross-entropy" if len(classes) == 2 else "cross-entropy"
        return name, "since the target is text"
    few = len(numbers) <= FEW and all(float(text).is_integer() for text in numbers)
    if len(numbers) < len(classes):
        text = next(text for text in classes if not is_number(text))
        line = next(line for target, line in zip(table.targets, table.lines, strict=True) if class_name(target) == text)
        raise ValueError(
            f"the target {short(table.target)} has numbers, and {short(text)!r} in line {line}; mend it or leave the line out"
            + (", or choose --loss cross-entropy to take each for a class" if few else "")
        )
    often = len(table.targets) >= ROWS_EACH * len(classes) or classes in SIGNS
    if few and often:
        name = "binary-cross-entropy" if len(classes) == 2 else "cross-entropy"
        return name, f"since the target has {len(classes)} whole numbers; --loss mse takes it for a number"
    why = f"since the target has {len(classes):,} different numbers"
    return "mean-squared-error", f"{why}; --loss cross-entropy takes each for a class" if few else why


def check_classes(classes: Sequence[str], need: str, loss_name: str, target: str) -> None:
    if need == "two classes" and len(classes) > 2:
        raise ValueError(f"{loss_name} needs two classes, and {short(target)} has {len(classes)}; choose --loss cross-entropy")
    if len(classes) > MOST_CLASSES:
        raise ValueError(
            f"up to {MOST_CLASSES} classes can be told apart, and {short(target)} has {len(classes):,} different entries; "
            "name another column with --target"
        )


def class_name(text: str) -> str:
    """A target as a class: 1 and 1.0 are one; a number of more digits than a float has stays as it stands."""
    if not is_number(text):
        return text
    name = f"{float(text):z.15g}"
    return name if Decimal(name) == Decimal(text, UNTRAPPED) else text


def number_or_0(text: str) -> float:
    return float(text) if is_number(text) else 0.0


def target_number(text: str, table: TableFile, line: int, loss_name: str) -> float:
    if not is_number(text):
        need = f"{loss_name} needs numbers as targets, and {short(table.target)} of line {line} is {short(text)!r}"
        raise ValueError(f"{need}; mend it, or choose --loss cross-entropy for classes")
    return float(text)


def scale_of(numbers: Sequence[float], name: str) -> Scale:
    low, high = min(numbers), max(numbers)
    if low == high:
        return Scale(low, 0.0)
    widest = high - low
    if not math.isfinite(widest):
        raise ValueError(f"the numbers of column {short(name)} are too far apart, from {low:g} to {high:g}; divide them first")
    mean = low + widest * (math.fsum((number - low) / widest for number in numbers) / len(numbers))
    return Scale(mean, widest * math.sqrt(math.fsum(((number - mean) / widest) ** 2 for number in numbers) / len(numbers)))


def shares_of(task: TableTask) -> list[float]:
    """How often each class is the target of a training row."""
    counted = Counter(task.class_of(target) for target in task.targets[: task.training])
    return [counted[place] / task.training for place in range(len(task.classes))]


def summary(table: TableFile, task: TableTask) -> str:
    """What was read, and what is made of it; in lines."""
    columns = ", ".join(map(short, table.columns[:8])) + (", ..." if len(table.columns) > 8 else "")
    plural = "input" if len(table.columns) == 1 else "inputs"
    header = "" if table.has_header else " (no header)"
    lines = [f"{len(table.inputs):,} rows, {len(table.columns)} {plural} ({columns}), target {short(table.target)}{header}"]
    if task.classes:
        counted = Counter(task.class_of(target) for target in task.targets)
        shown = [f"{short(name)} {counted[place]}" for place, name in enumerate(task.classes[:FEW])]
        rest = ", ..." if len(task.classes) > FEW else ""
        lines.append(f"{len(task.classes)} classes and their rows: {', '.join(shown)}{rest}")
        if missing := [name for name, share in zip(task.classes, shares_of(task), strict=True) if not share]:
            lines.append(f"No row to train on has {', '.join(map(short, missing))}; another --seed may hold out others.")
    if constant := [name for name, scale in zip(table.columns, task.scales, strict=True) if not scale.deviation]:
        lines.append(f"The same in every row that is trained on, so of no use: {', '.join(map(short, constant))}")
    lines.append(f"Loss: {task.loss_name}, {task.why}")
    held = f"{len(task.held_out):,} held out" if task.held_out else "none held out (--holdout 0)"
    lines.append(f"{task.training:,} rows to train on, {held}; the inputs are scaled to mean 0 and deviation 1")
    if task.loss.of_squares:
        lines.append(f"The target is scaled too: the bar shows its loss divided by {task.one_number(1.0):.4g}")
    return printable_lines("\n".join(lines))
