of_8 = model()[8]
in_all = sum(share(person, of=8) for person in circles[8])
biases = [neuron.bias.data for neuron in model.second.layer.neurons]
claims = {
    "parameters": len(model.parameters()),
    "people named from two labels": 34 - len(wrong),
    "wrong about": wrong,
    "people that a gradient reaches through one layer": 34 - one_layer.count(None),
    "through two": 34 - two_layers.count(None),
}
assert 34 - len(wrong) >= 32
assert [i for i in range(34) if one_layer[i] is None] == [16, 24, 25]
assert None not in two_layers
assert abs(of_8[1].data - of_8[0].data - (in_all + biases[1] - biases[0])) < 1e-12  # the shares are all there is
