"""Which rows make a batch."""

import random
from itertools import chain

import pytest

from micrograd.compiler.schedule import Schedule, shuffle


def batches(epochs: int, **settings: int | bool | None) -> list[list[list[int]]]:
    schedule = Schedule(rows=10, epochs=epochs, **settings)  # type: ignore[arg-type]
    return [schedule.batches(epoch) for epoch in range(epochs)]


def test_every_epoch_shuffles_all_rows_anew_into_batches_of_the_size() -> None:
    epochs = batches(3, batch_size=4)
    assert [[len(batch) for batch in epoch] for epoch in epochs] == [[4, 4, 2]] * 3
    orders = [list(chain.from_iterable(epoch)) for epoch in epochs]
    assert [sorted(order) for order in orders] == [list(range(10))] * 3
    assert len(set(map(tuple, [*orders, range(10)]))) == 4


def test_two_batches_are_shuffled_too() -> None:
    (first,) = batches(1, batch_size=5)
    assert first != [list(range(5)), list(range(5, 10))]


def test_the_seed_is_0_unless_one_is_given() -> None:
    assert batches(2, batch_size=4) == batches(2, batch_size=4, seed=0) != batches(2, batch_size=4, seed=1)


@pytest.mark.parametrize("batch_size", [None, 10, 11])
def test_one_batch_of_all_rows_stays_in_their_order(batch_size: int | None) -> None:
    assert batches(2, batch_size=batch_size) == [[list(range(10))]] * 2


def test_without_shuffling_rows_stay_in_their_order() -> None:
    assert batches(2, batch_size=6, shuffle=False) == [[list(range(6)), list(range(6, 10))]] * 2


def test_two_trainings_after_each_other_see_the_batches_of_one_of_as_many_epochs() -> None:
    steps = Schedule(rows=10, epochs=2, batch_size=4).steps
    assert steps == 3
    assert batches(4, batch_size=4)[2:] == batches(2, batch_size=4, first_step=2 * steps)


@pytest.mark.parametrize("rows", [*range(20), 31, 32, 33, 1000, 1024, 1025])
def test_rows_are_shuffled_as_python_shuffles_them(rows: int) -> None:
    ours, theirs = list(range(rows)), list(range(rows))
    shuffle(ours, random.Random(5))
    random.Random(5).shuffle(theirs)
    assert ours == theirs
