"""What can be said of a wrong answer: its shape, its parts, its size; and of a function that failed."""

import numpy as np

from checker.lines import FAILS


def same(answer, wrong, right=0.0, noise=0.0):
    """Whether answer has the shape and the values of wrong, up to a millionth of the largest entry, or to noise."""
    if answer.shape != wrong.shape or not np.isfinite(wrong).all():
        return False
    return bool(np.abs(answer - wrong).max() <= max(1e-6 * np.abs(wrong).max(), 1e-6 * np.abs(right).max(), noise))


def as_numbers(answer):
    """Return answer as an array of floats, or None if it is something else."""
    try:
        array = np.asarray(answer)
        return array.astype(float) if array.dtype.kind in "iufb" else None
    except FAILS:  # whatever a learner's object does when it is asked for numbers
        return None


def what_is_true(name, answer, right):
    """Say what holds of a wrong answer that fits no known mistake."""
    if answer.shape != right.shape:
        return about_shape(name, answer, right)
    if not np.isfinite(answer).all():
        place = tuple(map(int, np.argwhere(~np.isfinite(answer))[0]))
        at = f" at {list(place)}" if place else ""
        return f"{name} has {answer[place]}{at}. Look for a division by 0, or an exp that overflows."
    if not answer.any():
        return f"{name} is 0 everywhere. Has a line not run, or was the array never filled, or made for whole numbers?"
    if not right.any():
        return f"{name} should be 0 everywhere for this batch and these parameters. {_worst(answer, right)}"
    length = np.abs(answer).max()
    factor = length * float((answer / length * right).sum() / (right**2).sum())
    if right.ndim and abs(factor - 1) >= 1e-3 and same(answer, factor * right):
        what = "a factor" if factor > 0 else "a sign" if abs(factor + 1) < 1e-3 else "a sign and a factor"
        return f"{name} is the right one times {factor:.4g}. Look for {what}."
    error = np.abs(answer - right).max() / np.abs(right).max()
    off = f"It is off by a part in {1 / error:.0f}: was something rounded on the way? " if error < 1e-3 else ""
    return f"{name} is not right yet. {_about_parts(answer, right)}{off}{_worst(answer, right)}"


def both_shapes(name, answer, right):
    """Say the shape of an answer, and the right one."""
    return f"{name} has shape {answer.shape}, expected {right.shape}."


def about_shape(name, answer, right):
    """Say what the shape of an answer tells of it."""
    text = both_shapes(name, answer, right)
    if answer.size == right.size and same(answer.reshape(right.shape), right):
        return f"{text} The numbers are right and in order; only the shape is not."
    if answer.shape == right.shape[::-1]:
        return f"{text} The two axes look swapped: is a transpose missing, or one too many?"
    if answer.ndim != right.ndim:
        expected = ("be one number", "have 1 axis", "have 2 axes")[right.ndim]
        return f"{text} It should {expected}: is a sum missing, or one too many?"
    wrong = [axis for axis in range(right.ndim) if answer.shape[axis] != right.shape[axis]]
    return f"{text} Look at axis {', '.join(map(str, wrong))}."


def _about_parts(answer, right):
    """Say which entries are right, if there is a pattern; those that are 0 anyway say nothing."""
    close, counts = np.abs(answer - right) <= 1e-6 * np.abs(right).max(), right != 0
    if not (close & counts).any():
        return ""
    if (close == counts).all():
        return "It is right except where the right answer is 0, as for inactive units: is the mask applied? "
    for axis, word in enumerate(("row", "column") if right.ndim > 1 else ("place",) * right.ndim):
        others = tuple(other for other in range(right.ndim) if other != axis)
        good = np.flatnonzero(close.all(axis=others) & counts.any(axis=others))
        if len(good):
            some = ", ".join(map(str, good[:8])) + ", …" * (len(good) > 8)
            return f"It is right in {word}{'s' * (len(good) > 1)} {some}. "
    return ""


def about_rows(answer, right):
    """Say that the rows of a gradient sum to 0, as at the logits of softmax, if those of the answer do not."""
    sums = answer.sum(axis=-1)
    if right.ndim != 2 or np.abs(right.sum(axis=1)).max() > 1e-6 * np.abs(right).max():
        return ""
    if np.abs(sums).max() <= 1e-3 * np.abs(answer).max():
        return ""
    here = f"row 0 of yours sums to {short(sums[0])}"
    return f"Each row of the gradient should sum to 0, and {here}: is softmax's whole matrix in it?"


def short(number):
    """Return a number in few digits."""
    return f"{round(float(number), 6):z.4g}"


def _worst(answer, right):
    place = tuple(map(int, np.unravel_index(np.abs(answer - right).argmax(), right.shape)))
    digits = 4 if f"{answer[place]:.4g}" != f"{right[place]:.4g}" else 9
    came, want = (f"{numbers[place]:z.{digits}g}" for numbers in (answer, right))
    at = f"The largest difference is at {list(place)}:" if place else "It is"
    return f"{at} {came}, where {want} is right."


def said(error):
    """Say an exception as Python does, with a hint where its words are NumPy's own."""
    try:
        text = str(error)
    except Exception:  # an exception class of the learner's own
        text = ""
    hint = " (The last axis on the left must be as long as the first on the right.)"
    return type(error).__name__ + f": {text}" * bool(text) + hint * ("mismatch in its core dimension" in text)
