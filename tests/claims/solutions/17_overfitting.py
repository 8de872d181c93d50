assert by_count[100] < by_count[60] < by_count[14]
for model in models.values():
    assert distance(model, left, right) < 0.03
    assert distance(model) > 0.1
own, others = ([by_patience[name, patience] for patience in (5, 20, 500)] for name in ("the notebook's points", "another 14"))
assert own[0] > 1.5 * own[1]
assert own[1] == own[2]  # both give back the parameters of the same epoch
assert others[0] > others[1] > others[2]
