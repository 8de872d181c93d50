"""Networks of Values: neurons and layers of them, layers that read windows, cells that read sequences, attention.

>>> model = Sequential(Unflatten(1, 4, 4), Conv2d(1, 2, 3), AvgPool2d(2), Flatten(), Layer(2, 10, "linear"))
>>> len(model([0.5] * 16)), len(model.parameters())
(10, 50)
>>> model.parameters()[0].label
'layer2.neuron1.w1'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from micrograd import advice, words
from micrograd.nn.attention import Attention, Embedding, LayerNorm
from micrograd.nn.convolution import AvgPool2d, Conv1d, Conv2d, Flatten, MaxPool2d, Unflatten
from micrograd.nn.dead import dead_units
from micrograd.nn.functions import accuracy, softmax
from micrograd.nn.modules import Module, Sequential, contents, values_within
from micrograd.nn.neurons import (
    ACTIVATIONS,
    MLP,
    RECTIFIERS,
    Layer,
    Neuron,
    activation_of,
    bare_letters,
    name_of,
)
from micrograd.nn.recurrent import GRUCell, LSTMCell, RNNCell

__all__ = [
    "ACTIVATIONS", "MLP", "RECTIFIERS", "Attention", "AvgPool2d", "Conv1d", "Conv2d", "Embedding", "Flatten", "GRUCell",
    "LSTMCell", "Layer", "LayerNorm", "MaxPool2d", "Module", "Neuron", "RNNCell", "Sequential", "Unflatten", "accuracy",
    "activation_of", "bare_letters", "contents", "dead_units", "name_of", "softmax", "values_within",
]  # fmt: skip

if not TYPE_CHECKING:
    __getattr__ = advice.for_names(__name__, words.NN)
