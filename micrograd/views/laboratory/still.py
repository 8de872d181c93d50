"""What stands where the laboratory's script does not run: words, and a picture of the data or of the loss."""

from __future__ import annotations

import html
from typing import Any

from micrograd.text.naming import shown
from micrograd.views.laboratory.experiment import Experiment

SIZE = 300.0  # pixels of the picture
COLOURS = ("#5b34a0", "#c25100", "#0b7a70", "#0a62c4", "#946300", "#9a1b5c")


def still_picture(experiment: Experiment, payload: dict[str, Any]) -> str:
    """HTML with a picture of the rows, if they have two inputs, and with Python's losses."""
    looks = "; ".join(
        f"{epochs} {'epoch' if epochs == '1' else 'epochs'}: {shown(loss)}" for epochs, loss in payload["python"].items()
    )
    words = (
        f"{len(experiment.parameters):,} parameters, {len(experiment.rows):,} rows, {payload['optimizer']}. "
        "Scripts are off here, so nothing trains: run the cell again in a trusted notebook, "
        'or .save("lab.html") and open that page in a browser.'
    )
    losses = f"<p>The loss after {html.escape(looks)}.</p>" if looks else ""
    picture = scatter(payload) if payload["inputs"] == 2 and experiment.kind in ("two", "classes") else ""
    return f"<div><p><b>{html.escape(payload['title'])}</b>: {html.escape(words)}</p>{losses}{picture}</div>"


def scatter(payload: dict[str, Any]) -> str:
    """The rows as points, each in the colour of its class."""
    rows = payload["rows"]
    low = [min(row[k] for row in rows) for k in (0, 1)]
    span = max(max(max(row[k] for row in rows) - low[k] for k in (0, 1)), 1e-300)
    targets = sorted({tuple(row[2:]) for row in rows})
    points = []
    for row in rows:
        u = 10 + (SIZE - 20) * (row[0] - low[0]) / span
        v = SIZE - 10 - (SIZE - 20) * (row[1] - low[1]) / span
        colour = COLOURS[targets.index(tuple(row[2:])) % len(COLOURS)]
        points.append(f'<circle cx="{u:.1f}" cy="{v:.1f}" r="4" fill="{colour}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE:.0f}" height="{SIZE:.0f}" role="img" '
        f'aria-label="the rows as points">{"".join(points)}</svg>'
    )
