assert (naive_gradient, sweep_gradient) == (6.0, 4.0)  # recursion pays on too early
assert by_paths == [2 ** (depth + 1) - 1 for depth in depths]  # path by path, the work doubles
assert by_sweep == [2 * depth for depth in depths]  # in order, every line is walked once
assert (assigned, two_losses) == (3.0, 5.0)  # = loses a use; += adds them up
assert abs(cleared[-1] - 3) < 1e-5
assert min(running[30:]) < 0.5  # between 0 and 6, for ever
assert max(running[30:]) > 5.5
assert (once, twice, again, leftover) == (27.0, 54.0, 27.0, 45.0)
assert deepest < 10_000
assert x.grad == 1_000_000
