"""The same network in PyTorch, differentiated by autograd. Nothing here uses the project's own formulas.

python tests/torch_net.py saves what PyTorch computes, for tests and notebooks to compare with where it is not
installed: of random nets and graphs, and of the net of notebook 06, with the graph that 09 shows.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from nets import GRAPH_SEEDS, SMALL_SEEDS, deep_loss, random_graph, random_net
from torch.nn import functional

from mlp_helpers import init_params, toy_data

STEPS = SimpleNamespace(
    linear=functional.linear, relu=functional.relu, add=torch.add, cross_entropy=functional.cross_entropy
)


def torch_values(X, y, params, added=0.0):
    """Return what PyTorch computes in float64: A1, H, Z, P, loss and every gradient, as NumPy arrays.

    added (N, C) is put on top of Z.
    """
    X, W1, b1, W2, b2 = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (X, *params))
    A1 = functional.linear(X, W1, b1)  # as nn.Linear, whose weight is (out, in)
    H = functional.relu(A1)
    Z = functional.linear(H, W2, b2) + torch.as_tensor(added)
    P = functional.softmax(Z, dim=1)
    loss = functional.cross_entropy(Z, torch.tensor(y))
    for tensor in (A1, H, Z):
        tensor.retain_grad()
    loss.backward()

    values = {"A1": A1, "H": H, "Z": Z, "P": P, "loss": loss}
    values |= {"G_Z": Z.grad, "G_H": H.grad, "G_A1": A1.grad, "G_X": X.grad}
    values |= {"G_W1": W1.grad, "G_b1": b1.grad, "G_W2": W2.grad, "G_b2": b2.grad}
    return {name: value.detach().numpy() for name, value in values.items()}


def torch_gradients(X, y, layers, way):
    """Return the loss of a random graph and its gradients, at X and at each layer's W and b; 0 where it is not used."""
    X, *flat = (torch.tensor(v, requires_grad=True) for v in (X, *(array for layer in layers for array in layer)))
    loss = deep_loss(STEPS, X, torch.tensor(y), list(zip(flat[::2], flat[1::2], strict=True)), way)
    grads = torch.autograd.grad(loss, [X, *flat], materialize_grads=True)
    return [value.detach().numpy() for value in (loss, *grads)]


def torch_graph(X, y, params):
    """Return the names of PyTorch's steps from the loss back, each below the one that uses it and further in."""
    X, W1, b1, W2, b2 = (torch.tensor(v, requires_grad=True) for v in (X, *params))
    loss = deep_loss(STEPS, X, torch.tensor(y), [(W1, b1), (W2, b2)], [])

    def lines(step, depth):
        below = (line for before, _ in step.next_functions for line in lines(before, depth + 1))
        return ["  " * depth + type(step).__name__, *below]

    return lines(loss.grad_fn, 0)


if __name__ == "__main__":
    content = {f"net {seed}": torch_values(*random_net(seed)).values() for seed in SMALL_SEEDS}
    content |= {f"graph {seed}": torch_gradients(*random_graph(seed)) for seed in GRAPH_SEEDS}
    flat = {name: np.concatenate([value.ravel() for value in values]) for name, values in content.items()}
    np.savez_compressed(Path(__file__).with_name("pytorch_values.npz"), torch=torch.__version__, **flat)

    net = *toy_data("moons", 12, np.random.default_rng(6)), init_params(np.random.default_rng(7))
    content = {"torch": torch.__version__, "seeds": {"toy_data": 6, "init_params": 7}, "graph": torch_graph(*net)}
    content |= {name: value.tolist() for name, value in torch_values(*net).items()}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in content.items())
    path = Path(__file__).resolve().parents[1] / "notebooks/checker/pytorch_values.json"
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8", newline="\n")
