"""One explorer a notebook: each is one call in a cell, as in relu_explorer(X, y, params).

For a lecture, set_scale(1.5) makes all of them larger; where_we_are("G_Z") is a still picture of the way there and
back. (`__all__` names the explorers only.)
"""

from explorers.backprop import backprop_explorer
from explorers.bugs import bug_lab
from explorers.forward import forward_explorer
from explorers.given import set_scale as set_scale
from explorers.hidden_layer import hidden_layer_explorer
from explorers.output_layer import output_layer_explorer
from explorers.relu import relu_explorer
from explorers.softmax import softmax_explorer
from explorers.tape import tape_explorer
from explorers.training import training_explorer
from explorers.way import where_we_are as where_we_are

__all__ = [
    "backprop_explorer",
    "bug_lab",
    "forward_explorer",
    "hidden_layer_explorer",
    "output_layer_explorer",
    "relu_explorer",
    "softmax_explorer",
    "tape_explorer",
    "training_explorer",
]
