assert np.allclose([by_w.data, by_b.data], by_backward, rtol=1e-15)
assert values["eager"] == values["python"] == values["llvm"]
assert np.allclose(newton, np.polyfit(xs, ys, 1))
assert steps > 10
assert second < 0  # exercise 3: the loss curves the other way, and the step goes up
