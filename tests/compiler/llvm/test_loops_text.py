"""Text in LLVM's language: numbers of loops, loops that carry, addresses made once a turn, and tables."""

import pytest

import micrograd
from micrograd import ops
from micrograd.compiler.llvm.loops import elements
from micrograd.compiler.llvm.loops.text import Index, Text, along
from micrograd.compiler.llvm.vectors import literal
from micrograd.engine import Value


def lines(text: Text) -> list[str]:
    return text.written().split("\n")


# --------------------------------------------------------------------------------------------------------------
# Indices
# --------------------------------------------------------------------------------------------------------------


def parts(index: Index) -> tuple[int, dict[str, int]]:
    return index.constant, index.factors


def test_indices_are_added_and_multiplied_term_by_term() -> None:
    i, j = Index(factors={"%i": 1}), Index(factors={"%j": 1})
    assert parts(2 * (i + 3) + j * 5 + i + Index(4)) == (10, {"%i": 3, "%j": 5})
    assert repr(i * 2 + j + 7) == "7 + 2 * %i + 1 * %j"


def test_what_is_0_times_a_variable_is_no_part_of_an_index() -> None:
    i = Index(factors={"%i": 2})
    assert parts(i * 0 + 5) == (5, {})
    assert parts(i + i * -1) == (0, {})


def test_a_place_along_strides() -> None:
    """From 100, 10 rows of 7 down and 3 across: 1 + 10 * 7 + 3, and the row varies."""
    assert parts(along((7, 1), [Index(10), Index(3)], 100)) == (173, {})
    assert parts(along((7, 0), [Index(1, {"%i": 2}), Index(factors={"%j": 1})])) == (7, {"%i": 14})


# --------------------------------------------------------------------------------------------------------------
# Loops
# --------------------------------------------------------------------------------------------------------------


def test_one_turn_is_no_loop() -> None:
    text = Text()
    with text.loop(1, "double", ["%a"]) as turn:
        assert (parts(turn.index), turn.carried) == ((0, {}), ["%a"])
        turn.next = [text.let("fneg double %a")]
    assert (turn.result, lines(text)) == (["%v1"], ["%v1 = fneg double %a"])


def test_a_loop_carries_each_number_on_and_ends_after_its_count() -> None:
    text = Text()
    with text.loop("%count", "double", ["%a", "%b"]) as turn:
        a, b = turn.carried
        turn.next = [b, a]
    assert turn.result == [b, a]
    assert lines(text) == [
        "br label %loop1.begin",
        "loop1.begin:",
        "br label %loop1",
        "loop1:",
        "%i1 = phi i64 [ 0, %loop1.begin ], [ %i1.next, %loop1.end ]",
        f"{a} = phi double [ %a, %loop1.begin ], [ {b}, %loop1.end ]",
        f"{b} = phi double [ %b, %loop1.begin ], [ {a}, %loop1.end ]",
        "br label %loop1.end",
        "loop1.end:",
        "%i1.next = add i64 %i1, 1",
        "%i1.more = icmp ne i64 %i1.next, %count",
        "br i1 %i1.more, label %loop1, label %loop1.done",
        "loop1.done:",
    ]


def test_names_are_given_once() -> None:
    text = Text()
    with text.loop(2) as first:
        text.let("a")
        with text.loop(3) as second:
            text.let("b")
    with text.loop(2) as third:
        text.let("c")
    variables = [name for turn in (first, second, third) for name in turn.index.factors]
    given = [line.split(" = ")[0] for line in lines(text) if " = " in line] + [line for line in lines(text) if line.endswith(":")]
    assert len(set(variables)) == 3
    assert len(given) == len(set(given))


# --------------------------------------------------------------------------------------------------------------
# Addresses
# --------------------------------------------------------------------------------------------------------------


def test_an_address_is_a_base_and_so_many_bytes() -> None:
    text = Text()
    assert text.address("%p", Index()) == "%p"
    assert text.address("%p", Index(24)) == "%v1"
    assert lines(text) == ["%v1 = getelementptr i8, ptr %p, i64 24"]


def test_what_varies_with_a_loop_is_added_at_the_top_of_its_turn_and_once() -> None:
    """Of the outer loop first, though the index names the inner one first; the constants where they are used."""
    text = Text()
    with text.loop(4) as outer, text.loop(5) as inner:
        text.line("; here")
        first = text.address("%p", inner.index * 8 + outer.index * 40 + 16)
        second = text.address("%p", inner.index * 8 + outer.index * 40 + 24)
        other = text.address("%q", outer.index * 40)
        same = text.address("%q", outer.index * 40)
        text.address("%p", outer.index * 80)
    assert first != second
    assert other == same
    (i,), (j,) = outer.index.factors, inner.index.factors
    written = lines(text)
    outer_top = written[written.index(f"loop{i[2:]}:") : written.index(f"loop{j[2:]}:")]
    inner_top = written[written.index(f"loop{j[2:]}:") : written.index("; here")]
    assert [line.split(" = ")[1] for line in outer_top if "mul" in line] == [f"mul i64 {i}, {f}" for f in (40, 40, 80)]
    assert [line.split(" = ")[1] for line in inner_top if "mul" in line] == [f"mul i64 {j}, 8"]
    rest = written[written.index("; here") + 1 :]
    assert [line.rpartition(" ")[2] for line in rest if "getelementptr" in line] == ["16", "24"]


def test_after_a_loop_its_addresses_are_forgotten() -> None:
    text = Text()
    for _ in range(2):
        with text.scope("%panel") as index:
            text.address("%p", index * 8)
    assert sum("mul i64 %panel, 8" in line for line in lines(text)) == 2
    assert text.scopes == {}


def test_what_varies_with_no_loop_is_added_where_it_is_used() -> None:
    text = Text()
    with text.loop(3) as turn:
        text.line("; here")
        text.address("%p", turn.index * 8 + Index(factors={"%looked.up": 16}))
    (i,) = turn.index.factors
    before, after = (text.written().split("; here")[k] for k in (0, 1))
    assert f"mul i64 {i}, 8" in before
    assert "mul i64 %looked.up, 16" in after


# --------------------------------------------------------------------------------------------------------------
# Tables
# --------------------------------------------------------------------------------------------------------------


def test_equal_tables_are_one() -> None:
    text = Text()
    names = [text.table("[1 x i64] [i64 3]"), text.table("[1 x i64] [i64 4]"), text.table("[1 x i64] [i64 3]")]
    assert names == ["@table0", "@table1", "@table0"]


def test_a_table_of_constants_is_spelled_once_however_often_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be the weights of a large layer, and each load of a tile names it."""
    spelled: list[float] = []

    def noticed(number: float) -> str:
        spelled.append(number)
        return literal(number)

    monkeypatch.setattr(elements, "literal", noticed)
    weights = [[Value(100.0 + 10.0 * j + i) for i in range(9)] for j in range(8)]
    x = [Value(1.0) for _ in range(9)]
    program = micrograd.compile(ops.total([ops.relu(ops.dot(row, x)) for row in weights]), x, target="llvm")
    (value,) = program.evaluate([[1.0] * 9])
    assert value == 8 * (9 * 100.0 + 36.0) + 9 * 10.0 * 28.0
    assert sorted(spelled) == [0.0, *[weight.data for row in weights for weight in row]]
