assert right >= 95  # the moons are parted
for numbers in results.values():
    assert all(abs(a - b) < 1e-12 for a, b in zip(numbers, results["eager"]))
assert best["eager"] > 3 * best["Python source"]
assert best["eager"] > 20 * best["machine code"]
