"""One explorer a notebook: each is one call in a cell, as in relu_explorer(X, y, params)."""

from explorers.backprop import backprop_explorer
from explorers.forward import forward_explorer
from explorers.hidden_layer import hidden_layer_explorer
from explorers.output_layer import output_layer_explorer
from explorers.relu import relu_explorer
from explorers.softmax import softmax_explorer

__all__ = [
    "backprop_explorer",
    "forward_explorer",
    "hidden_layer_explorer",
    "output_layer_explorer",
    "relu_explorer",
    "softmax_explorer",
]
