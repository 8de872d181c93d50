claims = {
    "dense, 2410 parameters": right["dense"],
    "convolutional, 810 parameters": right["convolutional"],
    "dense, pixels mixed up": right["dense, mixed up"],
    "convolutional, pixels mixed up": right["convolutional, mixed up"],
    "the shares' sum, less the gradient": abs(sum(map(sum, shares)) - neuron.weights[weight].grad),
    "shares that are not 0": sum(share != 0.0 for line in shares for share in line),
}
assert [len(network(seed).parameters()) for network in (dense, convolutional)] == [2410, 810]
assert claims["convolutional, 810 parameters"] > 0.97
assert claims["convolutional, 810 parameters"] > claims["dense, 2410 parameters"]
assert claims["convolutional, pixels mixed up"] < claims["dense, pixels mixed up"]  # without neighbours no advantage
assert claims["the shares' sum, less the gradient"] < 1e-12
assert claims["shares that are not 0"] <= 9
