"""Training in compiled steps, as far as all numbers are finite and the steps are those of eager code."""

from __future__ import annotations

import math
from typing import Any

from micrograd.compiler.descent import uninterrupted
from micrograd.compiler.refusals import Refusal
from micrograd.compiler.rows import Table
from micrograd.compiler.schedule import Schedule
from micrograd.compiler.task import Task
from micrograd.compiler.tracing import COMPARED, Compiled, row_losses, spread
from micrograd.display.characters import printable
from micrograd.ops import DomainError
from micrograd.training.course import Course
from micrograd.training.eager import Show, Training, check_loss

SAME = 1e-6  # how far the loss of all rows may be from that of compiled code, in parts of the first loss or of itself
LOOKED_AT = 200_000  # operations to be done for that, in less than a second; where all rows take more, it is some of them


class CompiledTraining(Training):
    """The same in compiled code, as far as all numbers are finite: what comes then is for eager steps to find and name."""

    def __init__(self, task: Task, schedule: Schedule, course: Course, compiled: Compiled, asked: bool) -> None:
        super().__init__(task, schedule, course)
        self.compiled = compiled
        self.descent = compiled.descent
        self.asked = asked
        self.difference = ""  # between the graph and code of one's own, when the compiled steps were done
        self.first_rate = task.optimizer.learning_rate
        self.told: list[tuple[float, bool]] = []  # after each epoch: the learning rate, and whether the callback ended training

    def run(self, show: Show) -> str:
        self.zero_grad()
        self.losses = self.descent.losses
        try:
            if self.course.callback:  # it should not be told of epochs that have to be done again
                self.has_finite_loss()
            while not self.difference and not self.ending() and self.stretch():
                show(len(self.losses), self.losses[-1])
                self.call_back()
        finally:
            self.settle()
        if self.difference:
            self.start_again()
        return super().run(show)

    def stretch(self) -> bool:
        """Train for some epochs, or for one if something comes after it; False if a number was not finite."""
        course, descent = self.course, self.descent
        if not course.has_looks:
            return descent.stretch(self.schedule.epochs - len(self.losses), course.target)
        if not descent.stretch(1, course.target):
            return False
        if course.callback or course.patience:
            descent.write_back()
        if course.validation:
            loss = self.compiled.validation_loss()
            if not math.isfinite(loss):
                descent.failed = loss
                return False
            self.note_validation(loss)
        return True

    def call_back(self) -> None:
        """Call the callback, once for an epoch that eager steps do again too.

        An error if it has changed what compiled steps would not notice.
        """
        if len(self.losses) <= len(self.told):
            self.set_as_told()
        elif self.course.callback:
            before = self.fixed()
            super().call_back()
            self.told.append((self.task.optimizer.learning_rate, self.called_off))
            if (now := self.fixed()) != before:
                place = next(place for place, number in enumerate(before) if number != now[place])
                names = [*self.settings(), *(printable(p.label or "a parameter") for p in self.task.optimizer.parameters)]
                said = f"the callback has changed {names[place]}, which compiled steps do not read again"
                raise ValueError(f"{said}; it may set the learning rate, and with eager=True anything")

    def set_as_told(self) -> None:
        """Go on as the callback had it after the last epoch that is done."""
        told = self.told[: len(self.losses)] or [(self.first_rate, False)]
        self.task.optimizer.learning_rate, self.called_off = told[-1]

    def settings(self) -> dict[str, Any]:
        return {name: number for name, number in self.task.optimizer.settings().items() if name != "learning_rate"}

    def fixed(self) -> list[Any]:
        """What compiled steps were made of, and the numbers that they go on from."""
        return [*self.settings().values(), *[parameter.data for parameter in self.task.optimizer.parameters]]

    def start_again(self) -> None:
        """Put back what there was before the first epoch, for eager steps or for the error that was asked for."""
        with uninterrupted():
            del self.checkpoints[1:]
            self.begin.restore()
            self.losses, self.validation, self.best = [], [], None
            self.finite = self.begin
            self.zero_grad()
            self.set_as_told()
            self.told.clear()
        if self.asked:
            raise Refusal(self.difference)

    def settle(self) -> None:
        """Write the numbers back: those of now, or else the last at which all is finite in eager code too."""
        descent = self.descent
        is_sound = False
        try:
            descent.rewind(len(self.validation) if self.course.validation else len(descent.losses), descent.is_sound)
            if descent.failed is not None or not self.has_finite_loss():
                descent.rewind(len(descent.losses), self.is_sound_there)
            is_sound = True
        finally:
            with uninterrupted():
                descent.write_back()
                self.losses = list(descent.losses)
                if len(self.losses) < len(self.told):
                    self.set_as_told()
                self.forget_later()
                self.set_checkpoint()
                self.begin.known_sound = is_sound
                self.finite = self.begin

    def has_finite_loss(self) -> bool:
        """Whether it is finite in eager code too; if it is another one there, `difference` tells."""
        self.descent.write_back()
        self.forget_later()
        try:
            self.compare("loss", self.task, self.descent.table, self.descent.loop.look()[-1])
            if self.course.validation and self.compiled.validation and self.validation:
                self.compare("validation loss", self.course.validation, self.compiled.validation, self.validation[-1])
        except (ArithmeticError, DomainError):
            return False
        return True

    def compare(self, name: str, task: Task, table: Table, graph: float) -> None:
        """Compare the loss of all rows with eager code, where these are many that of some."""
        program = self.compiled.program
        rows = spread(table.rows, max(COMPARED, LOOKED_AT // max(1, len(program.listing().instructions))))
        loss = task.loss_of(rows)
        check_loss(loss, name)
        number, which = loss.data, "all rows"
        if len(rows) < table.rows:
            which = f"{len(rows)} rows"
            graph = sum(row_losses(program, [table.row(row) for row in rows])) / len(rows)
        if not task.is_known() and abs(number - graph) > SAME * max(abs(number), abs(graph), *self.losses[:1]):
            self.difference = f"trained so, the {name} of {which} is {number!r}, and by the graph of one row it is {graph!r}"

    def is_sound_there(self) -> bool:
        self.descent.write_back()
        return self.is_sound()
