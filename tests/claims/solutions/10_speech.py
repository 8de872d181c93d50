assert min(played.values()) > 0.9  # whatever the order
assert one_frame > 0.9
assert abs(every_other - played["forwards"]) < 0.03
