"""Backpropagation by hand: tasks that know their answers, and what goes wrong on the way to them."""

from micrograd.exercises.task import Exercise, exercise

__all__ = ["Exercise", "exercise"]
