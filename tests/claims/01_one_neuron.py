assert product.local_derivatives == (x.data, w.data)  # of a product: the other factor
assert w.grad == in_the_graph  # the chain rule is the product along the path
assert abs(w.grad - on_paper) < 1e-12  # on paper, too
assert [row.verdict for row in first_try.rows] == ["PASS", "PASS", "FAIL"]
assert mended
assert abs(actual / predicted - 1) < 0.05  # a gradient predicts what a small step does
assert check(other, {"w": "sigmoid(w*x + b) * (1 - sigmoid(w*x + b)) * x"})  # exercise 1
assert check(skipping, {"x": "tanh(w*x + b) + (1 - tanh(w*x + b)**2) * w * x"})  # exercise 2
slope = 1 - tanh(-0.5) ** 2
assert exercise(skipping).grade({"w": 2 * slope * 2, "x": tanh(-0.5) + 2 * slope * 0.5, "b": 2 * slope})
assert own_report  # an own row is as good as one of the table
bent = Op("softsign", lambda a: a / (1 + abs(a)), lambda out, a: (1 / (1 + abs(a)),))
assert "check_local_derivatives" in check(bent(w)).rows[0].hint  # exercise 3
