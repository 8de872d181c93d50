assert right >= 95  # the moons are parted
assert all(np.allclose(numbers, results["eager"]) for numbers in results.values())
assert best["eager"] > 3 * best["Python source"]
assert best["eager"] > 20 * best["machine code"]
