"""The bug lab: a backward pass with one wrong line, or none, and what each detector says of it."""

import pickle
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np

import mlp_helpers as mlp
from checker import LINES, MISTAKES, Mistake, backward_with, run_lines
from explorers.base import Explorer, flow
from explorers.views.plane import Plane
from explorers.views.runs import Losses
from explorers.views.words import Facts

RUN_LENGTH, RATE = 200, 0.5
NINE = ("P", "G_Z", "G_W2", "G_b2", "G_H", "G_A1", "G_W1", "G_b1", "G_X")
SAME_STEP = {"M": "G_A1"}  # the mask belongs to the step that uses it

_WANTED = {
    "P": ("softmax over the examples",),
    "G_Z": (
        "1/N is missing",
        "1/N is in twice",
        "averaged over",
        "the sign",
        "an extra",
        "P without",
        "the labels",
        "only",
    ),
    "G_W2": ("A1 in", "reshape"),
    "G_b2": ("the bias is averaged",),
    "G_H": ("W2 is used after", "G_W2 in"),
    "M": ("the mask is made from the sign", "the mask is inverted"),
    "G_A1": ("the mask is missing", "multiplied by H"),
    "G_W1": ("reshape",),
    "G_b1": ("the bias is averaged",),
    "G_X": ("G_W1 in",),
}
BUGS = [bug for bug in MISTAKES if any(bug.name.startswith(start) for start in _WANTED.get(bug.symbol, ()))]
DECOYS = [
    Mistake("nothing", "G_Z", "P / N - Y / N"),
    Mistake("nothing", "G_W2", "np.einsum('ik,ij->kj', G_Z, H)"),
    Mistake("nothing", "G_A1", "np.where(H > 0, G_H, 0)"),
]
CASES = [(BUGS + DECOYS)[index] for index in np.random.default_rng(8).permutation(len(BUGS) + len(DECOYS))]


class Findings(NamedTuple):
    """What the detectors say of a backward pass; wrong_at lists the gradients that a check calls wrong."""

    shapes_fit: bool
    losses: list
    accuracy: float
    wrong_at_1: list
    wrong_at_12: list
    cosine: float
    ratio: float
    broken: list


def examine(bug, X, y, params):
    """Run every detector on a backward pass in which one line is the bug's; it learns from all of X, y."""
    backward = backward_with(bug, lr=RATE)
    small = X[:12], y[:12], params
    found, right = backward(*small), mlp.backward(*small)
    shapes_fit = all(np.shape(a) == np.shape(b) for a, b in zip(found, right, strict=True))
    losses, trained = _train(backward, X, y, params)
    at_1, at_12 = (_wrong(mlp.check_gradients(X[:n], y[:n], params, backward=backward)) for n in (1, 12))
    ours, true = (
        np.concatenate([getattr(b, f"G_{name}").ravel() for name in mlp.Params._fields]) for b in (found, right)
    )
    length, right_length = np.linalg.norm(ours), np.linalg.norm(true)
    return Findings(
        shapes_fit,
        losses,
        mlp.accuracy(X, y, trained),
        at_1,
        at_12,
        float(ours @ true / (length * right_length)) if length and right_length else 0.0,
        float(length / right_length) if right_length else 0.0,
        _broken(bug, *small),
    )


@np.errstate(over="ignore", invalid="ignore")
def _train(backward, X, y, params):
    """Train until the end, or until the numbers overflow; return the losses, and the last finite parameters."""
    losses, reached = [mlp.loss(X, y, params)], params
    try:
        for _ in range(RUN_LENGTH):
            params = mlp.sgd_step(reached, backward(X, y, reached), RATE)
            loss = mlp.loss(X, y, params)
            if loss == np.inf:
                break
            losses.append(loss)
            reached = params
    except ValueError:
        pass
    return losses, reached


def _wrong(report):
    return [name for name, check in report.items() if check.ok is False]


def _broken(bug, X, y, params):
    """Say what is wrong of the things that must always hold."""
    values = run_lines(X, y, params, bug, e=0, lr=RATE)
    off = values["G_A1"][values["A1"] <= 0]
    broken = {
        "the rows of P do not sum to 1": not np.allclose(values["P"].sum(axis=1), 1),
        "the rows of G_Z do not sum to 0": not np.allclose(values["G_Z"].sum(axis=1), 0),
        "an entry of G_Z is beyond ±1/N": np.abs(values["G_Z"]).max() > 1 / len(X) + 1e-12,
        "G_Z is not below 0 at the true label": bool((values["G_Z"][np.arange(len(X)), y] >= 0).any()),
        "G_A1 is not 0 where A1 ≤ 0": bool(off.any()),
    }
    return [what for what, true in broken.items() if true]


class BugLab(Explorer):
    def build(self):
        self.plane = self.views["plane"] = Plane(len(self.X), len(self.params.b1), self.scale)
        self.losses = self.views["losses"] = Losses(RUN_LENGTH, ("right backward pass", "this one"), self.scale)
        self.facts = self.views["detectors"] = Facts("What the detectors say")
        self.found, self.verdict, self.solved = {}, "", set()
        self.add_data_and_reset()
        steps = [("choose a step", ""), ("nothing is broken", "nothing")]
        labels = {"G_A1": "G_A1 and its mask M"}
        steps += [(f"{number}: {labels.get(name, name)}", name) for number, name in enumerate(NINE, start=1)]
        bug = self.add_control(
            "bug", widgets.Dropdown(options=self._numbers(), description="backward pass"), self._forget
        )
        guess = self.add_control("guess", widgets.Dropdown(options=steps, description="broken step"), self._forget)
        buttons = flow(self.add_button("check", "Check my answer", self._check), self.controls["reset"])
        left = widgets.VBox([self.controls["data"], bug, guess, buttons, self.words.widget])
        left.layout.width = f"{round(310 * self.scale) + 8}px"
        return [flow(left, self.losses.widget, self.plane.widget), self.facts.widget]

    @property
    def bug(self):
        return CASES[self.controls["bug"].value]

    def _forget(self, _):
        self.verdict = ""

    def _numbers(self):
        return [(f"number {case + 1}{' (solved)' if case in self.solved else ''}", case) for case in range(len(CASES))]

    def _choose_data(self, name):
        super()._choose_data(name)
        self.verdict = ""

    def _reset(self):
        super()._reset()
        self.verdict, self.solved = "", set()

    def sync(self):
        super().sync()
        with self._quietly():
            bug = self.controls["bug"]
            number, bug.options = bug.value, self._numbers()
            bug.value = number

    def _once(self, function, what):
        """function(what, X, y, params), computed once for each."""
        net = self.X, self.y, self.params
        key = function, what, pickle.dumps(net)
        if key not in self.found:
            self.found[key] = function(what, *net)
        return self.found[key]

    def _findings(self):
        return self._once(examine, self.bug)

    def _check(self):
        guess, bug = self.controls["guess"].value, self.bug
        truth = "nothing" if bug in DECOYS else SAME_STEP.get(bug.symbol, bug.symbol)
        if not guess:
            self.verdict = "Choose a step first, or that nothing is broken."
        elif guess == truth:
            self.solved.add(self.controls["bug"].value)
            self.verdict = f"Right! {self._tell()}"
        elif truth == "nothing":
            self.verdict = f"No. Every detector is silent: this line is another way to write the step. {self._tell()}"
        elif (guess, truth) == ("G_Z", "P"):
            self.verdict = (
                "No, the line of G_Z is right, but it was given a wrong P. The gradient check cannot see P, "
                "which is no gradient. Look at what must always hold."
            )
        elif (guess, truth) == ("P", "G_Z"):
            self.verdict = "No, P is right: its rows sum to 1, or the table would say so."
        elif guess == "nothing":
            self.verdict = f"No, something is broken. {self._hint()}"
        else:
            self.verdict = f"No, the step for {guess} is right. {self._hint()}"

    def _hint(self):
        if self._findings().wrong_at_12:
            return "Which is the first gradient that the check at N = 12 calls wrong?"
        return "With these numbers the mistake does no harm: take other data or parameters."

    def _tell(self):
        """Show the line, the mended line, and what gave it away."""
        bug, found = self.bug, self._findings()
        line = f"The line reads {bug.symbol} = {bug.line}."
        if bug in DECOYS:
            return f"{line} That is the same as {bug.symbol} = {LINES[bug.symbol]}."
        clues = [f"the check at N = 12 is first wrong at {name}" for name in found.wrong_at_12[:1]]
        if found.cosine > 0.999 and abs(found.ratio - 1) > 1e-3:
            clues.append(f"the direction is right, but the length is {found.ratio:.3g} times the right one")
        clues += found.broken
        return (
            f"{line} It should read {bug.symbol} = {LINES[bug.symbol]}: {bug.name.format(e=0, lr=RATE)}. "
            f"What gave it away: {'; '.join(clues) or 'nothing, since with these numbers it does no harm'}."
        )

    def frame(self):
        self.plane.set_limit(self.limit)

    def draw(self):
        found = self._findings()
        right_losses, _ = self._once(_train, mlp.backward)
        end = found.losses[-1]
        self.losses.show(
            f"Loss over {RUN_LENGTH} steps: {end:.4g} at the end, {right_losses[-1]:.3f} with the right backward pass.",
            (right_losses, found.losses),
            2 * max(1.0, right_losses[0]),
        )
        self.plane.show(f"The plane with {len(self.X)} points to learn.", self.X, self.y, None)
        self.facts.show(self._facts(found))

    def _facts(self, found):
        ending = "" if len(found.losses) > RUN_LENGTH else f", then the numbers overflow at step {len(found.losses)}"
        return {
            "Shapes": "all fit" if found.shapes_fit else "some do not fit",
            "Loss": f"{found.losses[0]:.4g} at the start, {found.losses[-1]:.4g} at the end{ending}",
            "Accuracy": f"{found.accuracy:.1%} after {len(found.losses) - 1} steps",
            "Gradient check, N = 1": _say_check(found.wrong_at_1),
            "Gradient check, N = 12": _say_check(found.wrong_at_12),
            "Direction": f"cosine {found.cosine:.3f} with the right gradient of the parameters, N = 12",
            "Length": f"{found.ratio:.3f} times the right one, N = 12",
            "What must always hold": "holds" if not found.broken else "; ".join(found.broken),
        }

    def describe(self):
        number = self.controls["bug"].value + 1
        solved = ", ".join(str(case + 1) for case in sorted(self.solved)) or "none yet"
        lines = [f"Backward pass {number} of {len(CASES)}. Solved: {solved}."]
        return [*lines, self.verdict] if self.verdict else lines

    def __repr__(self):
        return "\n".join([super().__repr__(), *(f"{name}: {fact}" for name, fact in self.facts.rows.items())])


def _say_check(wrong):
    return f"wrong: {', '.join(wrong)}" if wrong else "passes"


def bug_lab(X=None, y=None, params=None, scale=None):
    """Choose a backward pass, read what each detector says, and say which of the nine steps is broken, if any.

    X (N, 2) with N of 12 or more, y (N,) in {0, 1}, params with 2 inputs and 2 outputs; scale is that of set_scale.
    Raises ValueError, TypeError for a bad X, y, params or scale. Derivation, section 5.
    """
    if X is None and y is None:
        X, y = mlp.toy_data("moons", 200, np.random.default_rng(0))
    if np.ndim(X) == 2 and len(X) < 12:
        raise ValueError(f"X: expected 12 examples or more, got {len(X)}")
    return BugLab(X, y, params, scale)
