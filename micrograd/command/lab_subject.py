"""What a network learns in the laboratory, and the page of it: for the commands that leave one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from micrograd.command.table_file import TableFile
from micrograd.command.table_task import TableTask
from micrograd.compiler.task import Loss, Task
from micrograd.datasets import Dataset
from micrograd.nn import MLP
from micrograd.optim import Optimizer
from micrograd.views.laboratory.experiment import Experiment
from micrograd.views.laboratory.page import Lab
from micrograd.views.laboratory.payload import title_of


@dataclass(frozen=True)
class Subject:
    """Rows to train on and others to test on; `names` are those of the columns, and of the target or the classes.

    The `notes` are lines that say what was done to the rows.
    """

    title: str
    data: Dataset
    test: Dataset | None
    loss: Loss
    outputs: int
    names: list[str] | None = None
    notes: tuple[str, ...] = ()

    def page(
        self, model: MLP, optimizer: Optimizer, batch_size: int | None, seed: int, starts: Mapping[str, MLP] | None = None
    ) -> Lab:
        experiment = Experiment(Task(model, self.loss, *self.data, optimizer), self.test, batch_size, seed, self.names)
        return Lab(experiment, starts, None, f"{self.title}, {title_of(model)}")


def table_subject(name: str, table: TableFile, task: TableTask) -> Subject:
    """The rows of a table, scaled; those held out are tested on."""
    data, held_out = (
        Dataset(task.inputs[part], task.targets[part]) for part in (slice(task.training), slice(task.training, None))
    )
    names = [*table.columns, *(task.classes if task.outputs > 1 else [table.target])]
    what = "The inputs are" if task.classes else "The inputs and the target are"
    held = f"{len(task.held_out):,} rows are held out" if task.held_out else "no rows are held out"
    notes = (f"{what} scaled to mean 0 and deviation 1; {held}.",)
    test = held_out if task.held_out else None
    return Subject(f"{name} (scaled)", data, test, task.loss.function, task.outputs, names, notes)
