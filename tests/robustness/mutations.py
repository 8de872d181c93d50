"""Small mistakes put into a source, one at a time: the mutants that the tests are to catch.

>>> for mutant in mutants_of("def f(a):\\n    return -a\\n"):
...     print(mutant)
2: return -a -> return None
2: return -a -> return a
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

SWAPS: dict[type[ast.AST], tuple[type[Any], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitAnd: (ast.BitOr,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Continue: (ast.Break,),
    ast.Break: (ast.Continue,),
}
# In a string that is code to be, such as "{} + {}", what stands for what.
IN_TEMPLATES = {" + ": " - ", " - ": " + ", " * ": " / ", " / ": " * ", " <= ": " < ", " < ": " <= ", " >= ": " > ",
                " > ": " >= ", " or ": " and ", "1.0": "1.001", "0.01": "0.011", "{1}": "{0}"}  # fmt: skip

UNTOUCHED = {"annotation", "returns", "decorator_list", "bases"}  # fields that change nothing when the program runs
SYMMETRIC = ("min", "max")  # in their first two arguments
PLAIN_TESTS = (ast.Name, ast.Attribute, ast.Call, ast.NamedExpr)
ERRORS = (ast.Raise, ast.Assert, ast.Import, ast.ImportFrom)  # the words of errors are not mutated


@dataclass(frozen=True)
class Mutant:
    """A source with one change: the line, what stood there and what stands there now."""

    line: int
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.line}: {self.before} -> {self.after}"


def mutants_of(source: str, templates: bool = False) -> Iterator[Mutant]:
    """Every mutant of the source; with `templates`, those of the operators in its strings too."""
    lines = source.splitlines()
    for anchor, text in changed(ast.parse(source), None, templates):
        mutated = replaced(source, anchor, text)
        end = len(mutated.splitlines()) - (len(lines) - anchor.end_lineno)
        before = " ".join(" ".join(lines[anchor.lineno - 1 : anchor.end_lineno]).split())
        after = " ".join(" ".join(mutated.splitlines()[anchor.lineno - 1 : end]).split())
        if before != after:
            yield Mutant(anchor.lineno, before, after, mutated)


def replaced(source: str, node: Any, text: str) -> str:
    """The source with that text in place of the node. Columns count bytes."""
    lines = source.encode().splitlines(keepends=True)
    head = b"".join(lines[: node.lineno - 1]) + lines[node.lineno - 1][: node.col_offset]
    tail = lines[node.end_lineno - 1][node.end_col_offset :] + b"".join(lines[node.end_lineno :])
    return (head + text.encode() + tail).decode()


def changed(parent: ast.AST, anchor: Any, templates: bool) -> Iterator[tuple[Any, str]]:
    """Each node to replace, with its new text. Of what is within an f-string, the whole f-string is replaced."""
    for name, value in ast.iter_fields(parent):
        if name in UNTOUCHED:
            continue
        children = value if isinstance(value, list) else [value]
        for place, child in enumerate(children):
            if not isinstance(child, ast.AST) or isinstance(child, ERRORS) or is_docstring(child):
                continue
            root = anchor or (child if isinstance(child, ast.JoinedStr) else None)
            negated = [ast.UnaryOp(ast.Not(), child)] if name == "test" and isinstance(child, PLAIN_TESTS) else []
            for new in [*changes(child, templates), *negated]:
                if root is None and hasattr(child, "lineno"):
                    yield child, bracketed(new)
                    continue
                whole = root or parent
                put(parent, name, place, new)
                yield whole, ast.unparse(whole)
                put(parent, name, place, child)
            yield from changed(child, root, templates)


def put(parent: ast.AST, name: str, place: int, node: ast.AST) -> None:
    value = getattr(parent, name)
    if isinstance(value, list):
        value[place] = node
    else:
        setattr(parent, name, node)


def bracketed(node: ast.AST) -> str:
    """The text of the node; an expression keeps its place by brackets."""
    text = ast.unparse(node)
    return f"({text})" if isinstance(node, (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.UnaryOp, ast.Lambda)) else text


def is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def changes(node: ast.AST, templates: bool) -> Iterator[ast.AST]:
    """The nodes that may stand in place of this one."""
    match node:
        case ast.BinOp() | ast.AugAssign() | ast.BoolOp():
            yield from (with_(node, op=swap()) for swap in SWAPS.get(type(node.op), ()))
        case ast.Compare(ops=[operator]):
            yield from (with_(node, ops=[swap()]) for swap in SWAPS[type(operator)])
        case ast.Continue() | ast.Break():
            yield from (swap() for swap in SWAPS[type(node)])
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=float(value)):
            yield ast.Constant(value * 1.001 if value else 1.0)
        case ast.Constant(value=str(value)) if templates:
            yield from (ast.Constant(value.replace(old, new, 1)) for old, new in IN_TEMPLATES.items() if old in value)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.IfExp(body=body, orelse=orelse):
            yield with_(node, body=orelse, orelse=body)
        case ast.Call(func=function, args=[first, second, *rest]) if ast.unparse(function) not in SYMMETRIC:
            yield with_(node, args=[second, first, *rest])
        case ast.Slice():
            yield from (with_(node, **{side: None}) for side in ("lower", "upper") if getattr(node, side) is not None)
        case ast.Return(value=ast.expr()):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
    match node:  # a term dropped
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
            yield node.left
        case ast.BoolOp(values=[*firsts, last]):
            yield firsts[0] if len(firsts) == 1 else with_(node, values=firsts)
            yield last
        case ast.comprehension(ifs=[_]):
            yield with_(node, ifs=[])


def with_(node: Any, **fields: Any) -> Any:
    changed = copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
