"""The command `micrograd`: one module for each subject."""
