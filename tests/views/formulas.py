"""Array programs written by hand: a network 2-3-1 for XOR with its gradient, and the numbers of its arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd import ops
from micrograd.tensors.arrays import Array
from micrograd.tensors.terms import Call, Formulas, Index, Infix, Line, MatMul, Name, Number, Permute, Result, Sum, Term

EACH_ROW = (slice(None), None)
Numbers = dict[str, np.ndarray[Any, Any]]


def array(name: str, kind: str, shape: tuple[int, ...], rows: bool = False, by: Array | None = None) -> Array:
    made = Array(kind, shape, rows)
    made.name = name
    made.adjoint_of = by
    return made


def turned(term: Term) -> Permute:
    return Permute(term, (1, 0))


def xor_formulas() -> Formulas:
    """Half mean squared error of a network 2-3-1 with tanh, and its gradient."""
    x, y = array("x", "input", (2,), rows=True), array("y", "input", (), rows=True)
    w1, b1 = array("W1", "parameter", (3, 2)), array("b1", "parameter", (3,))
    w2, b2 = array("w1", "parameter", (3,)), array("b2", "parameter", ())
    share = array("share", "share", ())
    z, h = array("z1", "+", (3,), rows=True), array("h1", "tanh", (3,), rows=True)
    v, loss = array("v1", "-", (), rows=True), array("loss", "*", ())
    dv, dh, dz = (array(f"d{one.name}", "*", one.shape, rows=True, by=one) for one in (v, h, z))
    dw1, db1, dw2, db2 = (array(f"d{one.name}", "dot", one.shape, by=one) for one in (w1, b1, w2, b2))
    mean = Sum(Infix("/", Infix("*", Name(v), Name(v)), Number(2.0)), None)
    lines = (
        Line(z, Infix("+", MatMul(Name(x), turned(Name(w1))), Name(b1))),
        Line(h, Call(ops.tanh, (Name(z),), "tanh")),
        Line(v, Infix("-", Infix("+", MatMul(Name(h), Name(w2)), Name(b2)), Name(y))),
        Line(loss, Infix("*", Name(share), mean)),
        Line(dv, Infix("*", Name(v), Name(share))),
        Line(dh, Infix("*", Name(w2), Index(Name(dv), EACH_ROW))),
        Line(dz, Infix("*", Call(ops.sech2, (Name(z),), "sech2"), Name(dh))),
        Line(dw1, MatMul(turned(Name(dz)), Name(x))),
        Line(db1, Sum(Name(dz), (0,))),
        Line(dw2, MatMul(turned(Name(h)), Name(dv))),
        Line(db2, Sum(Name(dv), None)),
    )
    found = (loss, dw1, db1, dw2, db2)
    goals = tuple([Result(one.shape, False, one.adjoint_of, one.name) for one in found])
    return Formulas((x, y), (w1, b1, w2, b2), (), share, lines, tuple([Name(one) for one in found]), goals, (), ())


def xor_numbers() -> Numbers:
    """The arrays of `xor_formulas` on the four rows of XOR, by NumPy."""
    x, y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0.0, 1.0, 1.0, 0.0])
    w1, b1 = np.array([[-1.364, 0.926], [0.722, -1.098], [-0.536, -0.51]]), np.array([-0.516, -0.381, -0.441])
    w2, b2, share = np.array([0.982, 1.042, -1.221]), np.array(0.481), np.array(0.25)
    z = x @ w1.T + b1
    h = np.tanh(z)
    v = h @ w2 + b2 - y
    dv = v * share
    dh = w2 * dv[:, None]
    dz = (1.0 - h * h) * dh
    leaves = {"x": x, "y": y, "W1": w1, "b1": b1, "w1": w2, "b2": b2, "share": share}
    lines = {"z1": z, "h1": h, "v1": v, "loss": share * (v * v / 2.0).sum(), "dv1": dv, "dh1": dh, "dz1": dz}
    return leaves | lines | {"dW1": dz.T @ x, "db1": dz.sum(axis=0), "dw1": h.T @ dv, "db2": dv.sum()}
