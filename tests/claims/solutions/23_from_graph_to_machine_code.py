assert len(straight.instructions) == 4
assert H == [[8.0, 4.0], [4.0, 2.0]]  # 2x², 2x, 2 at x = 2
assert len(twice.instructions) == 2
assert up[1] > up[0]
assert down[1] < down[0]
