"""The command `micrograd`: one module for each subject."""

INTERRUPTED = 130  # the exit status of a program that Ctrl-C has ended: 128, and the number of the signal
