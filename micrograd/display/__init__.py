"""The ways out: to the terminal, to a page, to the disk."""
