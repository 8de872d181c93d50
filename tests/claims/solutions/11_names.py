assert min(half_open) < 0.5  # not all of them learn it
assert sum(share > 0.8 for share in gru) >= 2
assert len(set(invented[5.0])) < len(set(invented[1.0]))
assert sum(name in girls for name in invented[2.0]) > sum(name in girls for name in invented[0.5])
