"""The verdict on an answer: run it, compare it, and say what is wrong."""

import contextlib
import io
import warnings
from typing import NamedTuple

import numpy as np

import mlp_helpers as mlp
from checker.judging import fault_in, fault_of, fresh_batches, noise_of
from checker.lines import FAILS, LINES, run_lines
from checker.our_edits import said_of_array
from checker.their_code import Theirs
from checker.their_diagnosis import explained
from checker.words import about_rows, as_numbers, said, same, short, what_is_true
from mlp_helpers import describe


class Answer(NamedTuple):
    """What a check found: correct is True, False, or None when not attempted; diagnosis says it in words.

    True only when correct, so that `assert check_answer(...)` fails for a wrong answer.
    """

    correct: bool | None
    diagnosis: str

    def __bool__(self):
        return self.correct is True

    def __repr__(self):
        return self.diagnosis


NOT_ATTEMPTED = Answer(
    None, "Not attempted yet. Put your answer in the place of the three dots, and run the cell again."
)


@np.errstate(all="ignore")  # a learner's numbers may overflow
def check_answer(name, answer, X, y, params):
    """Say whether an answer is the gradient or value that the derivation calls name, and if not, what went wrong.

    name is a symbol in LINES, or "backward". answer is an array; or a function, which is run on this batch and on
    three fresh ones, with the symbols that it names as its arguments, as in f(G_Z, H); "backward" is a function
    of X, y, params that returns a Backward. X (N, n_in), y (N,), params → Answer.
    Raises ValueError, TypeError for a bad name, X, y or params; never for what the learner did.
    """
    if not isinstance(name, str):
        raise TypeError(f"name: expected one of {', '.join(LINES)}, backward, got {describe(name)}")
    if name not in LINES and name != "backward":
        raise ValueError(f"name: expected one of {', '.join(LINES)}, backward, got {name!r}")
    mlp.loss(X, y, params)
    if answer is None or answer is ...:
        return NOT_ATTEMPTED
    if not callable(answer):
        if name == "backward":
            return Answer(False, f"backward: expected a function of X, y, params, got {describe(answer)}.")
        fault = fault_in(name, answer, run_lines(X, y, params), noise_of(name, (X, y, params)))
        return Answer(False, said_of_array(fault, (X, y, params))) if fault else Answer(True, "Correct.")
    batches = [(X, y, params), *fresh_batches(name, params)]
    faults = ((number, fault_of(name, answer, batch)) for number, batch in enumerate(batches))
    number, fault = next((found for found in faults if found[1]), (0, None))
    if fault is None:
        return Answer(True, f"Correct, on {len(batches)} different batches.")
    right = f"{', '.join(fault.before)}: right. " if fault.before else ""
    if fault.kind == "dots":
        return Answer(None, f"{right}{fault.name}: not attempted yet.") if fault.before else NOT_ATTEMPTED
    kind = {2: ", ReLU at exactly 0 among them", 3: " and logits in the millions" * (name == "loss")}.get(number, "")
    fresh = f"a fresh one of {len(batches[number][0])} examples{kind}"
    where = f"Right on your batch, but not on {fresh}. There: " * (number > 0)
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
            text = explained(answer, name, fault, batches, number)
    except FAILS:  # a learner's code can do what no one thought of
        text = f"{fault.name} is not right yet. {said(fault.error) if fault.error else ''}".strip()
    return NOT_ATTEMPTED if text is None else Answer(False, where + right + text)


@np.errstate(all="ignore")
def check_slopes(answer, f, array):
    """Say whether an answer is the gradient of the function f at array, measured by differences.

    f takes an array and returns a number; answer is an array, or a function that takes array and returns one → Answer.
    For gradients that are not in the derivation.
    At a kink of f, every slope from that on its left to that on its right is one.
    Raises ValueError, TypeError for a bad f or array; never for what the learner did.
    """
    left, right = mlp.one_sided_slopes(f, array, step=1e-6)
    if callable(answer):
        begun = Theirs(answer).is_begun
        try:
            answer = answer(np.array(array, float))
        except FAILS as error:
            return Answer(False, f"Your function raised {said(error)}.")
        if answer is None and begun:
            return Answer(False, "Your function returns nothing: end it with return.")
    if answer is None or answer is ...:
        return NOT_ATTEMPTED
    numbers = as_numbers(answer)
    if numbers is None:
        return Answer(False, f"Expected an array of numbers, got {describe(answer)}.")
    # Rounding moves f by about 1e-15 of the numbers inside it, and a slope over the step by about 1e-9 of them.
    noise = 1e-8 * max(1.0, abs(float(f(np.array(array, float)))))
    middle, nearest = (left + right) / 2, _between(numbers, left, right)
    if same(numbers, nearest, middle, noise):
        return Answer(True, "Correct: it agrees with the measured slopes.")
    if numbers.shape == left.shape and same(numbers.T, _between(numbers.T, left, right), middle, noise):
        return Answer(False, "The gradient is the right one, transposed. A square shape cannot tell you.")
    about_terms = _about_terms(numbers, f, np.array(array, float), middle)
    return Answer(False, about_terms or what_is_true("The gradient", numbers, nearest))


def _about_terms(numbers, f, array, right):
    """Say which term of f has a wrong factor in its gradient, or none."""
    if numbers.shape != right.shape or not numbers.any() or not np.isfinite(numbers).all():
        return ""
    if same(numbers, (numbers * right).sum() / (right**2).sum() * right, right):
        return ""
    above, offset = array > 0, (numbers - right).mean()
    if right.size > 2 and same(numbers, right + offset, right):
        return f"The gradient is right, but that {short(offset)} is added everywhere."
    terms = {"what stands where the array is above 0": right * above}
    terms["what stands where the array is not above 0"] = right * ~above
    with contextlib.suppress(*FAILS):  # f need not be defined there
        up, down = (np.mean(mlp.one_sided_slopes(f, at * array, step=1e-6), axis=0) for at in (1e4, -1e4))
        # Far off, a term that is bounded does not count.
        square = round(float(((up - down) * array).sum() / (2e4 * (array**2).sum())), 5)
        terms[f"the term of {square:.4g} times the array"] = square * array
        terms[f"what stands beside the term of {square:.4g} times the array"] = right - square * array
    for name, part in terms.items():
        more = float(((numbers - right) * part).sum() / (part**2).sum()) if part.any() else 0.0
        if right.size > 2 and same(numbers, right + more * part, right):
            return f"The gradient is right, but for {name}, which is taken times {short(1 + more)}."
    return about_rows(numbers, right)


def _between(numbers, left, right):
    """Return the slopes nearest to numbers, from those on the left to those on the right."""
    if numbers.shape != left.shape:
        return (left + right) / 2
    return np.clip(numbers, np.minimum(left, right), np.maximum(left, right))
