from statistics import median

claims = {
    "w.grad less its shares": abs(w.grad - sum(by_step)),
    "RNN, 25 steps, right": median(recalled["RNN"]),
    "LSTM, 25 steps, right": median(recalled["LSTM"]),
    **{f"{name}, nats a letter": round(on_known, 3) for name, (on_known, _) in nats.items()},
    **{f"{name}, nats a letter, new names": round(on_new, 3) for name, (_, on_new) in nats.items()},
}
assert claims["w.grad less its shares"] < 1e-12
assert claims["LSTM, 25 steps, right"] >= 0.95
assert claims["RNN, 25 steps, right"] <= 0.85
for name in spellers:
    assert claims[f"{name}, nats a letter"] <= 1.95
    assert claims[f"{name}, nats a letter, new names"] < claims["table, nats a letter, new names"] - 0.1
