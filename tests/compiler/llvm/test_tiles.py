"""Tiles, panels and strips for several processors, from the rule that n times m sums, n operands and one more fit."""

import platform
from types import SimpleNamespace

import pytest

from micrograd.compiler.llvm import tiles
from micrograd.compiler.llvm.kernel import Shape
from micrograd.compiler.llvm.loops.nests import tiles as tiles_along
from micrograd.compiler.llvm.loops.row_sums import blocks
from micrograd.compiler.llvm.tiles import Processor, gradient_tile, outputs_beside, panels_of_strip, shape_for, tile

AVX2, AVX512, NEON = Processor(4, 16), Processor(8, 32, spreads=True), Processor(2, 32)


def test_tiles_have_the_fewest_loads_for_a_multiply_add() -> None:
    """n + m for n m of these, by at most 3 vectors of rows.

    In 16 registers 1 x 14, 2 x 6 and 3 x 4 fit: 15/14, 8/12 and 7/12. In 32 it is 1 x 30, 2 x 14 and 3 x 9: 31/30, 16/28, 12/27.
    """
    assert (tile(AVX2), tile(NEON)) == ((3, 4), (3, 9))
    assert tile(Processor(4, 13)) == (3, 3)  # 9 + 3 + 1 registers, 6/9; 2 x 5 takes as many, 7/10
    assert tile(Processor(4, 12)) == (2, 4)  # 6/8, and 1 x 10 is 11/10


def test_at_least_8_multiply_adds_are_under_way() -> None:
    """In 10 registers 2 x 3 is 5/6, and 1 x 8 only 9/8."""
    assert tile(Processor(4, 10)) == (1, 8)


def test_where_a_multiply_add_spreads_a_number_from_memory_one_vector_of_rows_serves_all_other_registers() -> None:
    assert tile(AVX512) == (1, 30)


def test_outputs_beside_vectors_of_rows_fill_the_registers() -> None:
    """16 hold a number that is spread, 3 vectors and 3 x 4 sums; 2 vectors leave 13, for 2 x 6; many have one beside them."""
    assert [outputs_beside(vectors, AVX2) for vectors in (1, 2, 3, 8)] == [14, 6, 4, 1]
    assert [outputs_beside(vectors, NEON) for vectors in (1, 2, 3)] == [30, 14, 9]


def test_a_tile_of_sums_over_the_rows_is_whole_vectors_wide() -> None:
    """Of 4 lanes in 16 registers 3 x 4 and 1 x 8 fit; of 8 in 32 3 x 8 and 1 x 16; of 2 in 32 4 x 6, 10/24, before 3 x 8, 11/24.

    The height is at most the width, whose operands are the ones in registers: 6 x 4 is not asked for.
    """
    assert [gradient_tile(machine) for machine in (AVX2, AVX512, NEON)] == [(3, 4), (3, 8), (4, 6)]
    assert gradient_tile(Processor(2, 16)) == (3, 4)


# --------------------------------------------------------------------------------------------------------------
# Panels for so many rows
# --------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=[AVX2, AVX512, NEON], ids=["avx2", "avx512", "neon"])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Processor:
    monkeypatch.setattr(tiles, "processor", lambda: request.param)
    return request.param


def test_few_rows_are_one_panel_of_as_few_lanes_as_hold_them(machine: Processor) -> None:
    """1 row is one lane, 2 are two, 3 and 4 are four, if there are so many lanes; then up to 3 vectors, 1 with AVX-512."""
    lanes, most = machine.lanes, 1 if machine.spreads else 3
    assert shape_for(1) == Shape(1, 1, alone=True)
    assert shape_for(2) == Shape(2, 1, alone=True)
    assert shape_for(3) == shape_for(4) == (Shape(4, 1, alone=True) if lanes > 2 else Shape(2, 2, alone=True))
    if most > 1:
        assert shape_for(lanes + 1) == shape_for(2 * lanes) == Shape(lanes, 2, alone=True)
    assert shape_for(lanes * most) == Shape(lanes, most, alone=True)
    assert not shape_for(lanes * most + 1).alone


def test_many_rows_are_panels_as_wide_as_is_best_for_products(machine: Processor) -> None:
    assert shape_for(100_000) == Shape(machine.lanes, 1 if machine.spreads else 3)


def test_rows_that_would_fill_up_too_much_of_wide_panels_are_in_narrow_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """With AVX2 a row takes 1 + 15/140 in narrow panels, 1 + 7/120 in wide ones.

    24 rows fill both: 24 x 1.107 and 24 x 1.058. 25 fill 7 narrow ones, 28 x 1.107 = 31.0, and 3 wide ones, 36 x 1.058 = 38.1.
    97 are 100 x 1.107 = 110.7 and 108 x 1.058 = 114.3; 101 are 104 x 1.107 = 115.1 and the same 114.3.
    """
    monkeypatch.setattr(tiles, "processor", lambda: AVX2)
    assert [shape_for(rows).vectors for rows in (13, 24, 25, 97, 101)] == [1, 3, 1, 1, 3]
    assert tiles.work(25, Shape(4, 1), AVX2) == pytest.approx(28 * (1 + 15 / 140))
    assert tiles.work(25, Shape(4, 3), AVX2) == pytest.approx(36 * (1 + 7 / 120))


def test_a_strip_has_as_many_panels_as_160_rows_hold() -> None:
    shapes = [Shape(4, 3), Shape(8, 1), Shape(4, 40), Shape(4, 41), Shape(4, 3, alone=True)]
    assert [panels_of_strip(shape) for shape in shapes] == [13, 20, 1, 1, 1]


# --------------------------------------------------------------------------------------------------------------
# The processor, and what is left of an axis
# --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("features", "name", "expected"),
    [
        ({"avx2": True}, "x86_64", Processor(4, 16)),
        ({"avx512f": True, "avx2": True}, "x86_64", Processor(4, 32, spreads=True)),
        ({}, "AMD64", Processor(4, 16)),
        ({"neon": True}, "aarch64", Processor(4, 32)),
        ({"neon": True}, "arm64", Processor(4, 32)),
    ],
)
def test_what_has_32_registers(
    features: dict[str, bool], name: str, expected: Processor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "binding", lambda: SimpleNamespace(get_host_cpu_features=lambda: features))
    monkeypatch.setattr(tiles, "lanes_of_this_machine", lambda: 4)
    monkeypatch.setattr(platform, "machine", lambda: name)
    assert tiles.processor.__wrapped__() == expected


def test_an_axis_is_tiles_of_one_size_or_of_two_that_differ_by_one() -> None:
    """(where it begins, how many, of which size); the largest size that leaves no rest, if it is not below the least."""
    assert tiles_along(12, 4, 2) == [(0, 3, 4)]
    assert tiles_along(9, 4, 2) == [(0, 3, 3)]
    assert tiles_along(4, 4, 4) == [(0, 1, 4)]
    assert tiles_along(10, 4, 3) == [(0, 1, 4), (4, 2, 3)]  # 5 x 2 would be below the least
    assert tiles_along(11, 4, 3) == [(0, 2, 4), (8, 1, 3)]
    assert tiles_along(1, 4, 2) == [(0, 1, 1)]


def test_sums_over_the_rows_are_full_tiles_and_what_is_left() -> None:
    assert [blocks(length, 4) for length in (3, 4, 8, 10)] == [[(0, 1, 3)], [(0, 1, 4)], [(0, 2, 4)], [(0, 2, 4), (8, 1, 2)]]
