assert frozen[0] < fresh[0]
assert fine_tuned[0] < fresh[0]
assert fine_tuned[1] > frozen[1] + 0.5  # learned by heart
assert frozen[0] < other_part[0]
assert frozen[0] < nothing_learned[0]
assert nothing_learned[1] < fresh[1]
