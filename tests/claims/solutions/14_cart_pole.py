assert best >= 475
assert min(not_subtracted) < 475  # it does not always learn
assert best_short < 475 <= best_long
assert all(abs(place) > 2.4 for place, *_ in ends)
assert by_wind[0.02] > 475 > by_wind[0.3]
