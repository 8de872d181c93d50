"""The smallest model there is to train."""

import pytest

from micrograd.nn import MLP


@pytest.fixture
def neuron() -> MLP:
    """One linear neuron, w x + b, at w = 1/2 and b = 0."""
    model = MLP(1, [1])
    model.load_state_dict({"layer1.neuron1.w1": 0.5, "layer1.neuron1.b": 0.0})
    return model
