"""The numbers that the text states, and no cell prints, computed anew: by a loss of its own, and by differences."""

import ast
import re

import nbformat
import numpy as np
import pytest
from refresh_notebooks import NOTEBOOKS

from mlp_helpers import Params, init_params, toy_data

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
TEXTS = {cell.id: cell.source for path in PATHS for cell in nbformat.read(path, as_version=4).cells}
TEACHERS = (NOTEBOOKS / "for_teachers.md").read_text(encoding="utf-8")
STEP = 1e-6

X, y = toy_data("moons", 5, np.random.default_rng(2))
PARAMS = init_params(np.random.default_rng(18))
X200, y200 = toy_data("moons", 200, np.random.default_rng(0))


def says(text, *numbers):
    """A minus is written − in the text, and - in code."""
    plain = text.replace("−", "-")
    for number in numbers:
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?!\d|\.\d)", plain), f"{number} is not in: {text}"


def loss_from_Z(Z, y):
    return float((np.logaddexp.reduce(Z, axis=1) - Z[np.arange(len(y)), y]).mean())


def loss_from_A1(A1, y, params=PARAMS):
    return loss_from_Z(np.where(A1 > 0, A1, 0) @ params.W2.T + params.b2, y)


def A1_of(X, params=PARAMS):
    return np.einsum("nd,hd->nh", X, params.W1) + params.b1


def Z_of(X, params=PARAMS):
    return np.einsum("nh,kh->nk", np.where(A1_of(X, params) > 0, A1_of(X, params), 0), params.W2) + params.b2


def loss(X, y, params=PARAMS):
    return loss_from_Z(Z_of(X, params), y)


def right(X, y, params):
    return float((Z_of(X, params).argmax(axis=1) == y).mean())


def moved(array, index, by):
    array = array.copy()
    array[index] += by
    return array


def slope(f, array, index):
    return (f(moved(array, index, STEP)) - f(moved(array, index, -STEP))) / (2 * STEP)


def gradient(X, y, params):
    """All parameters' gradients, in a writing of its own."""
    A1, N = A1_of(X, params), len(X)
    Z = Z_of(X, params)
    G_Z = (np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(Z.shape[1])[y]) / N
    G_A1 = np.where(A1 > 0, np.einsum("nk,kh->nh", G_Z, params.W2), 0)
    H = np.where(A1 > 0, A1, 0)
    return Params(np.einsum("nh,nd->hd", G_A1, X), G_A1.sum(0), np.einsum("nk,nh->kh", G_Z, H), G_Z.sum(0))


def train(X, y, params, lr, steps):
    """The parameters from the start to the last step."""
    path = [params]
    for _ in range(steps):
        path.append(Params(*(v - lr * g for v, g in zip(path[-1], gradient(X, y, path[-1]), strict=True))))
    return path


def test_the_gradient_here_agrees_with_differences():
    for name, found in zip(Params._fields, gradient(X, y, PARAMS), strict=True):
        index = tuple(np.unravel_index(np.abs(found).argmax(), found.shape))
        at, f = getattr(PARAMS, name), lambda value, name=name: loss(X, y, PARAMS._replace(**{name: value}))
        assert np.isclose(found[index], slope(f, at, index), rtol=1e-6)


def minutes():
    return {nb: int(n) for nb, n in re.findall(r"^## (\d\d) \[.*\n\n- \*\*Minutes:\*\* (\d+)$", TEACHERS, flags=re.M)}


def test_00():
    says(TEXTS["00-00"], f"{min(minutes().values())} to {max(minutes().values())} minutes")
    says(TEXTS["00-17"], f"{loss_from_Z(np.zeros((5, 2)), y):.3f}")
    corners = A1_of(np.array([[s, t] for s in (-1.98, 1.98) for t in (-1.98, 1.98)]))
    assert np.flatnonzero((corners > 0).all(axis=0) | (corners <= 0).all(axis=0)).tolist() == [10]
    assert (A1_of(X)[:, 10] > 0).all()
    counts = [int((A1_of(np.array([[X[0, 0], up]])) > 0).sum()) for up in np.arange(X[0, 1], 2, 0.005)]
    met = [count for count, before in zip(counts, [None, *counts], strict=False) if count != before]
    assert met == [10, 11, 10, 9, 10]
    says(TEXTS["00-21"], *map(str, met))
    out = -(PARAMS.W1[2, 0] * X[0, 0] + PARAMS.b1[2]) / PARAMS.W1[2, 1]
    says(TEXTS["00-21"], f"{out:.2f}")


def test_01():
    says(TEXTS["01-36"], f"{-PARAMS.W1[2] @ X[1]:.2f}")


def test_02():
    Z = Z_of(X)
    says(TEXTS["02-67"], f"{slope(lambda Z: loss_from_Z(Z, y), Z, (2, 0)):.3f}")
    line = np.arange(Z[2, 0], 6.0005, 0.001)
    losses = np.array([loss_from_Z(Z + np.array([z - Z[2, 0], 0]), y) for z in line])
    back = line[(losses >= losses[0]) & (line > -1)][0]
    ends = [slope(lambda Z: loss_from_Z(Z, y), moved(Z, (2, 0), z - Z[2, 0]), (2, 0)) for z in (Z[2, 0], 6)]
    says(TEXTS["02-48"], f"{ends[0]:.3f}", f"{ends[1]:.4f}", f"{back:.2f}")
    says(TEXTS["02-48"], f"{losses[0]:.3f}", f"{losses.min():.3f}", f"{line[losses.argmin()]:.2f}", f"{losses[-1]:.3f}")
    says(TEXTS["02-48"], f"{slope(lambda s: loss_from_Z(Z + np.array([s[0], 0]), y), np.zeros(1), 0):.3f}")
    z, label = np.array([[-4.0, 0.0]]), np.array([0])

    def squared(z):
        p = np.exp(z - np.logaddexp.reduce(z, axis=1)[:, None])
        return float(((p - [1, 0]) ** 2).sum())

    says(TEXTS["02-58"], f"{np.exp(-loss_from_Z(z, label)):.3f}")
    says(TEXTS["02-58"], f"{slope(lambda z: loss_from_Z(z, label), z, (0, 0)):.3f}", f"{slope(squared, z, (0, 0)):.3f}")


def test_03():
    def through_W2(labels):
        return lambda W2: loss(X, labels, PARAMS._replace(W2=W2))

    entry = slope(through_W2(y), PARAMS.W2, (0, 5))
    says(TEXTS["03-59"], f"{entry:.3f}", f"{-0.1 * entry:.3f}")
    flipped = np.where(np.arange(5) == 0, 1 - y, y)
    before, after = (slope(through_W2(labels), PARAMS.W2, (0, 4)) for labels in (y, flipped))
    bars = [slope(lambda W2, t=t: loss(X[:1], [t], PARAMS._replace(W2=W2)) / 5, PARAMS.W2, (0, 4)) for t in (0, 1)]
    says(TEXTS["03-40"], f"{before:.3f}", f"+{after:.3f}", f"{bars[0]:.3f}", f"+{bars[1]:.3f}")
    says(TEXTS["03-40"], f"{np.exp(-loss(X[:1], [0])):.2f}")
    says(TEACHERS, f"{before:.3f}", f"+{after:.3f}")


def test_04():
    A1 = A1_of(X)
    H = np.where(A1 > 0, A1, 0)
    at_H = [slope(lambda H: loss_from_Z(H @ PARAMS.W2.T + PARAMS.b2, y), H, index) for index in ((1, 6), (1, 2))]
    says(TEXTS["04-50"], *(f"{g:.3f}" for g in at_H))
    says(TEXTS["04-52"], f"{A1[1, 2]:.2f}", f"{A1[1, 2] + 0.1:.2f}")
    wakes = -(X @ PARAMS.W1[12])
    assert wakes.argsort().tolist() in ([0, 1, 3, 4, 2], [1, 0, 3, 4, 2])
    says(TEXTS["04-35"], *(f"{b:.2f}" for b in wakes[[3, 4, 2]]))
    assert (np.sort(wakes)[:2] > -0.03).all() and (np.sort(wakes)[:2] < -0.02).all()
    slopes = np.array([[slope(lambda A1: loss_from_A1(A1, y), A1, (i, j)) for j in range(16)] for i in range(5)])
    assert not ((slopes < -1e-9) & (slopes > -5e-4)).any()  # no −0. in G_A1 is a small number


def test_04_pytorch_at_a_corner():
    torch = pytest.importorskip("torch")
    ways = [torch.relu, lambda a: torch.maximum(a, torch.zeros_like(a)), lambda a: torch.clamp(a, min=0)]
    corner = [torch.zeros(1, requires_grad=True) for _ in ways]
    for way, a in zip(ways, corner, strict=True):
        way(a).sum().backward()
    says(TEXTS["04-08"], *(f"{a.grad.item():g}" for a in corner))
    assert [a.grad.item() for a in corner] == [0, 0.5, 1]


def test_05():
    entry = slope(lambda W1: loss(X, y, PARAMS._replace(W1=W1)), PARAMS.W1, (3, 0))
    says(TEXTS["05-48"], f"{entry:.3f}", f"{-0.1 * entry:.3f}")
    at_Z = [slope(lambda Z, t=t: loss_from_Z(Z, np.where(np.arange(5) == 2, t, y)), Z_of(X), (2, 0)) for t in (0, 1)]
    says(TEXTS["05-32"], f"±{-at_Z[0]:.3f}", f"∓{at_Z[1]:.3f}")


def test_06():
    def along(index):
        line = np.linspace(-4, 8, 12001)
        W2s = (moved(PARAMS.W2, index, w - PARAMS.W2[index]) for w in line)
        return line, np.array([loss(X, y, PARAMS._replace(W2=W2)) for W2 in W2s])

    line, losses = along((0, 5))
    says(TEXTS["06-30"], f"{line[losses.argmin()]:.2f}")
    assert (np.diff(along((0, 4))[1]) < 0).all()
    says(TEXTS["06-30"], f"{min(-(X @ PARAMS.W1[11])):.2f}")


def test_07_learning_rates():
    path = train(X200, y200, PARAMS, 20.0, 100)
    losses = np.array([loss(X200, y200, params) for params in path])
    says(TEXTS["07-21"], f"{losses.min():.3f}, at step {losses.argmin()}")
    assert losses.argmax() == 3 and losses[3] > 5000
    says(TEXTS["07-21"], ", ".join(f"{value:.2f}" for value in np.sort(losses[-3:])))
    assert np.allclose(losses[40:98], losses[43:101], rtol=1e-6)
    says(TEXTS["07-21"], f"{right(X200, y200, train(X200, y200, PARAMS, 0.01, 100)[-1]):.1%}".replace("%", " %"))
    large = train(X200, y200, Params(*(10 * value for value in PARAMS)), 0.5, 10)
    says(TEXTS["07-36"], f"{loss(X200, y200, large[-1]):.0f}")


def test_07_the_answers():
    path = train(X200, y200, PARAMS, 0.5, 100)
    path = path[-1:] + train(X200, y200, path[-1], 100.0, 3)[1:]
    losses = [loss(X200, y200, params) for params in path]
    says(TEXTS["07-46"], f"{losses[0]:.2f}", f"{losses[1]:.2f}", f"{losses[2]:.0f}")
    assert losses[3] > 300_000
    last = train(X200, y200, path[-1], 100.0, 5)[-1]
    dead = ~(A1_of(X200, last) > 0).any(axis=0)
    says(TEXTS["07-46"], str(dead.sum()))
    gradients = gradient(X200, y200, last)
    assert not gradients.W1[dead].any() and not gradients.b1[dead].any() and not gradients.W2[:, dead].any()
    full = gradient(X200, y200, PARAMS).W2.ravel()
    ones = [gradient(X200[[i]], y200[[i]], PARAMS).W2.ravel() for i in range(200)]
    cosines = [one @ full / np.linalg.norm(one) / np.linalg.norm(full) for one in ones]
    says(TEXTS["07-25"], f"{min(cosines):.2f}", f"{max(cosines):.2f}")


def test_07_spirals_with_more_steps_or_more_units():
    spirals = toy_data("spirals", 200, np.random.default_rng(0))
    for units, steps in ((16, 3000), (64, 500)):
        start = init_params(np.random.default_rng(0), n_hidden=units)
        assert 0.97 <= right(*spirals, train(*spirals, start, 1.0, steps)[-1]) <= 0.99


def test_07_overfitting():
    few = toy_data("moons", 30, np.random.default_rng(2), noise=0.4)
    fresh = toy_data("moons", 1000, np.random.default_rng(99), noise=0.4)
    path = train(*few, PARAMS, 0.5, 2000)
    says(TEXTS["07-68"], f"{loss(*fresh, path[20]):.2f}", f"{loss(*fresh, path[2000]):.2f}")
    assert right(*fresh, path[2000]) < right(*fresh, path[20])
    assert right(*few, path[20]) < right(*few, path[2000]) == 1


def test_08():
    right_one = gradient(X200[:12], y200[:12], PARAMS)
    whole = np.concatenate([value.ravel() for value in right_one])
    for name in ("W1", "W2"):
        turned = right_one._replace(**{name: -getattr(right_one, name)})
        cosine = np.concatenate([value.ravel() for value in turned]) @ whole / (whole @ whole)
        says(TEXTS["08-22"], f"{cosine:.2f}")


def test_the_page_for_teachers():
    hours = sum(minutes().values()) / 60
    assert len(minutes()) == len(PATHS) and 5.75 <= hours <= 6.25
    says(TEACHERS, "about six hours")
    lectures = re.findall(r"^\| ([12]) \| \d\d \| (\d+) \|", TEACHERS, flags=re.M)
    assert [sum(int(n) for which, n in lectures if which == lecture) for lecture in "12"] == [90, 90]


def test_the_exam_question_by_hand():
    found = re.findall(r"`(\w+)` = (\[[-\d., \[\]]*\])", TEACHERS)
    matrix = {name: np.array(ast.literal_eval(text)) for name, text in found}
    H, W2, P, labels = (matrix[name].astype(float) for name in ("H", "W2", "P", "y"))
    labels = labels.astype(int)
    b2 = np.zeros(2)
    offset = np.log(P) - H @ W2.T  # what makes P the softmax of the logits

    def L(H=H, W2=W2, b2=b2):
        return loss_from_Z(H @ W2.T + b2 + offset, labels)

    for name, array in (("H", H), ("W2", W2), ("b2", b2)):
        measured = [slope(lambda a, name=name: L(**{name: a}), array, index) for index in np.ndindex(array.shape)]
        assert np.allclose(matrix[f"G_{name}"].ravel(), measured, atol=1e-8)
    G_Z = [slope(lambda Z: loss_from_Z(Z, labels), np.log(P), index) for index in np.ndindex(2, 2)]
    assert np.allclose(matrix["G_Z"].ravel(), G_Z, atol=1e-8)
