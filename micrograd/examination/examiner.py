"""`examine`: a class of someone's own, tried on small programs whose numbers are known."""

from __future__ import annotations

from micrograd.examination.judging import judge
from micrograd.examination.reports import Examination, finding_of
from micrograd.examination.running import attempt, told


def examine(their_class: type) -> Examination:
    """Try a class of Values of your own: its numbers, its gradients, and everything that a graph can do to them.

    The class is called with one number; its Values have `data`, `grad`, `backward()` and operators. What is not there yet is
    no mistake, so that it can be examined after each step; `exp`, `log`, `tanh`, `relu` and the like are tried where they
    exist. The report is true only where all that is needed is there and right. It names the bug, with the smallest program that
    shows it, and what to read. What a design cannot do, a chain beyond Python's recursion limit or a copy of the graph, is a
    limit and no bug. A loop of yours that does not end is stopped, if it runs through lines of Python.

    >>> class Mine:
    ...     def __init__(self, data, parents=()):
    ...         self.data, self.grad, self.parents = data, 0.0, parents
    ...     def __add__(self, other):
    ...         return Mine(self.data + other.data, (self, other))
    ...     def backward(self):
    ...         self.grad = 1.0
    ...         for parent in self.parents:
    ...             parent.grad = self.grad
    >>> report = examine(Mine)
    >>> bool(report), report.bugs[0].name
    (False, 'gradients are set, not added')
    >>> print(report.bugs[0].program)
    a = Value(3.0)
    b = a + a
    b.backward()
    """
    if not isinstance(their_class, type):
        raise TypeError(f"examine needs a class, got {type(their_class).__name__}; pass the class itself, examine(Value)")
    name = their_class.__name__
    sample, error = attempt(their_class, 3.0)
    if error is not None:
        raise TypeError(
            f"examine makes Values of one number each, and {name}(3.0) raised {told(error)}; give every other argument a default"
        )
    if attempt(getattr, sample, "data")[1] is not None:
        raise TypeError(f"a Value keeps its number in data, and {name}(3.0) has none; set self.data in __init__")
    return Examination(name, tuple(map(finding_of, judge(their_class, sample))))
