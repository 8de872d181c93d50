import math

from micrograd import sqrt

assert (best(lambda error: error**2), best(abs)) == (22.0, 3.0)  # the mean and the median
assert abs(loss_and_slope(losses.binary_cross_entropy_with_logits, -10.0)[1]) > 0.9999
assert abs(loss_and_slope(squared_error_of_sigmoid, -10.0)[1]) < 0.0001
first_above_half = {name: next((step for step, p in steps if p > 0.5), None) for name, steps in recovered.items()}
assert first_above_half == {"binary cross-entropy": 7, "squared error of σ(z)": None}
assert recovered["squared error of σ(z)"][-1][1] < 0.1
assert report  # every row passes
assert abs(a.grad + b.grad + c.grad) < 1e-12

assert abs(best(lambda error: math.sqrt(1 + error**2) - 1) - 3) < 0.5  # exercise 1
e = Value(-1.5, label="e")
assert check(sqrt(1 + e**2) - 1, {e: "e / sqrt(1 + e**2)"})
z = Value(math.log(9.0))  # exercise 2
losses.binary_cross_entropy_with_logits([z], [0.9]).backward()
assert abs(z.grad) < 1e-12
