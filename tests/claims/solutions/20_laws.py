assert loss_tanh > 0.01  # it is seen now
assert loss_sin < 0.01
assert apart > 1.0  # and wrong
assert found["plain"] < 0.025 < found["energy"]
