"""What can be said of a wrong answer: its shape, its parts, its direction; and of a function that failed."""

import numpy as np

from checker.lines import FAILS

HINTS = {  # of NumPy's errors
    "mismatch in its core dimension": (
        "The last axis on the left must be as long as the first on the right: look at the transposes."
    ),
    "truth value of an array": (
        "max, if, and, or take one number at a time; np.maximum, np.where, & and | take a whole array."
    ),
}


def same(answer, wrong, right, noise=0.0):
    """Whether answer has the shape and the values of wrong, up to a millionth of the largest entry, or to noise."""
    if answer.shape != wrong.shape:
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
    """Say which entries are right, if there is a pattern; those that are 0 anyway say nothing."""
    close, counts = np.abs(answer - right) <= 1e-6 * np.abs(right).max(), right != 0
    if not (close & counts).any():
        return ""
    if (close == counts).all():
        return "It is right except where the right answer is 0, as for inactive units: is the mask applied? "
    for axis, word in enumerate(("row", "column") if right.ndim > 1 else ("entry",) * right.ndim):
        others = tuple(other for other in range(right.ndim) if other != axis)
        all_close = close.all(axis=others)
        good = all_close & counts.any(axis=others)
        if good.any():
            return f"It is right in {_listed(word, good)}, and wrong in {_listed(word, ~all_close)}. "
    which = "entries" if counts.all() else "entries that are not 0"
    return f"{(close & counts).sum()} of {counts.sum()} {which} are right. "


def _listed(word, flags):
    numbers = np.flatnonzero(flags)
    words = word if len(numbers) == 1 else {"entry": "entries"}.get(word, f"{word}s")
    return f"{words} {', '.join(map(str, numbers[:8]))}{', …' if len(numbers) > 8 else ''}"


def about_one_term(answer, right, array, terms):
    """Say which part of a gradient at array is off by a factor, if the rest is right; terms are such parts by name."""
    above = array > 0
    parts = [
        (np.ones_like(right), "the right one {more} everywhere."),
        *((term, f"right, but for {name}{{taken}}.") for name, term in terms.items()),
        (right * ~above, "right where the array is above 0, and elsewhere the right one times {times}."),
        (right * above, "right where the array is not above 0, and elsewhere the right one times {times}."),
        (array, "the right one {more} times the array: is one term off by a factor?"),
    ]
    for part, text in parts:
        more = float(((answer - right) * part).sum() / (part**2).sum()) if part.any() else 0.0
        if right.size > 2 and same(answer, right + more * part, right):
            times = _short(1 + more)
            known = {"-1": ": its sign is flipped, minus in the place of plus", "0": ", which is missing"}
            taken = known.get(times, f", which is taken times {times}")
            plus = f"{'plus' if more > 0 else 'minus'} {_short(abs(more))}"
            return f"The gradient is {text.format(more=plus, times=times, taken=taken)}"
    return ""


def about_rows(answer, right):
    """Say that the rows of a gradient sum to 0, as at the logits of softmax, if those of the answer do not."""
    if right.ndim != 2 or np.abs(right.sum(axis=1)).max() > 1e-6 * np.abs(right).max():
        return ""
    sums = answer.sum(axis=1)
    if np.abs(sums).max() <= 1e-3 * np.abs(answer).max():
        return ""
    first = right[:, 0]
    if right.shape[1] == 2 and same(answer[:, 0] - answer[:, 1], first, first):
        words = "this is softmax's diagonal alone, and each logit also changes the other probabilities of its row."
        return f"Each row of the gradient should sum to 0, and yours do not: {words}"
    here = f"row 0 of yours sums to {_short(sums[0])}"
    return f"Each row of the gradient should sum to 0, and {here}: is softmax's whole matrix in it?"


def _short(number):
    return f"{round(float(number), 6):z.4g}"


def _about_direction(answer, right, is_gradient):
    length, error = np.abs(answer).max(), np.abs(answer - right).max() / np.abs(right).max()
    if error < 1e-3:
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
    hint = next((f" ({words})" for part, words in HINTS.items() if isinstance(error, ValueError) and part in text), "")
    return type(error).__name__ + (f": {text}{hint}" if text else "")
