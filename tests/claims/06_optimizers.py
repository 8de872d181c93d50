from micrograd import fit

creeping, leaping = (walk["SGD"] for walk in walks.values())
assert valley(*creeping[-1]) > 0.1 > 0.0001 > valley(*leaping[-1])
assert all(leaping[step][1] - 1 < 0 for step in (1, 3, 5))  # from wall to wall
assert all(leaping[step][1] - 1 > 0 for step in (0, 2, 4))

last_heights = {name: valley(*points[-1]) for name, points in paths.items()}
held_back = last_heights["AdamW, decay 0.3"]
assert sorted(last_heights.values())[-2] < 0.01 < held_back  # all others have arrived
held_back_later = valley(*path(racers["AdamW, decay 0.3"], steps=1000)[-1])
assert held_back_later < 0.1 * held_back  # still on its way: it does get nearer
for name in ("AdaGrad", "RMSProp", "Adam"):
    across, upwards = (after - before for before, after in zip(*paths[name][:2], strict=True))
    assert abs(across + upwards) < 1e-6 < across  # diagonally, whatever the slope
x, y = own_rates["Adam"][1]
assert abs(x - (-3 + 0.2)) < 1e-6  # the first step of Adam is its learning rate
assert abs(y - (2.2 - 0.2)) < 1e-6
assert all(result.solved for result in trained.values())
epochs = {name: len(result.history.losses) for name, result in trained.items()}
assert (min(epochs, key=epochs.__getitem__), max(epochs, key=epochs.__getitem__)) == ("adagrad", "sgd")

with_momentum = {rate: path(lambda w, rate=rate: optim.SGD(w, rate, momentum=0.9), steps=300)[-1][1] for rate in (0.18, 0.2)}
assert abs(with_momentum[0.18] - 1) < 0.1  # exercise 1: the limit is 0.19
assert abs(with_momentum[0.2] - 1) > 10
for name in racers:  # exercise 2
    height, height_turned = race_in_both(name)
    assert (abs(height_turned / height - 1) < 0.01) == (name in one_rate)


def losses_in_the_lab(rate):
    network = nn.MLP(2, [8, 1], activation="tanh", seed=0)
    descent = optim.SGD(network.parameters(), learning_rate=0.05, momentum=0.9)
    for descent.learning_rate in (0.05, rate):
        history = fit(network, losses.binary_cross_entropy_with_logits, datasets.moons(60), descent, epochs=60, progress=False)
    return history.losses


assert losses_in_the_lab(2.0)[-1] < 0.1 < losses_in_the_lab(0.05)[-1]
assert max(losses_in_the_lab(8.0)) > 1
