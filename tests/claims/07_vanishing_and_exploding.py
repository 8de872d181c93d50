assert x.grad < 0.25**4
ratios = {name: first_to_last(sizes) for name, sizes in by_activation.items()}
assert ratios["sigmoid"] < 1e-4
assert all(0.1 < ratios[name] < 10 for name in ("tanh", "relu", "linear"))
assert forward["weights × 1/3"][-1][1] < 1e-4  # the signal dies
assert forward["weights × 3"][-1][1] > 0.8  # every tanh is flat
assert first_to_last(backward["weights × 3"]) > 5  # and yet the gradient grows on its way back
assert exploding["weights × 3"][-1][1] > 100 * exploding["weights × 3"][0][1]
assert exploding["weights × 1"][-1][1] < 10 * exploding["weights × 1"][0][1]
assert 0.5 < first_to_last(gradient_sizes(deep_network("sigmoid", 8.0))) < 2  # exercise 2
