"""Training in LLVM's language: an optimizer's update, and the loop over batches and epochs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from micrograd.compiler.listing import Instruction, Listing
from micrograd.compiler.llvm.kernel import Kernel
from micrograd.compiler.llvm.spelling import Dialect

FEW = 32  # numbers to move that are kept in registers, and moved one vector after the other without a loop


def are_few(kernel: Kernel) -> bool:
    """Whether the sums stay in registers from where they are added up to where they are used."""
    return kernel.moved <= FEW and (kernel.shape.alone or kernel.shape.rows == 1)


class Update:
    """`@update`: an optimizer's rule for all trained parameters; true if a gradient was not finite.

    What depends on the step and the learning rate alone is computed once. Of the first places of the parameters, those that
    are not `trained` stay as they are: others that the optimizer does not move, and holes.
    """

    def __init__(self, rule: Listing, kernel: Kernel, trained: Collection[int], dialect: Dialect) -> None:
        self.rule = rule
        self.moved = kernel.moved
        self.few = are_few(kernel)
        self.kept = set(kernel.parameters).intersection(range(kernel.moved)).difference(trained)
        self.dialect = dialect
        *self.varying, self.step, self.rate = rule.inputs
        self.parameter, self.gradient, *self.state = self.varying
        self.depending = rule.depending_on(self.varying)

    def lines(self) -> Iterator[str]:
        v, zero = self.dialect.number, self.dialect.constant(0.0)
        yield "define internal i1 @update(ptr %parameters, ptr %sums, ptr %state, ptr %mask, double %step, double %rate) alwaysinline {"
        yield "entry:"
        yield from self.dialect.spread(f"%{self.step}", "%step")
        yield from self.dialect.spread(f"%{self.rate}", "%rate")
        yield from self.spelled(instruction for instruction in self.rule.instructions if instruction.name not in self.depending)
        if self.few:
            worse = zero
            for first in range(0, self.moved, self.dialect.lanes):
                yield from self.vector(f"{first}", f"from{first}", worse, self.known_mask(first))
                worse = f"%worse.from{first}"
        else:
            worse = "%worse.here"
            yield "br label %loop"
            yield "loop:"
            yield "%i = phi i64 [ 0, %entry ], [ %next, %loop ]"
            yield f"%bad = phi {v} [ {zero}, %entry ], [ {worse}, %loop ]"
            yield from self.mask()
            yield from self.vector("%i", "here", "%bad", "%moves" if self.kept else None)
            yield f"%next = add i64 %i, {self.dialect.lanes}"
            yield f"%more = icmp slt i64 %next, {self.moved}"
            yield "br i1 %more, label %loop, label %done"
            yield "done:"
        yield f"%nan = fcmp uno {v} {worse}, {worse}"
        bits = f"i{self.dialect.lanes}"
        yield f"%nans = bitcast {self.dialect.truth} %nan to {bits}"
        yield f"%any = icmp ne {bits} %nans, 0"
        yield "ret i1 %any }"

    def vector(self, first: str, group: str, bad: str, moves: str | None) -> Iterator[str]:
        """Those from `first` on moved where `moves` is true; `%worse` is then `bad`, or nan if a gradient is not finite."""
        v, m = self.dialect.number, self.dialect.truth
        for column, name in enumerate(self.varying):
            source, offset = ("%parameters", "%sums", "%state")[min(column, 2)], max(column - 2, 0) * self.moved
            yield f"%i.{name}.{group} = add i64 {first}, {offset}"
            yield f"%p.{name}.{group} = getelementptr double, ptr {source}, i64 %i.{name}.{group}"
            loaded = f"%{name}.{group}"
            if name == self.gradient and moves:
                yield f"{loaded}.all = load {v}, ptr %p.{name}.{group}, align 8"
                yield f"{loaded} = select {m} {moves}, {v} {loaded}.all, {v} {self.dialect.constant(0.0)}"
            else:
                yield f"{loaded} = load {v}, ptr %p.{name}.{group}, align 8"
        yield from self.spelled((each for each in self.rule.instructions if each.name in self.depending), group)
        for name, output in zip([self.parameter, *self.state], self.rule.outputs, strict=True):
            number = self.text(output, group)
            if name == self.parameter and moves:
                yield f"%new.{group} = select {m} {moves}, {v} {number}, {v} %{name}.{group}"
                number = f"%new.{group}"
            yield f"store {v} {number}, ptr %p.{name}.{group}, align 8"
        yield f"%difference.{group} = fsub {v} %{self.gradient}.{group}, %{self.gradient}.{group}"  # nan unless it is finite
        yield f"%worse.{group} = fadd {v} {bad}, %difference.{group}"

    def known_mask(self, first: int) -> str | None:
        """Which of the places from `first` on are trained, as a constant; None if all are."""
        lanes = range(first, first + self.dialect.lanes)
        if self.kept.isdisjoint(lanes):
            return None
        truths = ["false" if place in self.kept else "true" for place in lanes]
        return truths[0] if len(truths) == 1 else f"<{', '.join(f'i1 {truth}' for truth in truths)}>"

    def mask(self) -> Iterator[str]:
        """Lines that make `%moves` tell the same of the places from `%i` on, from numbers other than 0 in memory."""
        if self.kept:
            v = self.dialect.number
            yield "%mask.at = getelementptr double, ptr %mask, i64 %i"
            yield f"%mask.here = load {v}, ptr %mask.at, align 8"
            yield f"%moves = fcmp une {v} %mask.here, {self.dialect.constant(0.0)}"

    def spelled(self, instructions: Iterable[Instruction], group: str = "") -> Iterator[str]:
        for name, op, operands in instructions:
            yield f"{self.text(name, group)} = {self.dialect.spell(op, [self.text(operand, group) for operand in operands])}"

    def text(self, name: str, group: str) -> str:
        if name in self.rule.constants:
            return self.dialect.constant(self.rule.constants[name])
        return f"%{name}.{group}" if name in self.depending else f"%{name}"


def train(kernel: Kernel) -> str:
    """`@train`: epochs of batches, until all are done, a number is not finite, or the loss has reached the target.

    Where the sums are few they have memory of their own here, which LLVM turns into registers.
    """
    few = are_few(kernel)
    return TRAIN.format(
        room=f"%few = alloca [{kernel.moved + kernel.shape.lanes} x double], align 64" if few else "",
        sums="%few" if few else "%sums",
        inlined="alwaysinline" if few else "",
        leave="\n  ".join(copied(kernel.moved) if few else ()),
        panel=kernel.room * kernel.shape.rows,
        moved=kernel.moved,
    )


def copied(count: int) -> Iterator[str]:
    for place in range(count):
        yield f"%few.{place} = getelementptr double, ptr %few, i64 {place}"
        yield f"%few.{place}.x = load double, ptr %few.{place}, align 8"
        yield f"%sums.{place} = getelementptr double, ptr %sums, i64 {place}"
        yield f"store double %few.{place}.x, ptr %sums.{place}, align 8"


TRAIN = """
define i64 @train(ptr %data, i64 %panels, i64 %batch, ptr %shares, ptr %parameters, ptr %memory, ptr %sums, ptr %state, ptr %mask,
                  ptr %losses, i64 %epochs, double %step, double %rate, double %target) {{
entry:
  {room}
  br label %epoch
epoch:
  %done = phi i64 [ 0, %entry ], [ %done.next, %epoch.end ]
  %step.epoch = phi double [ %step, %entry ], [ %step.next, %epoch.end ]
  %place = getelementptr double, ptr %losses, i64 %done
  br label %step.begin
step.begin:
  %begin = phi i64 [ 0, %epoch ], [ %end, %step.end ]
  %number = phi i64 [ 0, %epoch ], [ %number.next, %step.end ]
  %loss = phi double [ 0.0, %epoch ], [ %loss.next, %step.end ]
  %step.before = phi double [ %step.epoch, %epoch ], [ %step.next, %step.end ]
  %full = add i64 %begin, %batch
  %short = icmp slt i64 %full, %panels
  %end = select i1 %short, i64 %full, i64 %panels
  %count = sub i64 %end, %begin
  %here = getelementptr [{panel} x double], ptr %data, i64 %begin
  call void @sums(ptr %here, i64 %count, ptr %parameters, ptr %memory, ptr {sums}) {inlined}
  %value.place = getelementptr double, ptr {sums}, i64 {moved}
  %value = load double, ptr %value.place, align 8
  %share.place = getelementptr double, ptr %shares, i64 %number
  %share = load double, ptr %share.place, align 8
  %part = fmul double %value, %share
  %loss.next = fadd double %loss, %part
  %difference = fsub double %loss.next, %loss.next
  %finite = fcmp ord double %difference, 0.0
  br i1 %finite, label %move, label %failed
move:
  %step.next = fadd double %step.before, 1.0
  %bad = call i1 @update(ptr %parameters, ptr {sums}, ptr %state, ptr %mask, double %step.next, double %rate)
  br i1 %bad, label %failed, label %step.end
step.end:
  %number.next = add i64 %number, 1
  %again = icmp slt i64 %end, %panels
  br i1 %again, label %step.begin, label %epoch.end
epoch.end:
  store double %loss.next, ptr %place, align 8
  %done.next = add i64 %done, 1
  %reached = fcmp ole double %loss.next, %target
  %over = icmp sge i64 %done.next, %epochs
  %stop = or i1 %reached, %over
  br i1 %stop, label %leave, label %epoch
failed:
  store double %loss.next, ptr %place, align 8
  br label %leave
leave:
  %all = phi i64 [ %done.next, %epoch.end ], [ %done, %failed ]
  {leave}
  ret i64 %all
}}
"""
