"""Training: each parameter moves a little against its gradient, again and again."""

from typing import NamedTuple

import ipywidgets as widgets
import numpy as np

import mlp_helpers as mlp
from explorers.arrange import box, line
from explorers.base import AS_GIVEN
from explorers.hands import within
from explorers.network import margin
from explorers.play import Playing
from explorers.predict import PredictingExplorer, change_question, loss_question
from explorers.views.plane import Plane
from explorers.views.runs import Run

LAST_STEP = 500
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
STARTS = {AS_GIVEN: 1.0, "random": 1.0, "all zeros": 0.0, "random, 10 × larger": 10.0}  # by what they are multiplied


class Step(NamedTuple):
    """The parameters after a step, what they give on all points, and the settings that led there."""

    params: mlp.Params
    loss: float
    right: float
    norms: list
    settings: tuple | None


class Path(NamedTuple):
    """A training run: the batch, every Step so far, and whether the numbers overflow at the next."""

    X: np.ndarray
    y: np.ndarray
    steps: tuple
    overflows: bool = False


class TrainingExplorer(Playing, PredictingExplorer):
    """`.path` holds every Step so far; `.params` are those of the step on the screen."""

    def build(self):
        self.plane = self.views["plane"] = Plane(self.scale)
        self.run = self.views["run"] = Run(LAST_STEP, [f"G_{name}" for name in mlp.Params._fields], self.scale)
        self.add_data_and_reset()
        N = len(self.X)
        sizes = [("all", N), *((str(size), size) for size in (64, 16, 4, 1) if size < N)]
        starts = widgets.Dropdown(options=[*STARTS], description="start from")
        seed = widgets.IntSlider(0, min=0, max=20, description="seed")
        rates = widgets.SelectionSlider(options=RATES, value=0.5, description="learning rate")
        step = widgets.IntSlider(0, min=0, max=LAST_STEP, description="step")
        bar = line(
            "bar",
            self.controls["data"],
            self.add_control("start", starts, self._restart, rescale=True),
            self.add_control("batch", widgets.Dropdown(options=sizes, description="batch size")),
            *self.add_play(0, LAST_STEP, by=5, pause=150),
            self.add_button("next", "One step", lambda: self._go_to(self.step + 1)),
            self.add_button("begin", "Back to step 0", self._go_back),
            self.controls["reset"],
            self.add_predictions(),
        )
        sliders = box(
            "sliders",
            self.add_control("step", step, self._go_to),
            self.add_control("lr", rates),
            self.add_control("seed", seed, self._restart, rescale=True),
        )
        self._restart()
        left = box("left", box("plane", self.plane.widget), box("under", sliders), self.predictor.widget)
        return [
            bar,
            line("body", left, box("right", self.run.widget)).add_class("bp-large"),
            line("said", self.said.widget),
        ]

    def questions(self):
        def right(values):
            return (values["Z"].argmax(axis=1) == values["y"]).mean()

        return {
            "loss": loss_question(),
            "accuracy": change_question(
                lambda: f"is the network right on more of the {len(self.X)} points",
                right,
                lambda before, now: f"It was right on {right(before):.1%}, and is on {right(now):.1%}.",
                ("on fewer", "on as many", "on more"),
            ),
            "dead units": change_question(
                lambda: "how many units are dead for all points",
                lambda values: (~values["M"].any(axis=0)).sum(),
                lambda before, now: self.say_dead(),
                ("fewer", "as many", "more"),
            ),
        }

    # the path

    def _settings(self):
        return self.controls["lr"].value, self.controls["batch"].value

    @property
    def path(self):
        with self._lock:
            return self.state.path.steps

    @property
    def step(self):
        return self.state.step

    def prepare(self):
        """A batch or parameters that code has put there begin a new path."""
        if self.state.path and not self._is_on_path():
            self._begin(self.params)

    def _is_on_path(self):
        X, y, steps, _ = self.state.path
        same = zip((self.X, self.y, *self.params), (X, y, *steps[self.step].params), strict=True)
        return all(np.array_equal(now, then) for now, then in same)

    def _begin(self, params):
        first = self._measured(mlp.Params(*(np.array(value) for value in params)), None)
        self.state.path = Path(self.X.copy(), self.y.copy(), (first,))
        self._go_to(0)
        self.stop()

    def _go_back(self):
        self._go_to(0)
        self.stop()

    def _restart(self, _=None):
        """Begin a new path, at step 0, as the controls say."""
        start, rng = self.controls["start"].value, np.random.default_rng(self.controls["seed"].value)
        params = self._given.params if start == AS_GIVEN else mlp.init_params(rng, n_hidden=len(self.params.b1))
        self._begin([STARTS[start] * value for value in params])

    def _choose_data(self, name):
        super()._choose_data(name)
        self._restart()

    def _reset(self):
        super()._reset()
        self._restart()

    def _go_to(self, step):
        """Show a step. On the way forward, steps not known, or made with other settings, are computed."""
        path, settings, step, overflows = [*self.path], self._settings(), min(step, LAST_STEP), False
        for number in range(self.step + 1, step + 1):
            if number < len(path) and path[number].settings != settings:
                del path[number:]
            if number == len(path):
                try:
                    path.append(self._measured(self._one_step(path[-1].params, number, *settings), settings))
                except ValueError:
                    step, overflows = number - 1, True
                    break
        self.state.path = self.state.path._replace(steps=tuple(path), overflows=overflows)
        self.state.step = step
        self.params = mlp.Params(*(value.copy() for value in path[step].params))

    def _one_step(self, params, number, lr, size):
        rows = slice(None)
        if size < len(self.X):
            rng = np.random.default_rng([self.controls["seed"].value, number])
            rows = rng.choice(len(self.X), size, replace=False)
        with np.errstate(over="ignore", invalid="ignore"):
            return mlp.sgd_step(params, mlp.backward(self.X[rows], self.y[rows], params), lr)

    def _measured(self, params, settings):
        """Measure a step on all points; raises ValueError where the numbers overflow."""
        cache = mlp.forward(self.X, params)
        grads = mlp.backward(self.X, self.y, params, cache)
        norms = [float(np.linalg.norm(getattr(grads, f"G_{name}"))) for name in params._fields]
        right = float((cache.Z.argmax(axis=1) == self.y).mean())
        return Step(params, mlp.cross_entropy(cache.Z, self.y), right, norms, settings)

    def touch_step(self, s=None):
        """Go to a step."""
        if s is not None:
            self._go_to(round(within("step", s, 0, LAST_STEP)))

    # what is shown

    def sync(self):
        super().sync()
        with self._quietly():
            self.controls["step"].value = self.step

    def set_scales(self):
        self.plane.set_edge(self.edge)
        self.run.set_top(1.5 * max(1.0, self.path[0].loss))

    def draw(self):
        alt = f"The plane with {len(self.X)} points, the class regions and the decision boundary. {self.say_step()}"
        self.plane.show(alt, self.X, self.y, params=self.params, margin=margin)
        alt = f"Loss, accuracy and gradient lengths along the run. {self.say_step()}"
        known = self.path[: self.step + 1] if self.predictor.waiting else self.path
        losses, rights, norms = ([getattr(step, part) for step in known] for part in ("loss", "right", "norms"))
        self.run.show(alt, losses, rights, norms, self.step)

    def say_step(self):
        now = self.path[self.step]
        return f"Step {self.step}: loss {now.loss:.4f}, right on {now.right:.1%} of {len(self.X)} points."

    def say_dead(self):
        dead = (~self.values["M"].any(axis=0)).sum()
        return f"Dead for all points: {dead} of {len(self.params.b1)} units."

    def say(self):
        end = (
            " At the next step the numbers overflow: the learning rate is too large."
            if self.state.path.overflows
            else ""
        )
        return f"{self.say_step()} {self.say_dead()}{end}"

    def describe(self):
        lr, _ = self._settings()
        norms = ", ".join(
            f"G_{name} {norm:.4f}" for name, norm in zip(mlp.Params._fields, self.path[self.step].norms, strict=True)
        )
        return [
            f"Learning rate {lr}, batch size {self.controls['batch'].label}.",
            f"Lengths of the gradients on all {len(self.X)} points: {norms}.",
        ]


def training_explorer(X=None, y=None, params=None, scale=None):
    """Watch θ ← θ − lr · ∂L/∂θ, step by step: the boundary, the loss, the accuracy, the gradients' lengths.

    X (N, 2), y (N,) in {0, 1}, params with 2 inputs and 2 outputs; scale is that of set_scale, unless given.
    Raises ValueError, TypeError for a bad X, y, params or scale. Derivation, section 5.
    """
    if X is None and y is None:
        X, y = mlp.toy_data("moons", 200, np.random.default_rng(0))
    return TrainingExplorer(X, y, params, scale)
