def end(run):
    return sum(run[1][-10:]) / 10


small, usual = "weights × 0.1", "weights × 1"
claims = {
    "derivative of row 1 by row 2, each by itself": alone[0][1],
    "normalised": together[0][1],
    "largest gradient of a bias": largest_bias,
    "loss from weights × 0.1, each row by itself": end(plain[small]),
    "normalised, from weights × 0.1": end(norm[small]),
    "normalised, from weights × 1": end(norm[usual]),
    "share of unseen rows that are right": right,
}
assert alone[0][1] == 0.0
assert abs(together[0][1]) > 0.1
assert max(map(abs, moved)) < 1e-12
assert max(map(abs, stretched)) < 1e-4
assert largest_bias < 1e-6 < largest_weight
assert end(norm[small]) < 0.7 * end(plain[small])  # it trains from bad first weights
assert 0.5 < end(norm[small]) / end(norm[usual]) < 2.0
assert right > 0.9
