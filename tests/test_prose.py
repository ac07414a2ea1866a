"""The numbers that the text states, and no cell prints, computed anew."""

import ast
import re
import tomllib
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nets import NOTEBOOKS_NET
from refresh_notebooks import NOTEBOOKS, PATHS

import mlp_helpers
from explorers.cases import LOOPS, RIGHT_LOOP
from explorers.detectors import examine_loop
from explorers.recorded import record
from mlp_helpers import accuracy, backward, forward, init_params, loss, softmax, toy_data, train

TEXTS = {cell.id: cell.source for path in PATHS for cell in nbformat.read(path, as_version=4).cells}
TEACHERS = (NOTEBOOKS / "for_teachers.md").read_text(encoding="utf-8")

X, y, PARAMS = NOTEBOOKS_NET
X200, y200 = toy_data("moons", 200, np.random.default_rng(0))
A1, H, Z, P = forward(X, PARAMS)
GRADS = backward(X, y, PARAMS)
GRADS200 = backward(X200, y200, PARAMS)
WAKES = -(X @ PARAMS.W1[12])
CROSSED = -(PARAMS.W1[:, 0] * X[0, 0] + PARAMS.b1) / PARAMS.W1[:, 1]  # where point 0 meets each line, straight down
CORNERS = sorted(-(X @ PARAMS.W1[11]))
P4 = softmax([[-4.0, 0.0]])[0, 0]
STATED = tomllib.loads(Path(__file__).with_name("stated.toml").read_text(encoding="utf-8"))
MINUTES = {nb: int(n) for nb, n in re.findall(r"^## (\d\d) \[.*\n\n- \*\*Minutes:\*\* (\d+)$", TEACHERS, flags=re.M)}


def taken(graph, name):
    """The step at which the tape takes a value."""
    return record(graph, X, y, PARAMS).walk.index(name) + 1


def says(text, *numbers):
    """A minus is written − in the text, and - in code."""
    plain = text.replace("−", "-")
    for number in numbers:
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?!\d|\.\d)", plain), f"{number} is not in: {text}"


def moved(array, index, to):
    array = array.copy()
    array[index] = to
    return array


def label(i, k):
    return backward(X, moved(y, i, k), PARAMS)


def spirals(lr, steps, starts=1):
    drawn = toy_data("spirals", 200, np.random.default_rng(0))
    ends = [train(*drawn, init_params(np.random.default_rng(seed)), lr, steps)[0] for seed in range(starts)]
    return 100 * np.median([accuracy(*drawn, end) for end in ends])


@pytest.mark.parametrize("cell", STATED)
def test_a_stated_number_is_right(cell):
    says(TEXTS.get(cell, TEACHERS), *(eval(f'f"{number}"') for number in STATED[cell]))


def test_00_what_a_straight_line_separates():
    """If any line does, then one through two of the points does."""
    separated = []
    for name in mlp_helpers.DATA_SETS:
        points, labels = toy_data(name, 200, np.random.default_rng(0))
        across = (points[:, None] - points)[~np.eye(200, dtype=bool)] @ [[0, 1], [-1, 0]]
        beyond = points @ across.T
        if (beyond[labels == 0].max(axis=0) <= beyond[labels == 1].min(axis=0) + 1e-12).any():
            separated.append(name)
    assert separated == ["blobs"] and "Only the blobs." in TEXTS["00-11"]


def test_04_pytorch_at_a_corner():
    torch = pytest.importorskip("torch")
    ways = [torch.relu, lambda a: torch.maximum(a, torch.zeros_like(a)), lambda a: torch.clamp(a, min=0)]
    corner = [torch.zeros(1, requires_grad=True) for _ in ways]
    for way, a in zip(ways, corner, strict=True):
        way(a).sum().backward()
    assert re.findall(r"takes ([\d.]*\d)", TEXTS["04-08"]) == [f"{a.grad.item():g}" for a in corner]


def test_06_along_two_weights():
    line = np.linspace(-4, 8, 1201)
    first, second = ([loss(X, y, PARAMS._replace(W2=moved(PARAMS.W2, (0, j), w))) for w in line] for j in (5, 4))
    says(TEXTS["06-30"], f"{line[np.argmin(first)]:.2f}")
    assert (np.diff(second) < 0).all()


def test_07_a_rate_of_100():
    far, history = train(X200, y200, train(X200, y200, PARAMS, 0.5, 100)[0], 100.0, 6)
    says(TEXTS["07-46"], f"{history.loss[0]:.2f}", f"{history.loss[1]:.2f}", f"{history.loss[6]:.0f}")
    says(TEXTS["07-46"], f"{history.loss[2]:.0f}", *(f"{value:,.0f}" for value in history.loss[3:5]))
    dead = ~(forward(X200, far).H > 0).any(axis=0)
    says(TEXTS["07-46"], f"{dead.sum()} of the 16 units are dead")
    jumps = train(X200, y200, far, 100.0, 60)[1].loss
    says(TEXTS["07-46"], f"between {np.floor(jumps.min()):.0f} and {np.ceil(jumps.max()):.0f}")


def test_07_lengths_of_gradients():
    lengths = [np.linalg.norm(GRADS200.G_W1)]

    def keep(_, now):
        lengths.append(np.linalg.norm(backward(X200, y200, now).G_W1))

    assert (np.diff(train(X200, y200, PARAMS, 0.5, 500, keep)[1].loss) < 0).all()
    low, high = np.argmin(lengths[:150]), 50 + np.argmax(lengths[50:])
    says(TEXTS["07-46"], f"from {lengths[0]:.2f} to {lengths[low]:.3f} at step {low}")
    says(TEXTS["07-46"], f"to {lengths[high]:.3f} at step {high}")


def test_07_overfitting():
    few = toy_data("moons", 30, np.random.default_rng(2), noise=0.4)
    fresh = toy_data("moons", 1000, np.random.default_rng(99), noise=0.4)
    losses = [loss(*fresh, PARAMS)]
    late = train(*few, PARAMS, 0.5, 2000, lambda _, now: losses.append(loss(*fresh, now)))[0]
    best = np.argmin(losses)
    says(TEXTS["07-68"], f"{losses[0]:.2f} to {losses[best]:.2f} at step {best}", f"{losses[-1]:.2f}")
    early = train(*few, PARAMS, 0.5, best)[0]
    assert accuracy(*fresh, late) < accuracy(*fresh, early) and accuracy(*few, early) < accuracy(*few, late) == 1


def test_08_wrong_loops_that_train():
    found = {loop.name: examine_loop(loop, X200, y200, PARAMS).accuracy for loop in LOOPS}
    good = sum(found[loop.name] >= 0.9 for loop in LOOPS if loop.name != RIGHT_LOOP.name)
    numbers = ["no", "one", "two", "three", "four"]
    assert f"{numbers[good]} of the eight wrong loops end at 90 % or more" in TEXTS["08-71"].lower()
    (piled_up,) = (name for name in found if "set back" in name)
    assert found[piled_up] > found[RIGHT_LOOP.name]


def test_the_page_for_teachers():
    assert len(MINUTES) == len(PATHS) and 6.75 <= sum(MINUTES.values()) / 60 <= 7.25
    lectures = re.findall(r"^\| ([12]) \| \d\d \| (\d+) \|", TEACHERS, flags=re.M)
    assert [sum(int(n) for which, n in lectures if which == lecture) for lecture in "12"] == [90, 90]


def test_the_exam_question_by_hand():
    found = re.findall(r"`(\w+)` = (\[[-\d., \[\]]*\])", TEACHERS)
    stated = {name: np.array(ast.literal_eval(text), float) for name, text in found}
    G_Z = (stated["P"] - np.eye(2)[stated["y"].astype(int)]) / 2
    right = {"G_Z": G_Z, "G_W2": G_Z.T @ stated["H"], "G_b2": G_Z.sum(axis=0), "G_H": G_Z @ stated["W2"]}
    assert all(np.allclose(stated[name], value, atol=1e-8) for name, value in right.items())
