"""The verdict on an answer: run it, compare it, and name the mistake that it fits."""

import copy
import functools
import inspect
import re
from typing import NamedTuple

import numpy as np

import mlp_helpers as mlp
from checker.edits import right_line
from checker.lines import GIVEN, LINES, PLACES, Mistake, before, run_lines
from checker.repair import repaired
from checker.search import LARGE, Search, another_batch, drawn, square_batch
from checker.words import about_one_term, both_shapes, line_of, said, same, what_is_true
from mlp_helpers import Backward, Params, describe


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
        return _judge(name, answer, X, y, params)
    for number, batch in enumerate([(X, y, params), *_fresh_batches(name, params)]):
        verdict = _judge_function(name, answer, *batch)
        if not verdict:
            kind = {2: ", ReLU at exactly 0 among them", 3: " and logits in the millions" * (name == "loss")}
            where = f"Right on your batch, but not on a fresh one of {len(batch[0])} examples{kind.get(number, '')}. "
            hint = "Does it use something that is not among its arguments? " if number == 1 else ""
            where = f"{where}{hint}There: " if number and verdict.correct is False else ""
            return verdict._replace(diagnosis=where + verdict.diagnosis)
    return Answer(True, f"Correct, on {number + 1} different batches.")


@np.errstate(all="ignore")
def check_slopes(answer, f, array):
    """Say whether an answer is the gradient of the function f at array, measured by differences.

    f takes an array and returns a number → Answer. For gradients that are not in the derivation.
    At a corner of f, every slope from that on its left to that on its right is one.
    Raises ValueError, TypeError for a bad f or array; never for what the learner did.
    """
    left, right = mlp.one_sided_slopes(f, array, step=1e-6)
    if answer is None or answer is ...:
        return NOT_ATTEMPTED
    numbers = _as_numbers(answer)
    if numbers is None:
        return Answer(False, f"Expected an array of numbers, got {describe(answer)}.")
    # Rounding moves f by about 1e-15 of the numbers inside it, and a slope over the step by about 1e-9 of them.
    noise = 1e-8 * max(1.0, abs(float(f(np.array(array, float)))))
    if _fits(numbers, left, right, noise):
        return Answer(True, "Correct: it agrees with the measured slopes.")
    if numbers.shape == left.shape and _fits(numbers.T, left, right, noise):
        return Answer(False, "The gradient is the right one, transposed. A square shape cannot tell you.")
    said_of_terms = _about_one_term(numbers, f, np.array(array, float), (left + right) / 2)
    return Answer(False, said_of_terms or what_is_true("The gradient", numbers, _between(numbers, left, right)))


def _about_one_term(numbers, f, array, right):
    if numbers.shape != right.shape or not numbers.any() or not np.isfinite(numbers).all():
        return ""
    if same(numbers, (numbers * right).sum() / (right**2).sum() * right, right):
        return ""
    try:
        at_zero = np.mean(mlp.one_sided_slopes(f, 0 * array, step=1e-6), axis=0)
    except Exception:  # f need not be defined there
        at_zero = None
    return about_one_term(numbers, right, array, at_zero)


def _between(numbers, left, right):
    """Return the slopes nearest to numbers, from those on the left to those on the right."""
    if numbers.shape != left.shape:
        return (left + right) / 2
    return np.clip(numbers, np.minimum(left, right), np.maximum(left, right))


def _fits(numbers, left, right, noise):
    return same(numbers, _between(numbers, left, right), (left + right) / 2, noise)


def _fresh_batches(name, params):
    """Draw three batches and networks: plain ones; whole numbers, so that ReLU meets 0; large ones for a loss."""
    rng = np.random.default_rng(0)
    for N, size in ((3, 1), (7, None), (12, 1000 if name == "loss" else 1)):
        fresh = Params(*((size or 1) * rng.normal(size=np.shape(value)) for value in params))
        X = rng.normal(size=(N, fresh.W1.shape[1]))
        if size is None:
            whole = (rng.integers(-1, 2, np.shape(value)).astype(float) for value in (X, fresh.W1, fresh.b1))
            X, W1, b1 = whole
            fresh = Params(W1, b1, fresh.W2 / len(b1), fresh.b2)
        yield X, np.arange(N) % len(fresh.b2), fresh


def _judge_function(name, function, X, y, params):
    """Call the learner's function with the symbols that it asks for, and judge what it returns."""
    try:
        arguments = inspect.signature(function).parameters.values()
    except Exception:  # an object may say of itself what it likes
        return Answer(False, f"The arguments of {describe(function)} cannot be read. Write a function with def.")
    stars = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    needed = [argument for argument in arguments if argument.default is argument.empty and argument.kind not in stars]
    asked, symbols = [argument.name for argument in needed], [*run_lines(X, y, params), "params"]
    if unknown := [argument for argument in asked if argument not in symbols]:
        return Answer(False, f"Your function asks for {', '.join(unknown)}. It can ask for {', '.join(symbols)}.")
    values, mended = _values(X, y, params), functools.partial(_mended, function, needed, (X, y, params))
    mended_alone = functools.partial(mended, Backward._fields if name == "backward" else [name])
    try:
        result = _call(function, needed, values)
    except (Exception, SystemExit) as error:
        raised = f"Your function raised {said(error)}{line_of(error, function)}"
        if name != "backward" and isinstance(error, ValueError):
            square = square_batch()  # where no product fails by its shape
            told = _known(name, _again(function, needed, square), square, asked, mended=mended_alone)[:1]
        else:
            told = mended_alone()
        return Answer(False, "\n".join([raised, *told]))
    if result is None or result is ...:
        return NOT_ATTEMPTED
    if name == "backward":
        verdict = _judge_all(result, X, y, params, mended)
        own = zip(Params._fields, params, values["params"], strict=True)
        changed = ", ".join(field for field, before, after in own if not np.array_equal(before, after))
        if verdict and changed:
            lent = f"The gradients are right, but your function changes {changed}, which belongs to whoever calls it."
            return Answer(False, f"{lent} Look for -= or +=, and compute a new array instead.")
        return verdict
    again = another_batch(X, params)
    return _judge(name, result, X, y, params, asked, lambda: _again(function, needed, again), mended_alone)


def _mended(function, needed, batch, names):
    """Say the one change of a function's code that makes these symbols right, on this batch and two of its size."""
    rng, (X, _, params) = np.random.default_rng(5), batch
    batches = [_values(*each) for each in (batch, *(drawn(rng, len(X), params) for _ in range(2)))]
    computes_all, earlier = "params" in [argument.name for argument in needed], before(names) - {*names}
    symbols = [] if computes_all else [*GIVEN, *(symbol for symbol in LINES if symbol in earlier)]

    def is_right(make):
        for values in batches:
            given = copy.deepcopy(values)
            result = _call(make({symbol: given[symbol] for symbol in symbols}), needed, given)
            for name in names:
                part = getattr(result, name) if isinstance(result, Backward) else result
                numbers, right = _as_numbers(part), np.asarray(values[name], float)
                if numbers is None or not same(numbers, right, right):
                    return False
        return True

    told = repaired(function, is_right, symbols)
    assigned = re.search(r"right: (\w+) = ", told)
    about = assigned[1] if assigned and assigned[1] in PLACES else names[-1]
    return [f"{told}\n{_reread([about])}"] if told else []


def _values(X, y, params):
    """Return every symbol that a function can ask for, each an array of its own."""
    return run_lines(X, y, params) | {"params": Params(*(np.array(value, float) for value in params))}


def _call(function, needed, values):
    """Call a function with the symbols that it needs."""
    given = {argument.name: values[argument.name] for argument in needed}
    ahead = [given.pop(argument.name) for argument in needed if argument.kind is argument.POSITIONAL_ONLY]
    return function(*ahead, **given)


def _again(function, needed, batch):
    """Return what a function gives on another batch as an array, or None."""
    try:
        return _as_numbers(_call(function, needed, _values(*batch)))
    except (Exception, SystemExit):
        return None


def _judge_all(result, X, y, params, mended):
    """Judge the gradients of a Backward in order, up to the first that is wrong."""
    if not isinstance(result, Backward):
        return Answer(False, f"backward: expected Backward({', '.join(Backward._fields)}), got {describe(result)}.")
    for number, (name, answer) in enumerate(result._asdict().items()):
        right = f"{', '.join(Backward._fields[:number])}: right. " if number else ""
        if answer is None or answer is ...:
            return Answer(None, f"{right}{name}: not attempted yet.")
        names = Backward._fields[: number + 1]
        verdict = _judge(name, answer, X, y, params, names[:-1], mended=functools.partial(mended, names))
        if not verdict:
            return Answer(False, right + verdict.diagnosis)
    return Answer(True, "Correct.")


def _judge(name, answer, X, y, params, given=(), again=lambda: None, mended=list):
    """Compare an array with the right one, then with what each small edit of the lines would give.

    given are the symbols that are known to be right: the mistake is not in them, nor before them.
    again gives what the learner's function returns on another batch, and mended what would mend it, in words.
    """
    values, noise = run_lines(X, y, params), _noise(name, X, y, params)
    right = np.asarray(values[name], float)
    numbers = _as_numbers(answer)
    if numbers is None:
        return Answer(False, f"{name}: expected an array of numbers, got {describe(answer)}.")
    if same(numbers, right, right, noise):
        return Answer(True, "Correct.")
    known = _known(name, numbers, (X, y, params), given, noise, again, mended)
    if not known:
        known = [f"This is {other}, not {name}." for other in LINES if same(numbers, np.asarray(values[other]), right)]
    if not known:
        return Answer(False, what_is_true(name, numbers, right))
    shapes = "" if numbers.shape == right.shape else f"{both_shapes(name, numbers, right)}\n"
    return Answer(False, shapes + "\nOr: ".join(known[:3]))  # 1/N twice and averaged over N·C are the same if N = C


def _as_numbers(answer):
    """Return answer as an array of floats, or None if it is something else."""
    try:
        array = np.asarray(answer)
        return array.astype(float) if array.dtype.kind in "iufb" else None
    except Exception:  # whatever a learner's object does when it is asked for numbers
        return None


def _noise(name, X, y, params):
    """How far rounding may move an entry: a little of what the lines give on sizes, where no sum cancels."""
    sizes = run_lines(
        np.abs(X), y, Params(*map(np.abs, params)), Mistake("each entry is a difference", "G_Z", "np.ones_like(P) / N")
    )
    largest = float(np.max(sizes.get("Z" if name == "loss" else name, 0.0)))
    return 1e-13 * largest if np.isfinite(largest) else 0.0


def _known(name, answer, batch, given=(), noise=0.0, again=lambda: None, mended=list):
    """Say each edit of the lines that yields an answer; or what mends the code; or the two edits that do together."""
    if answer is None or not answer.any() or not np.isfinite(answer).all():
        return mended()
    fresh = again()
    search = Search(name, answer, *batch, noise, given, fresh)
    if answer.shape == search.right.shape and (np.abs(answer) <= noise).all():  # many edits give zeros
        return mended()
    told = [_tell([first], others) for first, *others in search.single()] or mended()
    if fresh is not None and search.names["N"] > LARGE:  # two edits are searched sooner where examples are few
        search = Search(name, fresh, *another_batch(batch[0], batch[2]), noise, given)
    return told or [_tell(mistakes) for mistakes in [search.double()] if mistakes]


def _tell(mistakes, equal=()):
    """Say what is wrong, each line as it must have been written and as it should read, and what to reread."""
    told = [f"Look here: {'; and '.join(mistake.name for mistake in mistakes)}."]
    for symbol, line in [(mistake.symbol, mistake.line) for mistake in mistakes]:
        told += [f"    yours: {symbol} = {line}", f"    right: {symbol} = {right_line(symbol, line)}"]
    earlier = [mistake for mistake in equal if mistake.symbol != mistakes[0].symbol]
    if earlier:
        smallest = min(earlier, key=lambda mistake: len(mistake.line) - len(LINES[mistake.symbol]))
        told.append(f"The same would come of {smallest.symbol} = {smallest.line}, earlier.")
    return "\n".join([*told, _reread([mistake.symbol for mistake in mistakes])])


def _reread(symbols):
    places = dict.fromkeys(PLACES[symbol] for symbol in symbols)
    reread = " and ".join(f"section {section} of the derivation (notebook {notebook})" for section, notebook in places)
    return f"Reread {reread}."
