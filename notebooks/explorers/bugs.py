"""The bug lab: a backward pass with one wrong line, or none, to be found from what the detectors say of it."""

import pickle

import ipywidgets as widgets
import numpy as np

import mlp_helpers as mlp
from checker import LINES
from explorers.base import Explorer, flow
from explorers.detectors import (
    CASES,
    DECOYS,
    KINDS,
    QUESTIONS,
    RATE,
    RUN_LENGTH,
    answers_of,
    examine,
    facts_of,
    kind_of,
    train_with,
)
from explorers.views.plane import Plane
from explorers.views.runs import Losses
from explorers.views.words import Facts

NINE = ("P", "G_Z", "G_W2", "G_b2", "G_H", "G_A1", "G_W1", "G_b1", "G_X")
SAME_STEP = {"M": "G_A1"}  # the mask belongs to the step that uses it

_, COST, KIND = LEVELS = "every detector speaks", "detectors cost: ask few", "the kind of mistake too"


class BugLab(Explorer):
    """At each level all backward passes can be solved; `.fewest` has the fewest questions that solved one."""

    def build(self):
        self.plane = self.views["plane"] = Plane(self.scale)
        self.losses = self.views["losses"] = Losses(RUN_LENGTH, ("right backward pass", "this one"), self.scale)
        self.facts = self.views["detectors"] = Facts("What the detectors say")
        self.found = {}
        self._begin()
        self.add_data_and_reset()
        steps = [("choose a step", ""), ("nothing is broken", "nothing")]
        labels = {"G_A1": "G_A1 and its mask M"}
        steps += [(f"{number}: {labels.get(name, name)}", name) for number, name in enumerate(NINE, start=1)]
        bug = self.add_control(
            "bug", widgets.Dropdown(options=self._numbers(), description="backward pass"), self._forget
        )
        guess = self.add_control("guess", widgets.Dropdown(options=steps, description="broken step"), self._answer)
        kinds = ["choose a kind", *KINDS]
        kind = self.add_control("kind", widgets.Dropdown(options=kinds, description="kind of mistake"), self._answer)
        level = self.add_control("level", widgets.Dropdown(options=LEVELS, description="level"), self._forget)
        detector = self.add_control("detector", widgets.Dropdown(options=QUESTIONS, description="detector"))
        ask = self.add_button("ask", "Ask this detector", lambda: self.asked.add(detector.value))
        buttons = flow(self.add_button("check", "Check my answer", self._check), self.controls["reset"])
        left = widgets.VBox([self.controls["data"], level, bug, detector, ask, guess, kind, buttons, self.words.widget])
        left.layout.width = f"{round(310 * self.scale) + 8}px"
        return [flow(left, self.losses.widget, self.plane.widget), self.facts.widget]

    @property
    def bug(self):
        return CASES[self.controls["bug"].value]

    @property
    def level(self):
        return self.controls["level"].value

    @property
    def questions(self):
        """How many were asked; a wrong answer counts as three, so that guessing does not win."""
        return len(self.asked) + 3 * self.wrong

    def _begin(self):
        self.solved, self.fewest = set(), {}
        self._forget()

    def _answer(self, _):
        self.verdict = ""

    def _forget(self, _=None):
        self.verdict, self.asked, self.wrong = "", set(), 0

    def _numbers(self):
        return [(f"number {case + 1}{' (solved)' if case in self.solved else ''}", case) for case in range(len(CASES))]

    def _choose_data(self, name):
        super()._choose_data(name)
        self._forget()

    def _reset(self):
        super()._reset()
        self._begin()

    def sync(self):
        super().sync()
        with self._quietly():
            bug = self.controls["bug"]
            number, bug.options = bug.value, self._numbers()
            bug.value = number
        shown = {"detector": self.level == COST, "ask": self.level == COST, "kind": self.level == KIND}
        for name, here in shown.items():
            self.controls[name].layout.display = None if here else "none"

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
            return
        if self.level == KIND and guess != "nothing" and self.controls["kind"].value not in KINDS:
            self.verdict = "Choose a kind of mistake too."
            return
        step_is_right = guess == truth
        kind_is_right = self.level != KIND or bug in DECOYS or self.controls["kind"].value == kind_of(bug)
        self.wrong += not (step_is_right and kind_is_right)
        if step_is_right and not kind_is_right:
            self.verdict = "The step is right, and the kind of mistake is another: look at length, direction and N = 1."
        elif step_is_right:
            case = self.controls["bug"].value
            self.solved.add(case)
            if self.level == COST:
                self.fewest[case] = min(self.questions, self.fewest.get(case, self.questions))
            self.verdict = f"Right! {self._tell()}"
        elif truth == "nothing":
            self.verdict = f"No. Every detector is silent: this line is another way to write the step. {self._tell()}"
        elif (guess, truth) == ("G_Z", "P"):
            self.verdict = (
                "No, the line of G_Z is right, but it was given a wrong P. The gradient check cannot see P, "
                "which is no gradient. Look at what must always hold."
            )
        elif (guess, truth) == ("P", "G_Z"):
            self.verdict = "No, P is right: its rows sum to 1."
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
        found, asking = self._findings(), self.level == COST
        facts = answers_of(found) if asking else facts_of(found)
        seen = self.asked if asking else facts
        right_losses, _ = self._once(train_with, mlp.backward)
        alt = f"Loss over {RUN_LENGTH} steps: {right_losses[-1]:.3f} at the end with the right backward pass"
        alt += f", {found.losses[-1]:.4g} with this one." if "Loss" in seen else ". Ask for the loss of this one."
        runs = (right_losses, found.losses if "Loss" in seen else found.losses[:1])
        self.losses.show(alt, runs, 2 * max(1.0, right_losses[0]))
        self.plane.show(f"The plane with {len(self.X)} points to learn.", self.X, self.y)
        self.facts.show({name: fact if name in seen else "not asked" for name, fact in facts.items()})

    def describe(self):
        number = self.controls["bug"].value + 1
        solved = ", ".join(str(case + 1) for case in sorted(self.solved)) or "none yet"
        lines = [f"Backward pass {number} of {len(CASES)}. Solved: {solved}."]
        if self.level == COST:
            best = ", ".join(f"number {case + 1} with {n}" for case, n in sorted(self.fewest.items())) or "none yet"
            lines.append(f"Questions: {self.questions}; a wrong answer counts as three. Fewest that solved it: {best}.")
        elif self.wrong:
            lines.append(f"Wrong answers: {self.wrong}.")
        return [*lines, self.verdict] if self.verdict else lines

    def __repr__(self):
        return "\n".join([super().__repr__(), *(f"{name}: {fact}" for name, fact in self.facts.rows.items())])


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
