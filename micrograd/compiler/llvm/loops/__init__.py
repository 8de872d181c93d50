"""Kernels from array programs: loops over panels of rows, with what they work on in registers and fast memory."""
