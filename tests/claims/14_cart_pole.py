claims = {
    "parameters": len(policy.parameters()),
    "mean run before training": sum(map(len, before)) / 16,
    "best mean run": max(lengths),
    "mean run afterwards": sum(map(len, after)) / 16,
    "rounds": len(lengths),
    "gradient by the logit minus gain * (p - 1)": logit_gradient - 2.0 * (p - 1.0),
}
assert abs(logit_gradient - 2.0 * (p - 1.0)) < 1e-12
assert sum(map(len, before)) / 16 < 100
assert max(lengths) >= 475.0
assert len(lengths) <= 100
