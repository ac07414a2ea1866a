"""Predict, then see: a change waits until the learner has said what it will do."""

from collections.abc import Callable
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np

from explorers.views.words import Words

SIGNS = ("below 0", "exactly 0", "above 0")
LOSS = ("it falls", "it stays", "it rises")


class Question(NamedTuple):
    """What can be predicted of a change: its text, and which of the answers is true, and why.

    text is a function of nothing, truth and why are functions of the values by symbol, before and after.
    """

    answers: tuple
    text: Callable
    truth: Callable
    why: Callable


def sign_question(text, value, why):
    """Ask for the sign of value(values) after the change."""
    return Question(SIGNS, text, lambda before, now: SIGNS[int(np.sign(value(now))) + 1], lambda before, now: why())


def on_question(text, value, why):
    """Ask whether value(values) is on after the change."""
    answers = ("off", "on")
    return Question(answers, text, lambda before, now: answers[int(value(now))], lambda before, now: why())


def loss_question():
    """Ask where the loss goes; the gradient before the change foretells it, for a small change of numbers."""

    def truth(before, now):
        change = now["loss"] - before["loss"]
        return LOSS[int(np.sign(change)) + 1] if abs(change) > 1e-12 else LOSS[1]

    def why(before, now):
        way = f"The loss went from {before['loss']:.4f} to {now['loss']:.4f}."
        if not np.array_equal(before["y"], now["y"]):
            return f"{way} A label changed, so the loss now asks for the probability of the other class."
        foretold = sum(
            (before[f"G_{name}"] * (now[name] - before[name])).sum() for name in ("X", "W1", "b1", "W2", "b2")
        )
        return f"{way} The gradient foretold {foretold:+z.4f}: slope times change, which is good for small changes."

    return Question(LOSS, lambda: "what does the loss do", truth, why)


class Predictor:
    """The controls of an explorer for predictions; `.tally` counts them, as [right, all].

    While a change waits, the explorer's state is the one on the screen, and `.waiting` has the values of the other.
    What to look at can be chosen meanwhile, and the sliders say what waits.
    """

    def __init__(self, explorer, questions):
        self.explorer, self.questions = explorer, questions
        self.shown, self.waiting, self.verdict, self.tally = None, None, [], [0, 0]
        self.widget = widgets.VBox()
        if not questions:
            return
        first = next(iter(questions.values()))
        self.asked = widgets.Dropdown(options=list(questions), description="predict")
        self.answer = widgets.Dropdown(options=first.answers, description="answer")
        self.hidden = [
            explorer.add_control("question", self.asked, self._choose, resets=False),
            explorer.add_control("answer", self.answer, resets=False),
            explorer.add_button("show", "Show me", self._judge),
        ]
        box = widgets.Checkbox(False, description="Predict before I see", indent=False)
        self.on = explorer.add_control("predict", box, self._switch, resets=False)
        self.note = explorer.views["prediction"] = Words()
        self.widget.children = [box, *self.hidden, self.note.widget]
        self._switch(False)

    def _switch(self, on):
        self.verdict = []
        for control in self.hidden:
            control.layout.display = None if on else "none"

    def _choose(self, name):
        self.answer.options = self.questions[name].answers

    def resume(self):
        """Let the next change act on the one that waits; return what is shown meanwhile, if one waits."""
        if self.waiting:
            self.explorer.put(self.waiting)
            return self.shown

    def holds(self, reframe):
        """Keep a change of the network or the batch from the screen, where a prediction is due, and show what is."""
        explorer = self.explorer
        if not self.questions or not self.on.value or reframe:
            self.waiting = None
            if reframe:
                self.verdict = []
            return False
        if explorer.differs():
            self.shown = self.shown if self.waiting else explorer.values
            explorer.compute()
            self.waiting, self.verdict = explorer.values, []
        if not self.waiting:
            return False
        explorer.sync()
        explorer.put(self.shown)
        explorer.show()
        return True

    def _judge(self):
        """Compare the prediction with the truth, and let the change be seen."""
        if not self.waiting:
            return
        question, now = self.questions[self.asked.value], self.waiting
        truth = question.truth(self.shown, now)
        right = truth == self.answer.value
        self.tally = [self.tally[0] + right, self.tally[1] + 1]
        self.verdict = [f"{'Right' if right else 'Not this time'}: {truth}. {question.why(self.shown, now)}"]
        self.waiting = None

    def show(self):
        """Say what is to be predicted, or what came of it."""
        if self.questions:
            self.note.show(self._lines())

    def _lines(self):
        if not self.on.value:
            return []
        tally = f"Predictions: {self.tally[0]} of {self.tally[1]} right."
        if self.waiting:
            text = self.questions[self.asked.value].text()
            return [f"A change is waiting. After it: {text}? Choose an answer and press Show me.", tally]
        return [*(self.verdict or ["Change something. It will wait for your prediction."]), tally]
