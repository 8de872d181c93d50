assert max(apart.values()) < 1e-12
assert times["numpy"][2] / times["numpy"][0] < times["python"][2] / times["python"][0]
assert course[-1][0] > course[1][0]  # its own points better
assert course[-1][1] < course[1][1]  # the others worse
