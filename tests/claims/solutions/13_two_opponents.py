assert min(found) > 0  # all eight
assert sum(found) < 290  # and bridges between them
assert max(radius for _, radius in slow) > 2 * max(radius for _, radius in even)


def sway(radii):
    return max(radius for _, radius in radii) - min(radius for _, radius in radii)


assert sway(ends["rates that stay"]) > 2 * sway(ends["falling rates"])
