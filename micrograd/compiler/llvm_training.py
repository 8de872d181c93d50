"""Training in LLVM's language: an optimizer's update of all parameters, and the loop over batches and epochs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from micrograd.compiler.listing import Instruction, Listing
from micrograd.compiler.llvm_rows import padded
from micrograd.compiler.llvm_spelling import Dialect


def update(rule: Listing, trained: int, dialect: Dialect) -> Iterator[str]:
    """`@update`: an optimizer's rule for all trained parameters; true if a gradient was not finite.

    What depends on the step and the learning rate alone is computed once, before the loop.
    """
    v, lanes = dialect.number, dialect.lanes
    *varying, step, rate = rule.inputs
    in_loop = rule.depending_on(varying)

    def spelled(instructions: Iterable[Instruction]) -> Iterator[str]:
        for name, op, operands in instructions:
            yield f"%{name} = {dialect.spell(op, [text(operand) for operand in operands])}"

    def text(name: str) -> str:
        return dialect.constant(rule.constants[name]) if name in rule.constants else f"%{name}"

    def place(column: int) -> tuple[str, int]:
        return ("%parameters", "%sums", "%state")[min(column, 2)], max(column - 2, 0) * padded(trained, lanes)

    yield "define internal i1 @update(ptr %parameters, ptr %sums, ptr %state, ptr %step, ptr %rate) alwaysinline {"
    yield "entry:"
    yield from dialect.load(f"%{step}", "%step")
    yield from dialect.load(f"%{rate}", "%rate")
    yield from spelled(instruction for instruction in rule.instructions if instruction.name not in in_loop)
    yield "br label %loop"
    yield "loop:"
    yield "%i = phi i64 [ 0, %entry ], [ %next, %loop ]"
    yield f"%bad = phi {v} [ {dialect.constant(0.0)}, %entry ], [ %worse, %loop ]"
    for column, name in enumerate(varying):
        source, offset = place(column)
        yield f"%i.{name} = add i64 %i, {offset}"
        yield f"%p.{name} = getelementptr double, ptr {source}, i64 %i.{name}"
        yield f"%{name} = load {v}, ptr %p.{name}, align 8"
    yield from spelled(instruction for instruction in rule.instructions if instruction.name in in_loop)
    parameter, gradient, *state = varying
    for name, output in zip([parameter, *state], rule.outputs, strict=True):
        yield f"store {v} {text(output)}, ptr %p.{name}, align 8"
    yield f"%difference = fsub {v} %{gradient}, %{gradient}"  # nan unless it is finite
    yield f"%worse = fadd {v} %bad, %difference"
    yield f"%next = add i64 %i, {lanes}"
    yield f"%more = icmp slt i64 %next, {trained}"
    yield "br i1 %more, label %loop, label %done"
    yield "done:"
    yield f"%nan = fcmp uno {v} %worse, %worse"
    if lanes == 1:
        yield "ret i1 %nan }"
    else:
        yield f"%any = call i1 @llvm.vector.reduce.or.v{lanes}i1({dialect.truth} %nan)"
        yield "ret i1 %any }"
        yield f"declare i1 @llvm.vector.reduce.or.v{lanes}i1({dialect.truth})"


TRAIN = """
define i64 @train(ptr %columns, i64 %stride, i64 %rows, i64 %batch, ptr %shares, ptr %parameters, ptr %state, ptr %wide,
                  ptr %memory, ptr %sums, ptr %losses, i64 %epochs, ptr %step, ptr %rate, double %target) {{
entry:
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
  ret i64 %done.next
failed:
  store double %loss.next, ptr %place, align 8
  ret i64 %done
}}
"""
