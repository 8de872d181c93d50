assert by_filters[1] < by_filters[2] < by_filters[4] < by_filters[6]
assert by_filters[4] < 0.9783 + 0.005  # the dense network's share
assert by_mean > 0.97
assert all(9 < count < 36 for count in reached)  # the largest of four would let 9 be heard
assert dense < by_filters[6]
