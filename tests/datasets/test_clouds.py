"""Data sets: their sizes, their labels, the curves they lie on, and that a seed repeats them."""

import math
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from micrograd.datasets import Dataset, circles, moons, spirals, xor

CLOUDS: list[Callable[..., Dataset]] = [moons, circles, spirals]
every_cloud = pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.__name__)
two_classes = pytest.mark.parametrize("cloud", [moons, circles], ids=lambda cloud: cloud.__name__)


def of_class(data: Dataset, label: Any) -> list[tuple[float, float]]:
    """The points with that label, from left to right."""
    return sorted((x, y) for (x, y), target in zip(*data, strict=True) if target == label)


def test_xor_is_one_where_the_inputs_differ() -> None:
    assert xor() == ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0])
    assert all(target == float(a != b) for (a, b), target in zip(*xor(), strict=True))


def test_xor_is_made_afresh_by_each_call() -> None:
    xor().inputs[0][0] = 5.0
    assert xor().inputs[0] == [0.0, 0.0]


@every_cloud
def test_a_data_set_is_a_pair_of_plain_lists(cloud: Callable[..., Dataset]) -> None:
    inputs, targets = data = cloud(9)
    assert (data.inputs, data.targets) == (inputs, targets)
    assert {type(row) for row in inputs} == {list}
    assert {type(number) for row in inputs for number in row} == {float}
    assert {len(row) for row in inputs} == {2}
    assert {type(target) for target in targets} == {int}


@every_cloud
@pytest.mark.parametrize("points", [3, 4, 100, 101])
def test_there_are_as_many_rows_and_targets_as_points(cloud: Callable[..., Dataset], points: int) -> None:
    inputs, targets = cloud(points)
    assert len(inputs) == len(targets) == points


@pytest.mark.parametrize(("cloud", "points"), [(moons, 100), (circles, 100), (spirals, 150)])
def test_sizes_unless_told_otherwise(cloud: Callable[..., Dataset], points: int) -> None:
    assert len(cloud().inputs) == points


@two_classes
@pytest.mark.parametrize(("points", "counts"), [(2, (1, 1)), (3, (2, 1)), (100, (50, 50)), (101, (51, 50))])
def test_two_classes_share_the_points_and_the_first_has_the_odd_one(
    cloud: Callable[..., Dataset], points: int, counts: tuple[int, int]
) -> None:
    assert Counter(cloud(points).targets) == {0: counts[0], 1: counts[1]}


@pytest.mark.parametrize(
    ("points", "arms", "counts"),
    [(150, 3, [50, 50, 50]), (7, 3, [3, 2, 2]), (8, 3, [3, 3, 2]), (4, 4, [1, 1, 1, 1]), (10, 1, [10])],
)
def test_arms_of_a_spiral_share_the_points(points: int, arms: int, counts: list[int]) -> None:
    assert Counter(spirals(points, arms=arms).targets) == dict(enumerate(counts))


@two_classes
@pytest.mark.parametrize("labels", [(-1, 1), (1, -1), ("outer", "inner"), (0.0, 1.0)], ids=str)
def test_labels_take_the_place_of_zero_and_one(cloud: Callable[..., Dataset], labels: tuple[Any, Any]) -> None:
    plain, labelled = cloud(21), cloud(21, labels=labels)
    assert labelled.inputs == plain.inputs
    assert labelled.targets == [labels[target] for target in plain.targets]


# Seeds


@every_cloud
def test_the_same_seed_gives_the_same_points_in_the_same_order(cloud: Callable[..., Dataset]) -> None:
    assert cloud(30, seed=4) == cloud(30, seed=4)
    assert cloud(30) == cloud(30, seed=0)


@every_cloud
def test_another_seed_gives_other_noise_and_another_order(cloud: Callable[..., Dataset]) -> None:
    assert sorted(cloud(30, seed=4).inputs) != sorted(cloud(30, seed=5).inputs)
    assert cloud(30, seed=4).targets != cloud(30, seed=5).targets
    clean = cloud(30, noise=0.0, seed=4).inputs
    assert clean != cloud(30, noise=0.0, seed=5).inputs
    assert sorted(clean) == sorted(cloud(30, noise=0.0, seed=5).inputs)


@every_cloud
def test_points_are_drawn_apart_from_the_generator_of_the_random_module(cloud: Callable[..., Dataset]) -> None:
    random.seed(1)
    after = random.random()
    random.seed(1)
    first = cloud(30)
    assert random.random() == after
    assert cloud(30) == first


@every_cloud
def test_classes_are_shuffled_together(cloud: Callable[..., Dataset]) -> None:
    targets = cloud(90).targets
    assert targets != sorted(targets)
    assert targets != sorted(targets, reverse=True)
    assert set(targets[:30]) == set(targets)


@every_cloud
def test_without_a_seed_the_points_are_others_each_time(cloud: Callable[..., Dataset]) -> None:
    assert cloud(30, seed=None) != cloud(30, seed=None)


@every_cloud
@pytest.mark.parametrize("seed", [-1, 1.5, "a", [1], math.nan], ids=str)
def test_a_seed_is_a_whole_number(cloud: Callable[..., Dataset], seed: Any) -> None:
    with pytest.raises(ValueError, match=r"^seed needs to be a whole number from 0 upwards, got "):
        cloud(seed=seed)


# The curves, without noise


def test_moons_without_noise_are_two_half_circles_hooked_into_each_other() -> None:
    data = moons(41, noise=0.0)
    outer, inner = of_class(data, 0), of_class(data, 1)
    assert all(math.hypot(x, y) == pytest.approx(1.0, rel=1e-15) and y >= 0.0 for x, y in outer)
    assert all(math.hypot(x - 1.0, y - 0.5) == pytest.approx(1.0, rel=1e-15) and y <= 0.5 for x, y in inner)


def test_moons_begin_and_end_at_the_ends_of_their_half_circles() -> None:
    data = moons(10, noise=0.0)
    outer, inner = of_class(data, 0), of_class(data, 1)
    assert [outer[0], outer[-1]] == [pytest.approx((-1.0, 0.0), abs=1e-15), pytest.approx((1.0, 0.0), abs=1e-15)]
    assert [inner[0], inner[-1]] == [pytest.approx((0.0, 0.5), abs=1e-15), pytest.approx((2.0, 0.5), abs=1e-15)]


def test_two_points_are_the_two_ends_of_a_curve() -> None:
    outer = of_class(moons(4, noise=0.0), 0)
    assert outer == [pytest.approx((-1.0, 0.0), abs=1e-15), pytest.approx((1.0, 0.0), abs=1e-15)]
    arm = of_class(spirals(2, arms=1, noise=0.0), 0)  # three quarters of a turn lead straight down
    centre, end = sorted(arm, key=lambda point: math.hypot(*point))
    assert centre == (0.0, 0.0)
    assert end == pytest.approx((0.0, -1.0), abs=1e-15)


def test_moons_are_evenly_spaced() -> None:
    data = moons(10, noise=0.0)
    quarter = math.sqrt(0.5)  # cos and sin of pi / 4; five points are 45 degrees apart
    expected = [(-1.0, 0.0), (-quarter, quarter), (0.0, 1.0), (quarter, quarter), (1.0, 0.0)]
    assert of_class(data, 0) == [pytest.approx(point, abs=1e-15) for point in expected]
    assert of_class(data, 1) == [pytest.approx((x + 1.0, 0.5 - y), abs=1e-15) for x, y in expected]


@pytest.mark.parametrize(("label", "radius"), [(0, 1.0), (1, 0.5)])
def test_circles_without_noise_have_the_radii_one_and_a_half(label: int, radius: float) -> None:
    points = of_class(circles(81, noise=0.0), label)
    assert [math.hypot(x, y) for x, y in points] == [pytest.approx(radius, rel=1e-15)] * len(points)


@pytest.mark.parametrize(("label", "count"), [(0, 7), (1, 6)])
def test_circles_are_evenly_spaced_with_no_point_twice(label: int, count: int) -> None:
    angles = sorted(math.atan2(y, x) % (2.0 * math.pi) for x, y in of_class(circles(13, noise=0.0), label))
    assert angles == pytest.approx([2.0 * math.pi * i / count for i in range(count)], abs=1e-14)


@pytest.mark.parametrize("arms", [1, 2, 3, 5])
def test_arms_without_noise_wind_three_quarters_of_a_turn_from_the_centre_to_radius_one(arms: int) -> None:
    data = spirals(arms * 9, arms=arms, noise=0.0)
    for arm in range(arms):
        points = sorted((math.hypot(x, y), x, y) for (x, y), target in zip(*data, strict=True) if target == arm)
        assert [radius for radius, _, _ in points] == pytest.approx([i / 8 for i in range(9)], abs=1e-15)
        for radius, x, y in points:
            turn = arm / arms + 0.75 * radius  # in turns: arms start evenly around the centre
            expected = (radius * math.cos(2.0 * math.pi * turn), radius * math.sin(2.0 * math.pi * turn))
            assert (x, y) == pytest.approx(expected, abs=1e-14)


def test_a_spiral_of_one_arm_and_one_point_is_its_centre() -> None:
    assert spirals(1, arms=1, noise=0.0) == ([[0.0, 0.0]], [0])


# Noise


@every_cloud
@pytest.mark.parametrize("noise", [0.01, 0.3])
def test_noise_is_the_standard_deviation_of_each_coordinate(cloud: Callable[..., Dataset], noise: float) -> None:
    points = 3000
    clean, noisy = cloud(points, noise=0.0, seed=1), cloud(points, noise=noise, seed=1)
    assert noisy.targets == clean.targets
    for axis in (0, 1):
        moves = [there[axis] - here[axis] for here, there in zip(clean.inputs, noisy.inputs, strict=True)]
        mean, deviation = sum(moves) / points, math.sqrt(sum(move * move for move in moves) / points)
        assert abs(mean) < 5.0 * noise / math.sqrt(points)  # five standard errors of each
        assert abs(deviation - noise) < 5.0 * noise / math.sqrt(2.0 * points)


@pytest.mark.parametrize(("cloud", "noise"), [(moons, 0.1), (circles, 0.05), (spirals, 0.02)])
def test_noise_unless_told_otherwise(cloud: Callable[..., Dataset], noise: float) -> None:
    assert cloud(30) == cloud(30, noise=noise)


# What they refuse


@two_classes
@pytest.mark.parametrize("points", [1, 0, -5, 10.0, "a"])
def test_two_classes_need_two_points(cloud: Callable[..., Dataset], points: Any) -> None:
    with pytest.raises(ValueError, match=f"^two classes need a whole number of at least 2 points, got {points!r}$"):
        cloud(points)


@pytest.mark.parametrize(("points", "arms"), [(0, 1), (2, 3), (10, 0), (10, -1), ("a", 1), (10, 1.5)])
def test_spirals_need_an_arm_and_a_point_for_each(points: Any, arms: Any) -> None:
    need = "^spirals need whole numbers, at least one arm and a point for each"
    with pytest.raises(ValueError, match=f"{need}, got arms={arms!r} and points={points!r}$"):
        spirals(points, arms=arms)


@pytest.mark.parametrize("cloud", [moons, circles])
@pytest.mark.parametrize("labels", [(1,), (1, 2, 3), (1, 1), 5, None, {"a"}, {0: "a", 1: "b"}], ids=str)
def test_two_classes_need_two_labels(cloud: Callable[..., Dataset], labels: Any) -> None:
    with pytest.raises(ValueError, match=r"^two classes need two labels that differ, such as \(-1, 1\), got "):
        cloud(labels=labels)


@pytest.mark.parametrize("cloud", [moons, circles, spirals])
@pytest.mark.parametrize("noise", [-0.1, math.nan, math.inf])
def test_noise_is_a_finite_deviation(cloud: Callable[..., Dataset], noise: float) -> None:
    with pytest.raises(ValueError, match=r"^noise needs to be a finite number from 0 upwards, got "):
        cloud(noise=noise)
