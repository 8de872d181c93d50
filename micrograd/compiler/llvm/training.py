"""Training in LLVM's language: rows gathered into batches, an optimizer's update, and the loop over batches and epochs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from micrograd.compiler.listing import Instruction, Listing
from micrograd.compiler.llvm.rows import are_few, padded
from micrograd.compiler.llvm.spelling import Dialect


def update(rule: Listing, trained: int, dialect: Dialect) -> Iterator[str]:
    """`@update`: an optimizer's rule for all trained parameters; true if a gradient was not finite.

    What depends on the step and the learning rate alone is computed once. A vector of parameters after the other is
    moved in a loop, or where these are few one by one, at places that LLVM then knows.
    """
    v, lanes = dialect.number, dialect.lanes
    *varying, step, rate = rule.inputs
    parameter, gradient, *state = varying
    depending = rule.depending_on(varying)

    def text(name: str, group: str) -> str:
        if name in rule.constants:
            return dialect.constant(rule.constants[name])
        return f"%{name}.{group}" if name in depending else f"%{name}"

    def spelled(instructions: Iterable[Instruction], group: str = "") -> Iterator[str]:
        for name, op, operands in instructions:
            yield f"{text(name, group)} = {dialect.spell(op, [text(operand, group) for operand in operands])}"

    def moved(first: str, group: str, bad: str) -> Iterator[str]:
        """The vector of parameters from `first` on; `%worse` is then `bad`, or nan if a gradient is not finite."""
        for column, name in enumerate(varying):
            source, offset = ("%parameters", "%sums", "%state")[min(column, 2)], max(column - 2, 0) * padded(trained, lanes)
            yield f"%i.{name}.{group} = add i64 {first}, {offset}"
            yield f"%p.{name}.{group} = getelementptr double, ptr {source}, i64 %i.{name}.{group}"
            yield f"%{name}.{group} = load {v}, ptr %p.{name}.{group}, align 8"
        yield from spelled((instruction for instruction in rule.instructions if instruction.name in depending), group)
        for name, output in zip([parameter, *state], rule.outputs, strict=True):
            yield f"store {v} {text(output, group)}, ptr %p.{name}.{group}, align 8"
        yield f"%difference.{group} = fsub {v} %{gradient}.{group}, %{gradient}.{group}"  # nan unless it is finite
        yield f"%worse.{group} = fadd {v} {bad}, %difference.{group}"

    yield "define internal i1 @update(ptr %parameters, ptr %sums, ptr %state, ptr %step, ptr %rate) alwaysinline {"
    yield "entry:"
    yield from dialect.load(f"%{step}", "%step")
    yield from dialect.load(f"%{rate}", "%rate")
    yield from spelled(instruction for instruction in rule.instructions if instruction.name not in depending)
    worse = dialect.constant(0.0)
    if are_few(trained + 1, lanes):
        for first in range(0, trained, lanes):
            yield from moved(f"{first}", f"from{first}", worse)
            worse = f"%worse.from{first}"
    else:
        yield "br label %loop"
        yield "loop:"
        yield "%i = phi i64 [ 0, %entry ], [ %next, %loop ]"
        yield f"%bad = phi {v} [ {worse}, %entry ], [ %worse.here, %loop ]"
        yield from moved("%i", "here", "%bad")
        yield f"%next = add i64 %i, {lanes}"
        yield f"%more = icmp slt i64 %next, {trained}"
        yield "br i1 %more, label %loop, label %done"
        yield "done:"
        worse = "%worse.here"
    yield f"%nan = fcmp uno {v} {worse}, {worse}"
    if lanes == 1:
        yield "ret i1 %nan }"
    else:
        yield f"%any = call i1 @llvm.vector.reduce.or.v{lanes}i1({dialect.truth} %nan)"
        yield "ret i1 %any }"
        yield f"declare i1 @llvm.vector.reduce.or.v{lanes}i1({dialect.truth})"


def train(trained: int, lanes: int) -> Iterator[str]:
    """`@train`: epochs of batches, until all are done, a number is not finite, or the loss has reached the target.

    Where the sums are few they have memory of their own here, which LLVM turns into registers.
    """
    count = padded(trained + 1, lanes)
    if are_few(trained + 1, lanes):
        room = f"%sums = alloca [{count} x double], align 64"
        leave = f"call void @llvm.memcpy.p0.p0.i64(ptr %gradients, ptr %sums, i64 {count * 8}, i1 false)"
        yield "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)"
    else:
        room, leave = "%sums = getelementptr double, ptr %gradients, i64 0", ""
    yield TRAIN.format(trained=trained, room=room, leave=leave)


# Place p of each column gets the number of the row order[places[p]].
GATHER = """
define void @gather(ptr %rows, i64 %width, ptr %order, ptr %places, i64 %stride, ptr %columns) {
entry:
  %none = icmp eq i64 %width, 0
  br i1 %none, label %done, label %row
row:
  %place = phi i64 [ 0, %entry ], [ %place.next, %row.end ]
  %place.at = getelementptr i64, ptr %places, i64 %place
  %turn = load i64, ptr %place.at, align 8
  %turn.at = getelementptr i64, ptr %order, i64 %turn
  %number = load i64, ptr %turn.at, align 8
  %begin = mul i64 %number, %width
  %end = add i64 %begin, %width
  br label %entries
entries:
  %from = phi i64 [ %begin, %row ], [ %from.next, %entries ]
  %to = phi i64 [ %place, %row ], [ %to.next, %entries ]
  %from.at = getelementptr double, ptr %rows, i64 %from
  %x = load double, ptr %from.at, align 8
  %to.at = getelementptr double, ptr %columns, i64 %to
  store double %x, ptr %to.at, align 8
  %from.next = add i64 %from, 1
  %to.next = add i64 %to, %stride
  %more = icmp slt i64 %from.next, %end
  br i1 %more, label %entries, label %row.end
row.end:
  %place.next = add i64 %place, 1
  %again = icmp slt i64 %place.next, %stride
  br i1 %again, label %row, label %done
done:
  ret void
}
"""

TRAIN = """
define i64 @train(ptr %columns, i64 %stride, i64 %rows, i64 %batch, ptr %shares, ptr %parameters, ptr %state, ptr %wide,
                  ptr %memory, ptr %gradients, ptr %losses, i64 %epochs, ptr %step, ptr %rate, double %target) {{
entry:
  {room}
  br label %epoch
epoch:
  %done = phi i64 [ 0, %entry ], [ %done.next, %epoch.end ]
  %place = getelementptr double, ptr %losses, i64 %done
  br label %step.begin
step.begin:
  %begin = phi i64 [ 0, %epoch ], [ %end, %step.end ]
  %number = phi i64 [ 0, %epoch ], [ %number.next, %step.end ]
  %loss = phi double [ 0.0, %epoch ], [ %loss.next, %step.end ]
  %full = add i64 %begin, %batch
  %short = icmp slt i64 %full, %rows
  %end = select i1 %short, i64 %full, i64 %rows
  call void @sums(ptr %columns, i64 %stride, i64 %begin, i64 %end, ptr %parameters, ptr %wide, ptr %memory, ptr %sums)
  %value.place = getelementptr double, ptr %sums, i64 {trained}
  %value = load double, ptr %value.place, align 8
  %share.place = getelementptr double, ptr %shares, i64 %number
  %share = load double, ptr %share.place, align 8
  %part = fmul double %value, %share
  %loss.next = fadd double %loss, %part
  %difference = fsub double %loss.next, %loss.next
  %finite = fcmp ord double %difference, 0.0
  br i1 %finite, label %move, label %failed
move:
  %step.old = load double, ptr %step, align 8
  %step.new = fadd double %step.old, 1.0
  store double %step.new, ptr %step, align 8
  %bad = call i1 @update(ptr %parameters, ptr %sums, ptr %state, ptr %step, ptr %rate)
  br i1 %bad, label %failed, label %step.end
step.end:
  %number.next = add i64 %number, 1
  %again = icmp slt i64 %end, %rows
  br i1 %again, label %step.begin, label %epoch.end
epoch.end:
  store double %loss.next, ptr %place, align 8
  %done.next = add i64 %done, 1
  %reached = fcmp ole double %loss.next, %target
  %over = icmp sge i64 %done.next, %epochs
  %stop = or i1 %reached, %over
  br i1 %stop, label %finished, label %epoch
finished:
  br label %leave
failed:
  store double %loss.next, ptr %place, align 8
  br label %leave
leave:
  %count = phi i64 [ %done.next, %finished ], [ %done, %failed ]
  {leave}
  ret i64 %count
}}
"""
