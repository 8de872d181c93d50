"""Backpropagation by hand: tasks that know their answers, and what goes wrong on the way to them.

>>> task = random(level=1, seed=3)
>>> task.formula
'L = a × b'
>>> print(task.hint())
Next is ∇b. b is used by L. In a product the slope by one factor is the other factor.
"""

from micrograd.exercises.levels import LEVELS, random
from micrograd.exercises.sheets import Sheet, sheet
from micrograd.exercises.task import Exercise, exercise

__all__ = ["LEVELS", "Exercise", "Sheet", "exercise", "random", "sheet"]
