grids = heard, gradients(model, ".barbara")  # before training and after
later = [number for grid in grids for place, row in enumerate(grid) for number in row[place + 1 :]]
claims = {
    "rows of weights, less 1": max(abs(sum(row) - 1) for name in new for row in weights_of(name)),
    "gradient by a later letter": max(later),
    "exchanged, looking": changes["looking"],
    "exchanged, bag": changes["bag"],
    **{f"{name}, nats a letter": round(on_known, 3) for name, (on_known, _) in nats.items()},
    **{f"{name}, nats a letter, new names": round(on_new, 3) for name, (_, on_new) in nats.items()},
}
assert report  # the gradients by hand are right
assert claims["rows of weights, less 1"] < 1e-12
assert len(later) == 2 * 28
assert claims["gradient by a later letter"] == 0.0
assert claims["exchanged, bag"] < 1e-12 < 1e-5 < claims["exchanged, looking"]
assert claims["looking, nats a letter"] <= 1.95
assert claims["looking, nats a letter"] < claims["blind, nats a letter"] - 0.05
assert claims["looking, nats a letter"] < claims["bag, nats a letter"] < claims["blind, nats a letter"]
assert claims["looking, nats a letter, new names"] < claims["blind, nats a letter, new names"]
