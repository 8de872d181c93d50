claims = {
    "parameters": len(model.parameters()),
    "right, of 370 utterances": right,
    "lost by beginning 4 frames later, time-delay": by_time_delay[0] - by_time_delay[4],
    "lost by beginning 4 frames later, dense": by_dense[0] - by_dense[4],
    "shifted evidence, largest difference": difference,
    "sum of the shares, less the gradient": abs(sum(share for _, share in shares) - weight.grad),
}
assert claims["parameters"] == 521
assert claims["right, of 370 utterances"] > 0.95
assert claims["lost by beginning 4 frames later, dense"] > claims["lost by beginning 4 frames later, time-delay"] + 0.03
assert claims["shifted evidence, largest difference"] == 0.0
assert claims["sum of the shares, less the gradient"] < 1e-12
