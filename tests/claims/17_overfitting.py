own_error, distances = zip(*found["no remedy"])
claims = {
    "parameters": len(model.parameters()),
    "error on its own points, median of 20": sorted(own_error)[10],
    "distance from the truth, no remedy": mean["no remedy"],
    "distance from the truth, weight decay": mean["weight decay"],
    "times worse": mean["no remedy"] / mean["weight decay"],
    "data's gradient + decay, largest": max(abs(decay + gradient) for decay, gradient in held["weight decay"]),
}
assert claims["parameters"] == 673
assert claims["error on its own points, median of 20"] < 0.01
assert claims["times worse"] >= 5.0
assert history.validation[-1] > 1.25 * min(history.validation)
assert claims["data's gradient + decay, largest"] < 1e-3
