assert all(folded.verify() for folded in (loops, tied, windows))
assert str(loops.where(W[2][1])) == "W1[2, 1]"
assert tied.scalars("dW1", 2, 1)
assert "windows" in str(windows)
