ends = {name: history.losses[-1] for name, history in histories.items()}
assert abs(ends["all 0"] - 0.125) < 1e-9
assert 0.08 < ends["all ½"] < 0.09
assert ends["one 0.6"] < 1e-9
one, *others = [[parameter.data for parameter in neuron.parameters()] for neuron in networks["all ½"].layers[0].neurons]
assert all(abs(ours - theirs) < 1e-12 for other in others for ours, theirs in zip(one, other, strict=True))

drawn, fitted = (dict(line) for line in sums.values())
assert abs(drawn[100] / drawn[1] / 10 - 1) < 0.05  # with the root of the count
assert all(abs(number / math.sqrt(1 / 3) - 1) < 0.1 for number in fitted.values())

assert forward["weights × 1/3"][-1][1] < 1e-4  # the signal dies
assert forward["weights × 3"][-1][1] > 0.8  # every tanh is flat
assert backward["weights × 3"][0][1] > 5 * backward["weights × 3"][-1][1]  # and yet the gradient grows on its way back
assert 0.1 < backward["weights × 1"][0][1] / backward["weights × 1"][-1][1] < 10
assert dead_at_first(-2.0) > 32
assert dead_at_first(0.0) == 0

assert signal_sizes(deep_network(1.2))[-1][1] > 2 * signal_sizes(deep_network(1.0))[-1][1]  # exercise 2
parted = begun_at(0.5, 0.5)  # exercise 3
parted.parameters()[9].data = 0.6
assert parted.parameters()[9] is parted.layers[1].neurons[0].weights[0]
trained(parted)
first, second, third = (neuron.weights[0].data for neuron in parted.layers[0].neurons)
assert abs(first - second) > 0.1
assert abs(second - third) < 1e-9

triplets = begun_at(0.5, 0.5)  # in the lab
trained(triplets)
triplets.parameters()[0].data = 0.0
trained(triplets)
assert trained(triplets).losses[-1] < 1e-9
