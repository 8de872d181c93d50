assert max(shares, key=shares.get) != "."
assert by_head[1] > by_head[12] + 0.02
