"""The same network in PyTorch, differentiated by autograd. Nothing here uses the project's own formulas."""

import torch
from torch import nn


def torch_values(X, y, params):
    """Return what PyTorch computes in float64: A1, H, Z, P, loss and every gradient, as NumPy arrays."""
    n_hidden, n_in = params[0].shape
    n_out, _ = params[2].shape
    first = nn.Linear(n_in, n_hidden, dtype=torch.float64)
    second = nn.Linear(n_hidden, n_out, dtype=torch.float64)
    with torch.no_grad():
        for ours, value in zip((first.weight, first.bias, second.weight, second.bias), params, strict=True):
            ours.copy_(torch.tensor(value))
    X = torch.tensor(X, dtype=torch.float64, requires_grad=True)

    A1 = first(X)
    H = nn.ReLU()(A1)
    Z = second(H)
    P = nn.Softmax(dim=1)(Z)
    loss = nn.CrossEntropyLoss()(Z, torch.tensor(y))
    for tensor in (A1, H, Z):
        tensor.retain_grad()
    loss.backward()

    values = {"A1": A1, "H": H, "Z": Z, "P": P, "loss": loss}
    values |= {"G_Z": Z.grad, "G_H": H.grad, "G_A1": A1.grad, "G_X": X.grad}
    values |= {"G_W1": first.weight.grad, "G_b1": first.bias.grad}
    values |= {"G_W2": second.weight.grad, "G_b2": second.bias.grad}
    return {name: value.detach().numpy() for name, value in values.items()}
