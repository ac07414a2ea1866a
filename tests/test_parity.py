"""Every tensor against PyTorch in float64: values that PyTorch computed earlier, and PyTorch itself if installed.

The largest difference must be at most 1e-12 of the tensor's largest entry. Rounding alone can exceed that when a
gradient is what is left after large terms cancel, or P underflows: 1 net in 600 of random_net, and none used here.
"""

import numpy as np
import pytest
from nets import LIVE_SEEDS, SMALL_SEEDS, assert_as_saved, random_net, values_of

TOLERANCE = 1e-12
NAMES = ["A1", "H", "Z", "P", "loss", "G_Z", "G_H", "G_A1", "G_X", "G_W1", "G_b1", "G_W2", "G_b2"]


def our_values(*net):
    found = values_of(*net)
    assert found["M"].dtype == bool and found["Y"].dtype == np.float64
    return {name: np.asarray(found[name]) for name in NAMES}


@pytest.mark.parametrize("seed", SMALL_SEEDS)
def test_parity_with_committed_values(seed):
    assert_as_saved(our_values(*random_net(seed)).values(), f"net {seed}", TOLERANCE)


@pytest.mark.parametrize("seed", LIVE_SEEDS)
def test_parity_with_live_pytorch(seed):
    pytest.importorskip("torch")
    from torch_net import torch_values

    net = random_net(seed)
    ours, theirs = our_values(*net), torch_values(*net)
    assert list(ours) == list(theirs)
    for name, value in theirs.items():
        assert ours[name].shape == value.shape and ours[name].dtype == np.float64, name
        assert np.abs(ours[name] - value).max() <= TOLERANCE * np.abs(value).max(), name
