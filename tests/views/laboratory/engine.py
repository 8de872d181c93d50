"""The training engine in a page of its own: data, generated functions, and no more of the laboratory's scripts than these need."""

import json
from typing import Any

from micrograd.views.laboratory.experiment import Experiment
from micrograd.views.laboratory.network import Network
from micrograd.views.laboratory.page import functions_of
from micrograd.views.laboratory.payload import payload
from micrograd.views.pages import joined, safe_json

SCRIPTS = ("shared/numbers.js", "shared/random.js", "lab/training.js", "lab/look.js")


def data_of(experiment: Experiment, **options: Any) -> dict[str, Any]:
    """What the page reads."""
    network = Network(experiment)
    return payload(experiment, network, "a title", options.get("starts"), experiment.boundary())


def engine(experiment: Experiment, **options: Any) -> str:
    """A page that does nothing by itself."""
    data = safe_json(data_of(experiment, **options))
    functions = functions_of(experiment, Network(experiment))
    scripts = [f'<script type="application/json">{data}</script>', f"<script>{functions}</script>", f"<script>{joined(*SCRIPTS)}</script>"]
    return f'<!DOCTYPE html><meta charset="utf-8"><body>{"".join(scripts)}'


def exactly(page: Any, expression: str) -> Any:
    """What the expression gives in the page; every number of it with all its digits, infinities and nan too."""
    text = page.evaluate(f"() => JSON.stringify({expression}, (key, x) => typeof x === 'number' && !isFinite(x) ? String(x) : ArrayBuffer.isView(x) ? Array.from(x) : x)")
    return json.loads(text)
