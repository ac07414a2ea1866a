"""forward and backward against PyTorch's forward and autograd, and what importing mlp_helpers costs."""

import os
import subprocess
import sys
import time
from statistics import median

import numpy as np

import mlp_helpers as mlp

try:
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError:
    torch = None

SIZES = (1, 2, 5, 12, 50, 200, 1_000, 10_000, 100_000)


def run(show, quick):
    """Print both tables."""
    note = "PyTorch is not installed"
    if torch:
        torch.set_num_threads(os.cpu_count())
        note = f"PyTorch {torch.__version__} with {torch.get_num_threads()} threads, times / ours in brackets"
    rows = []
    for N in SIZES:
        ours, *theirs = _times(N, seconds=0.5 if quick else 2)
        ratios = [f"{1e6 * seconds:.1f} ({seconds / ours:.2f} ×)" for seconds in theirs]
        rows.append([f"{N:,}", f"{1e6 * ours:.1f}", f"{1e6 * ours / N:.3f}", *ratios])
    head = [
        "N",
        "ours, µs",
        "ours, µs an example",
        *(["PyTorch modules, µs", "PyTorch at its leanest, µs"] if torch else []),
    ]
    show(f"forward + backward, float64, CPU, 2 → 16 → 2, warmed up, medians ({note})", head, rows)

    numpy, helpers = _imports(7 if quick else 21)
    rows = [[f"{numpy:.1f}", f"{helpers:.1f}", f"{helpers - numpy:+.1f}"]]
    show("Import in a fresh interpreter, median", ["numpy, ms", "mlp_helpers, ms", "difference, ms"], rows)


def _times(N, seconds):
    """Seconds of one forward + backward: ours, then PyTorch's two; medians of short blocks that take turns."""
    X, y = mlp.toy_data("moons", N, np.random.default_rng(0))
    params = mlp.init_params(np.random.default_rng(1))

    def ours():
        return mlp.backward(X, y, params, mlp.forward(X, params))

    runs = [ours, *(_in_torch(X, y, params) if torch else [])]
    for run in runs * 10:
        run()
    blocks = [max(1, round(0.002 / _seconds(run, 3))) for run in runs]
    times = [[] for _ in runs]
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times[0]) < 5:
        for run, count, found in zip(runs, blocks, times, strict=True):
            found.append(_seconds(run, count))
    return [*map(median, times)]


def _in_torch(X, y, params):
    """The same loss and the same five gradients, as PyTorch is mostly written, and with the least around it."""
    labels = torch.tensor(y)
    X_t, W1, b1, W2, b2 = leaves = [torch.tensor(array, requires_grad=True) for array in (X, *params)]
    net = nn.Sequential(nn.Linear(*W1.shape[::-1]), nn.ReLU(), nn.Linear(*W2.shape[::-1])).double()
    with torch.no_grad():
        for own, value in zip(net.parameters(), leaves[1:], strict=True):
            own.copy_(value)
    measure = nn.CrossEntropyLoss()

    def modules():
        net.zero_grad()
        X_t.grad = None
        measure(net(X_t), labels).backward()
        return [X_t.grad, *(own.grad for own in net.parameters())]

    def leanest():
        Z = functional.linear(torch.relu(functional.linear(X_t, W1, b1)), W2, b2)
        return torch.autograd.grad(functional.cross_entropy(Z, labels), leaves)

    right = mlp.backward(X, y, params)
    for run in (modules, leanest):
        for name, gradient in zip(("X", "W1", "b1", "W2", "b2"), run(), strict=True):
            np.testing.assert_allclose(gradient, getattr(right, f"G_{name}"), atol=1e-12)
    return modules, leanest


def _seconds(run, count):
    start = time.perf_counter()
    for _ in range(count):
        run()
    return (time.perf_counter() - start) / count


def _imports(times):
    """Milliseconds to import numpy, and mlp_helpers with all it needs, in interpreters that take turns."""
    found = {"numpy": [], "mlp_helpers": []}
    for _ in range(times + 1):
        for name, seconds in found.items():
            code = f"import time; start = time.perf_counter(); import {name}; print(time.perf_counter() - start)"
            seconds.append(float(subprocess.check_output([sys.executable, "-c", code])))
    return [1e3 * median(seconds[1:]) for seconds in found.values()]
