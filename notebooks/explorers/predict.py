"""Predict, then see: a change waits until the learner has said what it will do."""

from collections.abc import Callable
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np

from explorers import arrange
from explorers.base import Explorer
from explorers.views.words import Said, Words

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


def change_question(text, size, why, answers=("smaller", "the same", "larger")):
    """Ask whether size(values) is smaller, the same or larger after the change."""

    def truth(before, now):
        change = float(size(now)) - float(size(before))
        return answers[1 + int(np.sign(change)) * (abs(change) > 1e-12)]

    return Question(answers, text, truth, why)


def closer_question(text, value, why):
    """Ask whether value(values) is closer to 0 after the change, or farther from it."""
    answers = ("closer to 0", "as far from 0", "farther from 0")
    return change_question(text, lambda values: abs(value(values)), lambda before, now: why(), answers)


def rows_question(symbol, example):
    """Ask which rows of a matrix change; example() is the chosen one."""
    answers = ("none", "only the chosen example's", "all", "some")

    def rows(before, now):
        return np.flatnonzero((np.abs(now[symbol] - before[symbol]) > 1e-12).any(axis=1)).tolist()

    def truth(before, now):
        found = rows(before, now)
        known = {(): "none", (example(),): answers[1], tuple(range(len(now[symbol]))): "all"}
        return known.get(tuple(found), "some")

    def why(before, now):
        return f"Rows of {symbol} that changed: {', '.join(map(str, rows(before, now))) or 'none'}."

    return Question(answers, lambda: f"which rows of {symbol} change", truth, why)


def loss_question():
    """Ask where the loss goes; the gradient before the change foretells it, for a small change of numbers."""

    def why(before, now):
        way = f"The loss went from {before['loss']:.4f} to {now['loss']:.4f}."
        if not np.array_equal(before["y"], now["y"]):
            return f"{way} A label changed, so the loss now asks for the probability of the other class."
        foretold = sum(
            (before[f"G_{name}"] * (now[name] - before[name])).sum() for name in ("X", "W1", "b1", "W2", "b2")
        )
        return f"{way} The gradient foretold {foretold:+z.4f}: slope times change, which is good for small changes."

    return change_question(lambda: "what does the loss do", lambda values: values["loss"], why, LOSS)


class Predictor:
    """The controls of an explorer for predictions; `.tally` counts them, as [right, all].

    While a change waits, the explorer's state is the one on the screen, and `.waiting` is the other. What to look at
    can be chosen meanwhile, and the sliders say what waits.
    """

    def __init__(self, explorer, questions):
        self.explorer, self.questions = explorer, questions
        self.waiting, self.acted_on, self.verdict, self.tally = None, None, None, [0, 0]
        first = next(iter(questions.values()))
        self.asked = widgets.Dropdown(options=list(questions), description="predict")
        self.answer = widgets.Dropdown(options=first.answers, description="answer")
        explorer.add_control("question", self.asked, self._choose, resets=False)
        explorer.add_control("answer", self.answer, resets=False)
        show = explorer.add_button("show", "Show me", self._judge)
        box = widgets.Checkbox(False, description="Predict first", indent=False)
        self.on = explorer.add_control("predict", box, self._switch, resets=False)
        said = Said()
        explorer._sent_together.append(said.widget)
        self.note = explorer.views["prediction"] = said.add(Words())
        self.widget = arrange.box("predict", arrange.line("ask", self.asked, self.answer, show), said.widget)
        self._switch(False)

    def _switch(self, on):
        self.verdict = None
        self.widget.layout.display = None if on else "none"

    def _choose(self, name):
        self.answer.options = self.questions[name].answers

    def holds(self, before, rescale):
        """Keep a change of the network or the batch from the screen, where a prediction is due, and show what is."""
        explorer = self.explorer
        if not self.on.value or rescale:
            self.waiting = None
            if rescale:
                self.verdict = None
            return False
        changed = explorer.state
        is_new = not changed.same(self.acted_on)
        if not (is_new or self.waiting):
            return False
        explorer.compute()  # a state that cannot be shown is an error now, and not later
        self.waiting, self.verdict = changed, None if is_new else self.verdict
        explorer.sync()
        explorer.state = before
        explorer.compute()
        explorer.show()
        return True

    def _judge(self):
        """Compare the prediction with the truth, and let the change be seen."""
        if not self.waiting:
            return
        explorer, question = self.explorer, self.questions[self.asked.value]
        before = explorer.values
        explorer.compute()
        truth = question.truth(before, explorer.values)
        right = truth == self.answer.value
        self.tally = [self.tally[0] + right, self.tally[1] + 1]
        why = question.why(before, explorer.values)
        self.verdict, self.waiting = f"{'Right' if right else 'Not this time'}: {truth}. {why}", None

    def show(self):
        """Say what is to be predicted, or what came of it."""
        self.note.show(self._lines())

    def _lines(self):
        if not self.on.value:
            return []
        tally = f"Predictions: {self.tally[0]} of {self.tally[1]} right."
        if self.waiting:
            text = self.questions[self.asked.value].text()
            return [f"A change is waiting. After it: {text}? Choose an answer and press Show me.", tally]
        return [self.verdict or "Change something. It will wait for your prediction.", tally]


class PredictingExplorer(Explorer):
    """An explorer in which a change can wait for a prediction."""

    def questions(self):
        """What a learner can predict of a change, name → Question: the loss, if an explorer says no more."""
        return {"loss": loss_question()}

    def add_predictions(self):
        """Make the controls for predictions; return the box that turns them on."""
        self.predictor = Predictor(self, self.questions())
        return self.predictor.on

    def acted_on(self):
        self.predictor.acted_on = self.predictor.waiting or self.state
        return self.predictor.acted_on

    def react(self, before, rescale):
        if not self.predictor.holds(before, rescale):
            super().react(before, rescale)
        self.predictor.show()
