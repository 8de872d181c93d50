one_row = [[weight.grad for weight in row] for row in weights]
assert np.allclose(one_row, np.outer(deltas, [1.0, 2.0]), rtol=1e-12)
fitting = {name: left.shape[:1] + right.shape[1:] for name, (left, right) in products.items() if left.shape[1] == right.shape[0]}
assert fitting == {"Δᵀ X": W1.shape, "Xᵀ Δ": W1.T.shape}
assert report  # the matrix that was derived by hand
assert folded.verify()
assert str(folded.where(hidden.neurons[0].weights[1])) == "W1[0, 1]"
library = {}
exec(folded.source(), library)  # noqa: S102
by_fold = library["gradient"](X, Y, W1, b1, w2, b2, 1 / 4)
assert np.allclose(by_fold[0], J.data, rtol=1e-12)
assert np.allclose(by_fold[1], Delta.T @ X, rtol=1e-12)
