"""What stands where the laboratory's script does not run: words, and a picture of the network."""

from __future__ import annotations

import base64
import html
from typing import Any

from micrograd.text.naming import shown
from micrograd.views.drawing import draw
from micrograd.views.laboratory.network import Network

MOST_DRAWN = 60  # cards: of more, nothing can be read in a notebook


def still_picture(network: Network, payload: dict[str, Any]) -> str:
    """HTML with the network's picture, if it is small enough, and with Python's losses."""
    experiment = network.experiment
    words = (
        f"{payload['title']}: {len(experiment.parameters):,} parameters, {len(experiment.rows):,} rows, {payload['optimizer']}. "
        "Scripts are off here, so nothing trains: run the cell again in a notebook that you trust, "
        'or .save("lab.html") and open that page in a browser.'
    )
    looks = [f"{shown(loss)} after {epochs}" for epochs, loss in payload["python"].items()]
    losses = f" The loss is {', '.join(looks)} epochs." if looks else ""
    return f"<p>{html.escape(words + losses)}</p>{image(network) if len(network.diagram.cards) <= MOST_DRAWN else ''}"


def image(network: Network) -> str:
    loss = network.experiment.loss
    picture = draw(loss, names={"loss": loss}, collapse="neuron").pipe("svg")
    source = base64.b64encode(picture).decode()
    return f'<img alt="the loss of a row, as a graph" src="data:image/svg+xml;base64,{source}" style="max-width:100%">'
