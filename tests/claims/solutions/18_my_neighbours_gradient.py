assert all(abs(sum(row)) < 1e-12 for row in by_layer)  # the first law
assert max(abs(a - b) for one, other in zip(by_layer, by_batch) for a, b in zip(one, other)) < 1e-12
assert curves["batches of 4"][-1][1] > 2 * curves["batches of 16"][-1][1]
assert all(abs(abs(y.data) - 1) < 1e-4 for y in normalised([Value(2.0), Value(0.5)]))
