# pyright: reportUnnecessaryTypeIgnoreComment=true
"""Mistakes that a type checker sees before the program runs: mypy and pyright ask for each of these comments.

It is only read, and never run.
"""

from micrograd import Value, datasets, exp, fit, losses, nn, optim, total


def mistakes() -> None:
    x, network = Value(2.0), nn.MLP(2, [1])
    text: str = x.data  # type: ignore[assignment]
    number: float = exp(x)  # type: ignore[assignment]
    value: Value = exp(2.0)  # type: ignore[assignment]
    total(["a", "b"])  # type: ignore[list-item]
    exp("2")  # type: ignore[call-overload]
    x.backwards()  # type: ignore[attr-defined]
    x + "1"  # type: ignore[operator]
    network("01")  # type: ignore[arg-type]
    network([1.0, 0.0]).backwards()  # type: ignore[attr-defined]
    nn.MLP(2, 3)  # type: ignore[arg-type]
    losses.mean_squared_error([0.5], [1.0]).backward()  # type: ignore[attr-defined]
    optim.SGD([x], lr=0.1)  # type: ignore[call-arg]
    fit(network, "hinge", datasets.xor(), optim.SGD([x], 0.1))  # type: ignore[arg-type]
