assert [bug.name for bug in assigned.bugs] == ["gradients are set, not added"]
assert [bug.name for bug in paid_again.bugs] == ["a node hands on again what it has handed on"]
assert [bug.name for bug in left_over.bugs] == ["gradients left over in inner nodes"]
assert "x.grad is 45.0, and should be 27.0" in left_over.bugs[0].said
assert "a.grad is 3.0, and should be 2.0" in paid_again.bugs[0].said
assert finished, str(finished)  # true with its one limit
assert [limit.examined for limit in finished.having("LIMIT")] == ["a chain of 10,000"]
assert len(parameters) == 13
assert [round(answer) for answer in answers] == data.targets
assert losses[-1] < 0.01 < losses[0]
