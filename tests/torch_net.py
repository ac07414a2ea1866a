"""The same network in PyTorch, differentiated by autograd. Nothing here uses the project's own formulas."""

import torch
from torch.nn import functional


def torch_values(X, y, params):
    """Return what PyTorch computes in float64: A1, H, Z, P, loss and every gradient, as NumPy arrays."""
    X, W1, b1, W2, b2 = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (X, *params))
    A1 = functional.linear(X, W1, b1)  # as nn.Linear, whose weight is (out, in)
    H = functional.relu(A1)
    Z = functional.linear(H, W2, b2)
    P = functional.softmax(Z, dim=1)
    loss = functional.cross_entropy(Z, torch.tensor(y))
    for tensor in (A1, H, Z):
        tensor.retain_grad()
    loss.backward()

    values = {"A1": A1, "H": H, "Z": Z, "P": P, "loss": loss}
    values |= {"G_Z": Z.grad, "G_H": H.grad, "G_A1": A1.grad, "G_X": X.grad}
    values |= {"G_W1": W1.grad, "G_b1": b1.grad, "G_W2": W2.grad, "G_b2": b2.grad}
    return {name: value.detach().numpy() for name, value in values.items()}
