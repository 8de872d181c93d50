"""Formulas: read from text, written as text, and the names that stand in them."""
