"""Overlapping windows, given back: they are windows of the padded image, with the kernel turned round."""

from __future__ import annotations

from collections.abc import Iterable

from micrograd import ops
from micrograd.tensors.arrays import View, made
from micrograd.tensors.places import contiguous


def turned(term: View, windows: View) -> tuple[View, View] | None:
    """What adds up to the same: a term that shows each place of the image once, and the view of the image that it belongs to.

    The term is a dot of a kernel and of what came back for each window, `sum_a W[a] d[p - a]`; then it is a dot over windows
    of d with zeros around it. None where it is no such dot.
    """
    dot = term.source
    if dot is None or term.strides is None or windows.strides is None or dot.op is not ops.dot or dot.sums or term.base:
        return None
    count, own = len(term.axes), contiguous(dot.shape)
    if 0 in term.strides or sorted(term.strides) != sorted(own) or any(view.strides is None for view in dot.operands):
        return None
    inner = range(count, len(dot.operands[0].axes))
    order = [*[own.index(stride) for stride in term.strides], *inner]
    pairs = paired_axes(windows)
    sides = sorted([view.keep(order) for view in dot.operands], key=lambda view: not view.rows)
    for image, kernel in (sides, sides[::-1]):
        if pairs and (found := with_roles(pairs, image.moving(), kernel.moving())):
            return padded(image, kernel, windows, found, inner)
    return None


def paired_axes(windows: View) -> list[tuple[int, int]]:
    """The axes of equal strides, two and two: where a window stands, and the offset in it. None if an axis is in two pairs."""
    strides, axes = windows.strides or (), windows.axes
    pairs = [(k, m) for k in range(len(axes)) for m in range(k + 1, len(axes))
             if strides[k] == strides[m] and axes[k] > 1 and axes[m] > 1]  # fmt: skip
    return pairs if len({k for pair in pairs for k in pair}) == 2 * len(pairs) else []


def with_roles(pairs: Iterable[tuple[int, int]], image: set[int], kernel: set[int]) -> list[tuple[int, int]] | None:
    """The pairs as (place, offset): the image moves along places alone, the kernel along offsets alone."""
    found = [(i, k) if i in image and k in kernel else (k, i) for i, k in pairs]
    good = all(i in image and k in kernel and k not in image and i not in kernel for i, k in found)
    return found if good else None


def padded(image: View, kernel: View, windows: View, roles: list[tuple[int, int]], inner: range) -> tuple[View, View]:
    moving = sorted(image.moving(), key=lambda k: -(image.strides or ())[k])
    reach = {place: windows.axes[offset] - 1 for place, offset in roles}
    shape = [image.axes[k] + 2 * reach.get(k, 0) for k in moving]
    strides = dict(zip(moving, contiguous(shape), strict=True))
    base = sum(reach.get(k, 0) * stride for k, stride in strides.items())
    pad = made("place", shape, [image.keep(moving)], targets=[(base, contiguous(shape))])
    offsets = [offset for _, offset in roles]
    out = [k for k in range(len(windows.axes)) if k not in offsets]
    order = [*out, *offsets, *inner]
    axes = [image.axes[k] + reach.get(k, 0) for k in order]
    stride_of = strides | {offset: strides[place] for place, offset in roles}
    windows_of_pad = View(pad, axes, 0, [stride_of.get(k, 0) for k in order])
    own = kernel.strides or ()
    turned_base = kernel.base + sum((windows.axes[k] - 1) * own[k] for k in offsets)
    turned_strides = [-own[k] if k in offsets else 0 if k in reach else own[k] for k in order]
    turned_kernel = View(kernel.source, axes, turned_base, turned_strides)
    dot = made(ops.dot.symbol, axes[: len(out)], [turned_kernel, windows_of_pad], len(offsets) + len(inner), op=ops.dot)
    return dot.view(), View(windows.source, dot.shape, windows.base, [(windows.strides or ())[k] for k in out])
