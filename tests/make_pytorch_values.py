"""Save what PyTorch computes, for tests and notebooks to compare with where PyTorch is not installed.

python tests/make_pytorch_values.py writes tests/pytorch_values.npz (random nets and graphs, shortened by nets.digest)
and notebooks/checker/pytorch_values.json (the net of notebook 06, whole, and the graph that 09 shows). Both say which
PyTorch made them.
"""

import json
from pathlib import Path

import numpy as np
import torch
from nets import COMMITTED_SEEDS, GRAPH_SEEDS, digest, random_graph, random_net
from torch_net import torch_gradients, torch_graph, torch_values

from mlp_helpers import init_params, toy_data

ROOT = Path(__file__).resolve().parents[1]


def make_npz(path):
    nets = packed(COMMITTED_SEEDS, lambda seed: torch_values(*random_net(seed)).values())
    graphs = packed(GRAPH_SEEDS, lambda seed: torch_gradients(*random_graph(seed)))
    content = {"ends": nets[0], "values": nets[1], "graph_ends": graphs[0], "graph_values": graphs[1]}
    np.savez_compressed(path, torch=torch.__version__, **content)


def packed(seeds, values_of_seed):
    """One long array with the digests of every seed's tensors, and where each seed's part ends."""
    parts = [np.concatenate([digest(value, seed) for value in values_of_seed(seed)]) for seed in seeds]
    return np.cumsum([len(part) for part in parts]), np.concatenate(parts)


def make_json(path):
    X, y = toy_data("moons", 12, np.random.default_rng(6))
    net = X, y, init_params(np.random.default_rng(7))
    content = {"torch": torch.__version__, "seeds": {"toy_data": 6, "init_params": 7}, "graph": torch_graph(*net)}
    content |= {name: value.tolist() for name, value in torch_values(*net).items()}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in content.items())
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    for make, path in ((make_npz, "tests/pytorch_values.npz"), (make_json, "notebooks/checker/pytorch_values.json")):
        make(ROOT / path)
        print(f"{path}: {(ROOT / path).stat().st_size / 1000:.0f} kB, PyTorch {torch.__version__}")
