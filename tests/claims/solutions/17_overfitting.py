assert by_count[100] < by_count[60] < by_count[14]
for model in models.values():
    assert distance(model, left, right) < 0.03
    assert distance(model) > 0.1
assert by_patience[500] < by_patience[20] < by_patience[5]
