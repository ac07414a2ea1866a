"""What can be said of a wrong answer: its shape, its parts, its direction; and of a function that failed."""

import traceback

import numpy as np


def same(answer, wrong, right, noise=0.0):
    """Whether answer has the shape and the values of wrong, up to a millionth of the largest entry, or to noise."""
    if answer.shape != wrong.shape:
        return False
    return bool(np.abs(answer - wrong).max() <= max(1e-6 * np.abs(wrong).max(), 1e-6 * np.abs(right).max(), noise))


def what_is_true(name, answer, right):
    """Say what holds of a wrong answer that fits no known mistake."""
    if answer.shape != right.shape:
        return about_shape(name, answer, right)
    if not np.isfinite(answer).all():
        place = tuple(map(int, np.argwhere(~np.isfinite(answer))[0]))
        at = f" at {list(place)}" if place else ""
        return f"{name} has {answer[place]}{at}. Look for a division by 0, or an exp that overflows."
    if not answer.any():
        return f"{name} is 0 everywhere. Has a line not run, or was the array never filled?"
    if not right.any():
        return f"{name} should be 0 everywhere for this batch and these parameters. {_worst(answer, right)}"
    length = np.abs(answer).max()
    factor = length * float((answer / length * right).sum() / (right**2).sum())
    if right.ndim and abs(factor - 1) >= 1e-3 and same(answer, factor * right, factor * right):
        return f"{name} is {_times(factor)}"
    direction = _about_direction(answer, right, name.startswith(("G_", "The")))
    parts = (_about_parts(answer, right), direction, _worst(answer, right))
    return f"{name} is not right yet. {''.join(parts)}"


def _times(factor):
    if abs(factor + 1) < 1e-3:
        return "minus the right one: the length is right, and the sign is flipped."
    if factor < 0:
        return f"the right one with its sign flipped, and times {-factor:.4g}. Look for a sign and a factor."
    return f"the right one times {factor:.4g}: the direction is right, the length is not. Look for a factor."


def both_shapes(name, answer, right):
    """Say the shape of an answer, and the right one."""
    return f"{name} has shape {answer.shape}, expected {right.shape}."


def about_shape(name, answer, right):
    """Say what the shape of an answer tells of it."""
    text = both_shapes(name, answer, right)
    if answer.size == right.size and same(answer.reshape(right.shape), right, right):
        return f"{text} The numbers are right and in order; only the shape is not."
    if answer.shape == right.shape[::-1]:
        return f"{text} The two axes look swapped: is a transpose missing, or one too many?"
    if answer.ndim != right.ndim:
        if right.ndim == 0:
            return f"{text} It should be one number: is a sum or a mean missing?"
        axes = "1 axis" if right.ndim == 1 else f"{right.ndim} axes"
        return f"{text} It should have {axes}, and has {answer.ndim}: over which axis do you sum?"
    wrong = [axis for axis in range(right.ndim) if answer.shape[axis] != right.shape[axis]]
    return f"{text} Look at axis {', '.join(map(str, wrong))}."


def _about_parts(answer, right):
    """Say which entries are right, if there is a pattern."""
    close = np.abs(answer - right) <= 1e-6 * np.abs(right).max()
    if not close.any():
        return ""
    if (close == (right != 0)).all():
        return "It is right except where the right answer is 0, as for inactive units: is the mask applied? "
    for axis, word in enumerate(("row", "column") if right.ndim > 1 else ("entry",) * right.ndim):
        good = close.all(axis=tuple(other for other in range(right.ndim) if other != axis))
        if good.any():
            listed = ", ".join(map(str, np.flatnonzero(good)[:8]))
            words = word if good.sum() == 1 else {"entry": "entries"}.get(word, f"{word}s")
            return f"It is right in {words} {listed}{', …' if good.sum() > 8 else ''}, and wrong in the others. "
    return f"{close.sum()} of {close.size} entries are right. "


def _about_direction(answer, right, is_gradient):
    length, error = np.abs(answer).max(), np.abs(answer - right).max() / np.abs(right).max()
    if error < 1e-2:
        of = " of the largest entry" if right.ndim else ""
        return f"It is off by a part in {1 / error:.0f}{of}: was something rounded on the way? "
    if not right.ndim or not is_gradient:
        return ""
    cosine = float((answer / length * right).sum() / np.sqrt(((answer / length) ** 2).sum() * (right**2).sum()))
    return f"Its direction is {'nearly right' if cosine > 0.99 else 'wrong'}. "


def _worst(answer, right):
    place = tuple(map(int, np.unravel_index(np.abs(answer - right).argmax(), right.shape)))
    came, want = f"{answer[place]:z.4g}", f"{right[place]:z.4g}"
    if came == want:
        came, want = f"{answer[place]:z.9g}", f"{right[place]:z.9g}"
    at = f"The largest difference is at {list(place)}:" if place else "It is"
    return f"{at} {came}, where {want} is right."


def said(error):
    """Say an exception as Python does, with a hint where its words are NumPy's own."""
    try:
        text = str(error)
    except Exception:  # an exception class of the learner's own
        text = ""
    hint = ""
    if isinstance(error, ValueError) and "mismatch in its core dimension" in text:
        hint = " (The last axis on the left must be as long as the first on the right: is a transpose missing, or one too many?)"
    return type(error).__name__ + (f": {text}{hint}" if text else "")


def line_of(error, function):
    """Say the last line of the learner's own code that ran."""
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is the checker's own
    first = frames[0].filename if frames else None  # for an object with __call__, or functools.partial
    own = getattr(getattr(function, "__code__", None), "co_filename", first)
    lines = [frame for frame in frames if frame.filename == own and frame.line]
    return f"\nin line {lines[-1].lineno}: {lines[-1].line}" if lines else ""
