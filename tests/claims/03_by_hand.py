def hints(report):
    return [row.hint for row in report.rows]


assert report  # every gradient by hand is right
assert len(report.rows) == 13
assert formulas  # and at other weights too
assert (trained.round() == Y).all()  # they are enough to learn exclusive or
assert hints(no_mean) == ["1/m missing (m = 4)"] * 4
assert refused.endswith("it is transposed")
assert hints(turned) == ["", "transposed", "transposed", ""]
assert hints(lost_use) == ["one of 5 uses is missing"] * 3 + [""]
assert check(penalized, [(W2, dW2 + 0.1 * numbers(W2))])  # exercise 1
