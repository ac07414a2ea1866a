"""The bug lab: a backward pass or a training loop in which something is wrong, or nothing, to be found by detectors."""

import pickle

import ipywidgets as widgets
import numpy as np

import mlp_helpers as mlp
from checker import LINES
from checker.symbols import STEPS
from explorers.arrange import box, line
from explorers.base import Explorer
from explorers.cases import DOUBLE, LOOPS, RIGHT_LOOP, SINGLE, lines_of, step_of, text_of
from explorers.detectors import RATE, RUN_LENGTH, examine, examine_loop, facts_of, facts_of_loop
from explorers.given import checked
from explorers.views.plane import Plane
from explorers.views.runs import Losses
from explorers.views.words import Facts

CASES = {
    "which step is broken": SINGLE,
    "detectors cost: ask few": SINGLE,
    "the line, too": SINGLE,
    "two mistakes at once": DOUBLE,
    "the training loop": LOOPS,
}
ONE, COST, LINE, TWO, LOOP = LEVELS = tuple(CASES)
ASKED = {ONE: ["guess"], COST: ["guess"], LINE: ["guess", "line"], TWO: ["guess", "second"], LOOP: ["loop"]}
NONE = {"guess": "choose a step", "line": "choose a line", "second": "a second step", "loop": "choose what is wrong"}


class BugLab(Explorer):
    """At each level all cases can be solved; `.fewest` has the fewest questions that solved one."""

    def build(self):
        self.plane = self.views["plane"] = Plane(self.scale)
        self.losses = self.views["losses"] = Losses(RUN_LENGTH, ("as it should be", "this one"), self.scale, width=300)
        self.facts = self.views["detectors"] = self.said.add(Facts("What the detectors say"))
        self.found, self.found_of = {}, None
        self._begin()
        self.add_data_and_reset()
        level = self.add_control("level", widgets.Dropdown(options=LEVELS, description="level"), self._change_level)
        bug = self.add_control("bug", widgets.Dropdown(options=self._numbers(), description="number"), self._forget)
        detector = self.add_control("detector", widgets.Dropdown(options=[*self._facts()], description="detector"))
        ask = self.add_button("ask", "Ask this detector", lambda: self.asked.add(detector.value))
        wrong = sorted(loop.name for loop in LOOPS if loop.name != RIGHT_LOOP.name)
        steps = [(f"{n}: {name}{' and its mask M' * (name == 'G_A1')}", name) for n, name in enumerate(STEPS, start=1)]
        loops = [("nothing is wrong", RIGHT_LOOP.name), *((name, name) for name in wrong)]
        answers = [
            self._choice("guess", "broken step", [("nothing is broken", "nothing"), *steps]),
            self._choice("second", "and", [("no second one", "nothing"), *steps]),
            self._choice("line", "its line", []),
            self._choice("loop", "mistake", loops),
            self.add_button("check", "Check my answer", self._check),
        ]
        bar = line("bar", level, bug, self.controls["data"], self.controls["reset"])
        left = box("left", box("plane", self.losses.widget), box("plane", self.plane.widget))
        right = box("right", line("bar", detector, ask, *answers), self.said.widget)
        return [bar, line("body", left, right)]

    def _choice(self, name, description, options):
        dropdown = widgets.Dropdown(options=[(NONE[name], ""), *options], description=description)
        return self.add_control(name, dropdown, self._answer)

    @property
    def level(self):
        return self.controls["level"].value if "level" in self.controls else ONE

    @property
    def case(self):
        """The wrong lines of the backward pass that is shown, or the training loop."""
        return CASES[self.level][self.controls["bug"].value if "bug" in self.controls else 0]

    @property
    def truth(self):
        """The broken steps, or what is wrong with the loop."""
        return {self.case.name} if self.level == LOOP else {step_of(bug) for bug in self.case} - {None}

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

    def _change_level(self, _):
        self.controls["bug"].options = self._numbers()
        self.controls["bug"].value = 0
        self._forget()

    def _numbers(self):
        solved = [(" (solved)" if (self.level, n) in self.solved else "") for n in range(len(CASES[self.level]))]
        return [(f"{n + 1}{mark}", n) for n, mark in enumerate(solved)]

    def _choose_data(self, name):
        super()._choose_data(name)
        self._forget()

    def touch_point(self, i, x1=None, x2=None):
        """Move example i: what the detectors say then, nobody has asked or answered yet."""
        super().touch_point(i, x1, x2)
        if x1 is not None:
            self._forget()

    def _reset(self):
        super()._reset()
        self._change_level(None)
        self._begin()

    def sync(self):
        super().sync()
        with self._quietly():
            self._offer("bug", self._numbers())
            self._offer(
                "line", [(NONE["line"], ""), *((line, line) for line in lines_of(self.controls["guess"].value))]
            )
        shown = {*ASKED[self.level], *(("detector", "ask") if self.level == COST else ())}
        for name in ("detector", "ask", *NONE):
            self.controls[name].layout.display = None if name in shown else "none"

    def _offer(self, name, options):
        """Let a dropdown have these options, and keep its value where it is one of them."""
        dropdown = self.controls[name]
        value, dropdown.options = dropdown.value, options
        values = [value for _, value in options]
        dropdown.value = value if value in values else values[0]

    # ------------------------------------------------ what is found

    def _once(self, function, what):
        """function(what, X, y, params), computed once for each, as long as the batch and the network stay."""
        net = self.X, self.y, self.params
        if (of := pickle.dumps(net)) != self.found_of:
            self.found, self.found_of = {}, of
        if (function, what) not in self.found:
            self.found[function, what] = function(what, *net)
        return self.found[function, what]

    def _findings(self, right=False):
        if self.level == LOOP:
            return self._once(examine_loop, RIGHT_LOOP if right else self.case)
        return self._once(examine, () if right else self.case)

    def _facts(self, right=False):
        found = self._findings(right)
        return facts_of_loop(found, self.params) if self.level == LOOP else facts_of(found)

    def _telling_detectors(self):
        """The detectors that say something else than they do of what is right."""
        right = self._facts(right=True)
        return [name for name, fact in self._facts().items() if fact != right[name] and name != "Training"]

    # ------------------------------------------------ the answer

    def _check(self):
        answers = [self.controls[name].value for name in ASKED[self.level]]
        if "" in answers and not (self.level == LINE and answers[0] == "nothing"):
            missing = ASKED[self.level][answers.index("")]
            self.verdict = f"Answer first: {NONE[missing]}."
            return
        chosen = {answer for answer in answers if answer != "nothing" or self.level == LOOP}
        truth = self.truth | ({text_of(bug) for bug in self.case if self.truth} if self.level == LINE else set())
        if self.level == LINE and not chosen & self.truth:
            chosen -= {self.controls["line"].value}  # a line of another step
        if chosen == truth:
            place = self.level, self.controls["bug"].value
            self.solved.add(place)
            if self.level == COST:
                self.fewest[place[1]] = min(self.questions, self.fewest.get(place[1], self.questions))
            self.verdict = f"Right! {self._tell()}"
        else:
            self.wrong += 1
            self.verdict = f"No. {self._hint(chosen, truth)}"

    def _hint(self, chosen, truth):
        if not self._telling_detectors():
            if self.truth and self.level != LOOP:
                return "With these numbers the mistake does no harm: take other data or parameters."
            return f"Every detector is silent: it is right, in other words. {self._tell()}"
        if self.level == LOOP:
            return "Look at step 1 first: is its direction right, and its length? Then at what step 2 does otherwise."
        if not chosen:
            return "Something is broken."
        if self.level == TWO:
            right = len(chosen & truth)
            return "Both are needed." if chosen < truth else f"{right or 'None'} of what you chose is broken."
        if chosen & self.truth:
            return "The step is right, but another line stands there: look at direction, length, and one example."
        if (chosen, self.truth) == ({"G_Z"}, {"P"}):
            return "The line of G_Z is right, but it was given a wrong P. What do the rows of P sum to?"
        if (chosen, self.truth) == ({"P"}, {"G_Z"}):
            return "P is right: its rows sum to 1."
        (guess,) = chosen & {*STEPS}
        return f"The step for {guess} is right. Which gradients are wrong, and what do all of them come from?"

    def _tell(self):
        """Show the lines, the right ones, and which detectors gave them away."""
        gave = (
            "; ".join(name.removesuffix(", N = 12") for name in self._telling_detectors())
            or "nothing, since with these numbers it does no harm"
        )
        if self.level == LOOP:
            step = "; ".join(self.case.lines)
            if self.case.name == RIGHT_LOOP.name:
                return f"Each step reads {step}. That is as it should be."
            return f"Each step reads {step}: {self.case.name}. What gave it away: {gave}."
        if not self.truth:
            (bug,) = self.case
            return f"The line reads {text_of(bug)}. That is the same as {bug.symbol} = {LINES[bug.symbol]}."
        lines = [f"The line reads {text_of(b)}. It should read {LINES[b.symbol]}: {b.name}." for b in self.case]
        return " ".join([*lines, f"What gave it away: {gave}."])

    # ------------------------------------------------ what is shown

    def set_scales(self):
        self.plane.set_edge(self.edge)

    def draw(self):
        found, facts = self._findings(), self._facts()
        seen = self.asked if self.level == COST else facts
        right = self._findings(right=True).losses
        alt = f"Loss over {RUN_LENGTH} steps with rate {RATE}: {right[-1]:.3f} at the end as it should be"
        alt += (
            f", {found.losses[-1]:.4g} with this one." if "Training" in seen else ". Ask for the training of this one."
        )
        runs = (right, found.losses if "Training" in seen else found.losses[:1])
        self.losses.show(alt, runs, 2 * max(1.0, right[0]))
        self.plane.show(f"The plane with {len(self.X)} points to learn.", self.X, self.y)
        self.facts.show({name: fact if name in seen else "not asked" for name, fact in facts.items()})

    def say(self):
        what = "Training loop" if self.level == LOOP else "Backward pass"
        solved = ", ".join(str(n + 1) for level, n in sorted(self.solved) if level == self.level) or "none yet"
        parts = [f"{what} {self.controls['bug'].value + 1} of {len(CASES[self.level])}. Solved: {solved}."]
        if self.level == COST:
            best = ", ".join(f"number {case + 1} with {n}" for case, n in sorted(self.fewest.items())) or "none yet"
            parts.append(f"Questions: {self.questions}; a wrong answer counts as three. Fewest that solved it: {best}.")
        elif self.wrong:
            parts.append(f"Wrong answers: {self.wrong}.")
        return " ".join([*parts, self.verdict])

    def __repr__(self):
        with self._lock:
            return "\n".join([super().__repr__(), *(f"{name}: {fact}" for name, fact in self.facts.rows.items())])


def bug_lab(X=None, y=None, params=None, scale=None):
    """Choose a backward pass or a training loop, read what each detector says, and say what is broken, if anything.

    X (N, 2) with N of 12 or more, y (N,) in {0, 1}, params with 2 inputs and 2 outputs; scale is that of set_scale.
    Raises ValueError, TypeError for a bad X, y, params or scale. Derivation, section 5.
    """
    if X is None and y is None:
        X, y = mlp.toy_data("moons", 200, np.random.default_rng(0))
    X, y, params = checked(X, y, params)
    if len(X) < 12:
        raise ValueError(f"X: expected 12 examples or more, got {len(X)}")
    return BugLab(X, y, params, scale)
