claims = {
    "sin: worst error over 8 s": worst(by_sin),
    "tanh: loss": loss_tanh,
    "tanh: worst error": worst(by_tanh),
    "how far the law is broken between the moments, sin": kick_sin,
    "and tanh": kick_tanh,
    "spread of the energy, plain network": spread(paths["plain"]),
    "spread of the energy, from an energy": spread(paths["energy"]),
}
assert abs(by_t_twice.data + 1.5**2 * u.data) < 1e-12
assert worst(by_sin) < 0.01
assert loss_tanh < 1e-3  # tiny
assert worst(by_tanh) > 1.0  # and wrong
assert kick_tanh > 100 * kick_sin
assert spread(paths["energy"]) < spread(paths["plain"]) / 4
