"""From single numbers to arrays: a scalar graph folded into a few array operations, and the table's rules run on these."""
