assert 0.0021 < signal_gradient < 0.25**4
assert max(gradient for _, gradient in by_weight["sigmoid"]) < 0.1
assert abs(gradient_after(relu, 4.0) - 65_536) < 1e-6
ratios = {name: first_to_last(sizes) for name, sizes in by_activation.items()}
assert 1 / 300_000 < ratios["sigmoid"] < 1 / 100_000
assert all(0.1 < ratios[name] < 10 for name in ("tanh", "relu", "linear"))
final = {name: history.losses[-1] for name, (_, history) in runs.items()}
assert final["sigmoid"] > 0.6 > 0.4 > final["tanh"]
(low, high), (lowest, highest) = (lowest_and_highest_output(model) for model, _ in runs.values())
assert high - low < 0.05 < 1 < highest - lowest
assert exploding["weights × 3"][-1][1] > 100 * exploding["weights × 3"][0][1]
assert 14_500 < exploding["weights × 3"][-1][1] / exploding["weights × 1"][-1][1] < 15_500
assert exploding["weights × 1"][-1][1] < 10 * exploding["weights × 1"][0][1]

kept = {name: 0.1 < first_to_last(gradient_sizes(deep_network(name))) < 10 for name in ("gelu", "softplus", "sin")}
assert kept == {"gelu": True, "softplus": False, "sin": True}  # exercise 1
assert 0.5 < first_to_last(gradient_sizes(deep_network("sigmoid", 8.0))) < 2  # exercise 2
past = signal = Value(1.0)
for _ in range(4):
    signal = signal + sigmoid(signal)
signal.backward()
assert 1 < past.grad < 1.25**4  # exercise 3
