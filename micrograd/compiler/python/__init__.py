"""Straight-line Python."""
