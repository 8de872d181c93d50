claims = {"boys before": round(before, 3), "boys after the girls": round(curves[10]["frozen cell"][0][1], 3)}
for count, pair in curves.items():
    for name, curve in pair.items():
        claims[f"{count} names, {name}, lowest"] = round(lowest(curve), 3)
        claims[f"{count} names, {name}, end"] = round(curve[-1][1], 3)

assert claims["boys after the girls"] < claims["boys before"] - 0.4
assert all(label.startswith("read.") for label in moved)
for count in (10, 30, 100):
    for place in ("lowest", "end"):
        frozen, fresh = (claims[f"{count} names, {name}, {place}"] for name in curves[count])
        assert frozen < fresh - 0.03
    assert claims[f"{count} names, from scratch, end"] > 3.3  # log 27: worse than a blind guess
# What the frozen cell gains shrinks with the number of names, and in the end is gone.
gains = [lowest(pair["from scratch"]) - lowest(pair["frozen cell"]) for pair in curves.values()]
assert gains[0] > gains[2] > gains[3]
assert gains[3] < 0.02
