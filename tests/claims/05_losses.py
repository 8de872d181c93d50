assert report  # every row passes
assert abs(a.grad + b.grad + c.grad) < 1e-12
assert abs(loss_and_slope(losses.binary_cross_entropy_with_logits, -10.0)[1]) > 0.9999
assert abs(loss_and_slope(squared_error_of_sigmoid, -10.0)[1]) < 0.0001

last_heights = {name: valley(*points[-1]) for name, points in paths.items()}
held_back = last_heights["AdamW, decay 0.3"]
assert sorted(last_heights.values())[-2] < 0.01 < held_back  # all others have arrived
held_back_later = valley(*path(racers["AdamW, decay 0.3"], steps=1000)[-1])
assert held_back_later < 0.1 * held_back  # still on its way: it does get nearer
assert one_rate["SGD"][1][1] < 1 < one_rate["SGD"][2][1]  # from wall to wall
x, y = own_rates["Adam"][1]
assert abs(x - (-3 + 0.2)) < 1e-6  # the first step of Adam is its learning rate
assert abs(y - (2.2 - 0.2)) < 1e-6
assert all(result.solved for result in trained.values())

for name in racers:  # exercise 2
    height, height_turned = race_in_both(name)
    assert (abs(height_turned / height - 1) < 0.01) == (name in one_rate)
