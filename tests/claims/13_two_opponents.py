claims = {
    "mean radius of the made points": radius,
    "share within 0.2 of the circle": len(near(ends)) / len(ends),
    "fewest of them in one of 12 sectors": min(by_sector(ends)),
    "loss of the discriminator, last 100 pairs": last_hundred[0],
    "sectors reached against an opponent that stands still": 12 - by_sector(lost).count(0),
    "loss of the generator there": loss_alone,
}
assert all(weight.grad for weight in small.generator.parameters())  # through the discriminator
assert abs(radius - 1.0) < 0.05
assert len(near(ends)) > 0.9 * len(ends)
assert min(by_sector(ends)) > 0
assert abs(last_hundred[0] - math.log(2)) < 0.05
assert by_sector(lost).count(0) > 3  # a lower loss, and worse points
assert loss_alone < math.log(2)
