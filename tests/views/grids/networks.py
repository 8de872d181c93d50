"""Networks whose neurons are used at several windows, each with the loss of one row."""

import random

from micrograd import Value, losses, nn
from micrograd.views.grids.finding import Grids, grids_of


def numbers(count: int, seed: int = 1) -> list[float]:
    generator = random.Random(seed)
    return [generator.random() for _ in range(count)]


def picture_network(pool: type[nn.Module] = nn.AvgPool2d, filters: int = 2) -> nn.Sequential:
    """A picture of 6 x 6 through filters of 3 x 3, which make maps of 4 x 4, then a pool of 2 x 2, then three outputs."""
    generator = random.Random(0)
    return nn.Sequential(
        nn.Unflatten(1, 6, 6),
        nn.Conv2d(1, filters, 3, generator=generator),
        pool(2),
        nn.Flatten(),
        nn.Layer(4 * filters, 3, "linear", generator=generator),
    )


def picture_loss(model: nn.Sequential | None = None, target: int = 1, seed: int = 1) -> Value:
    return losses.cross_entropy([(model or picture_network())(numbers(36, seed))], [target])


def frames(count: int, features: int) -> list[list[float]]:
    flat = numbers(count * features)
    return [flat[start : start + features] for start in range(0, len(flat), features)]


def cell_loss(cell: nn.RNNCell | nn.GRUCell | nn.LSTMCell, steps: int = 4) -> Value:
    """A cell that reads two numbers at each step, and two outputs of its last state."""
    state = cell.start()
    for frame in frames(steps, 2):
        state = cell(frame, state)  # type: ignore[arg-type]  # each cell takes the state that it gave
    last = state[0] if isinstance(state, tuple) else state
    return losses.cross_entropy([nn.Layer(3, 2, "linear", generator=random.Random(5))(last)], [0])


def found(loss: Value) -> Grids:
    grids = grids_of(loss, collapse="grids")
    assert grids is not None
    return grids


def shapes(grids: Grids) -> list[tuple[str, tuple[int, int, int]]]:
    return [(stage.kind, (stage.shape.channels, stage.shape.rows, stage.shape.columns)) for stage in grids.stages]
