"""`fit`: from a model, a loss, data and an optimizer to a trained model."""

from __future__ import annotations

from contextlib import nullcontext, suppress

from micrograd.advice import for_arguments
from micrograd.arguments import whole_number
from micrograd.compiler.schedule import Schedule
from micrograd.compiler.task import Loss, Task, check_task, checked_data, is_plain
from micrograd.compiler.tracing import compiled_of
from micrograd.datasets.rows import Data
from micrograd.display.progress import progress_bar
from micrograd.nn import Module
from micrograd.optim import Optimizer
from micrograd.training.compiled import CompiledTraining
from micrograd.training.course import Callback, checked_course
from micrograd.training.eager import Training
from micrograd.training.history import History
from micrograd.training.units import units_left_dead
from micrograd.words import FIT


@for_arguments(FIT)
def fit(
    model: Module,
    loss: Loss,
    data: Data,
    optimizer: Optimizer,
    *,
    epochs: int = 100,
    batch_size: int | None = None,
    target_loss: float | None = None,
    validation: Data | None = None,
    callback: Callback | None = None,
    patience: int | None = None,
    seed: int = 0,
    progress: bool = True,
    eager: bool | None = None,
) -> History:
    """Train `model` in place: per batch zero_grad, loss(outputs, targets), backward, step.

    `data` is (inputs, targets), such as a Dataset. Without `batch_size` a batch is all of the data; otherwise the rows
    are shuffled anew in each epoch, from `seed` and the steps that the optimizer has taken: a second call goes on as a
    longer first one would have. Training also stops where an epoch's loss is at most `target_loss`. Ctrl-C ends it, with
    the parameters as they were when the epoch began. Where a loss or a gradient is not finite, the last parameters at
    which both are finite are put back and a Divergence, a FloatingPointError, says what went wrong.

    Inputs and targets may be nested, and of several lengths where the model reads such: sequences are lists of frames.

    `validation` is a pair like `data`, of rows that are not trained on: their loss after each epoch is in the History. With
    `patience` training stops where it has not become lower for so many epochs; then, and however else it ends but by an
    error, the parameters and the memory of the optimizer are those of the epoch after which it was lowest.

    `callback(epoch, loss)` is called after each epoch, with the parameters up to date and the gradients of the last step; True
    ends the training. It may set the learning rate, as schedules do: `lambda epoch, loss: setattr(optimizer, "learning_rate",
    0.1 * 0.99**epoch)`. It may read and draw anything, but where it changes a parameter or another setting, compiled training
    is a ValueError. An error in it ends the training with the parameters of that epoch.

    Long training runs as compiled code, the same steps but for rounding, by an optimizer of optim.py and where a graph can
    stand for model and loss. That of an MLP or a Layer and the losses of losses.py can. Code of one's own is watched while
    it makes the graph of a row: it may look at no number of a Value, as a Python `if` has to and as `x.data` does, draw nothing
    at random, change nothing that it can reach, and has to make the same graph when it is called again. The loss of rows
    spread over the data has to be the mean of what the graph gives for each, and at the end that of all rows, or of some
    where they are many. Otherwise the steps are eager, from the beginning; `eager=True` makes them so in any case.

    `eager=False` asks for compiled code, for short training and for an optimizer with an update rule of its own too; a
    ValueError says why it cannot be. Only then may code of one's own change what it can reach, such as a counter. Compiled code
    does not do that in each step, so see to it that no graph depends on it.

    >>> from micrograd import datasets, losses, nn, optim
    >>> model = nn.MLP(2, [4, 1], activation="tanh", seed=1)
    >>> descent = optim.SGD(model.parameters(), learning_rate=0.4)
    >>> history = fit(model, losses.half_mean_squared_error, datasets.xor(), descent, epochs=500, progress=False)
    >>> [round(model(row).data) for row in datasets.xor().inputs]
    [0, 1, 1, 0]
    """
    task = Task(model, loss, *checked_data(data, numbers=is_plain(model)), optimizer)
    check_task(task)
    epochs = whole_number(epochs, "epochs", least=0)
    batch_size = None if batch_size is None else whole_number(batch_size, "batch_size")
    schedule = Schedule(len(task.inputs), epochs, batch_size, seed, first_step=optimizer.step_count)
    course = checked_course(task, target_loss, validation, callback, patience)
    training = Training(task, schedule, course)
    try:
        if not eager and epochs and (compiled := compiled_of(task, schedule, course.validation, asked=eager is False)):
            training = CompiledTraining(task, schedule, course, compiled, asked=eager is False)
        with progress_bar(epochs) if progress else nullcontext(lambda epoch, loss: None) as show:
            stopped = training.run(show)
    except KeyboardInterrupt:
        training.go_back(training.begin)
        stopped = "interrupted"
    return history_of(training, stopped)


def history_of(training: Training, stopped: str) -> History:
    """How the training went that has ended so, with the best parameters put back if it was to look for them."""
    training.settle_on_best()
    history = History(list(training.losses), stopped, validation=training.validation)
    with suppress(KeyboardInterrupt):  # a second one: without them
        compiled_all = isinstance(training, CompiledTraining) and not training.difference
        history.dead_units = units_left_dead(training.task.model, training.task.inputs, compiled_all)
    return history
