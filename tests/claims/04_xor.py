import math

from micrograd import Op

linear_outputs = [linear(row).data for row in data.inputs]
assert all(abs(output - 0.5) < 1e-6 for output in linear_outputs)
assert abs(linear_history.losses[-1] - 0.125) < 1e-9
assert [round(model(row).data) for row in data.inputs] == data.targets
assert stuck_history.dead_units == ["layer1.neuron1", "layer1.neuron2"]
assert abs(stuck_history.losses[-1] - 0.125) < 1e-9
for neuron in stuck.layers[0].neurons:
    neuron.bias.data = 2.0
woken = fit(stuck, losses.half_mean_squared_error, data, optim.SGD(stuck.parameters(), 0.1), epochs=2000, progress=False)
assert woken.losses[-1] < 1e-9

solved = {name: [ends[name][width]["solved"] for width in widths] for name in ends}
assert solved["linear"] == [0, 0, 0, 0]
assert solved["tanh"][-2:] == [200, 200]
assert solved["relu"] == sorted(solved["relu"])  # wider is better
assert not any(ends["leaky_relu"][width]["stuck, a unit dead"] for width in widths)
assert two_hundred_seeds("relu", 9)["solved"] >= 195 > solved["relu"][-1]  # exercise 1
at_the_larger_rate = [two_hundred_seeds("relu", width, 0.4)["solved"] for width in (8, 32)]
assert at_the_larger_rate[0] > at_the_larger_rate[1]  # exercise 2
other_seed, other_history = train("relu", hidden=2, seed=15)  # exercise 3
assert not other_history.dead_units
assert abs(other_history.losses[-1] - 0.0625) < 1e-9

bump = Op("bump", lambda a: math.exp(-a * a), lambda out, a: (-2.0 * a * out,))  # exercise 4
one = nn.MLP(2, [1, 1], activation=bump, seed=1)
fit(one, losses.half_mean_squared_error, data, optim.SGD(one.parameters(), 0.5), epochs=1000, progress=False)
assert [round(one(row).data) for row in data.inputs] == data.targets
