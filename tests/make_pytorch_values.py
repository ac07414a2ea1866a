"""Save what PyTorch computes, for tests and notebooks to compare with where PyTorch is not installed.

python tests/make_pytorch_values.py writes tests/pytorch_values.npz (many random nets, shortened by nets.digest) and
notebooks/checker/pytorch_values.json (the net of notebook 06, whole). Both say which PyTorch made them.
"""

import json
from pathlib import Path

import numpy as np
import torch
from nets import COMMITTED_SEEDS, digest, random_net
from torch_net import torch_values

from mlp_helpers import init_params, toy_data

ROOT = Path(__file__).resolve().parents[1]


def make_npz(path):
    digests = []
    for seed in COMMITTED_SEEDS:
        digests.append(np.concatenate([digest(value, seed) for value in torch_values(*random_net(seed)).values()]))
    ends = np.cumsum([len(one) for one in digests])
    np.savez_compressed(path, torch=torch.__version__, ends=ends, values=np.concatenate(digests))


def make_json(path):
    X, y = toy_data("moons", 12, np.random.default_rng(6))
    values = torch_values(X, y, init_params(np.random.default_rng(7)))
    content = {"torch": torch.__version__, "seeds": {"toy_data": 6, "init_params": 7}}
    content |= {name: value.tolist() for name, value in values.items()}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in content.items())
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    for make, path in ((make_npz, "tests/pytorch_values.npz"), (make_json, "notebooks/checker/pytorch_values.json")):
        make(ROOT / path)
        print(f"{path}: {(ROOT / path).stat().st_size / 1000:.0f} kB, PyTorch {torch.__version__}")
