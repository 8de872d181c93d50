assert len(at_the_edge) > len(as_before)
assert all(len(wrong) <= 2 for wrong in one_layer)
assert 8 not in told_of_8
