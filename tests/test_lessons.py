"""What each explorer teaches, and asks: predictions, equations, sums, and the verdicts of the bug lab."""

import re
from html import unescape

import numpy as np
import pytest
from hands import assert_true_to_state, chosen, differences, make, move, own_net, screen, state, stir
from nets import values_of

import explorers
import mlp_helpers as m
from checker import backward_with


def all_values(explorer):
    """What the network is given and computes, and the entry along which backprop_explorer draws the loss."""
    values = values_of(explorer.X.copy(), explorer.y.copy(), [value.copy() for value in explorer.params])
    if isinstance(explorer, explorers.backprop.BackpropExplorer):
        symbol, index = explorer.controls["along"].value
        values["along"] = values[f"G_{symbol}"][index]
    return values


def sign(value):
    return 1 + int(np.sign(np.round(float(value), 13)))


def sign_of(symbol, *index):
    return lambda before, now: sign(now[symbol][index])


def size_of(symbol, *index):
    return lambda before, now: sign(np.linalg.norm(now[symbol][index]) - np.linalg.norm(before[symbol][index]))


def rows_of(symbol):
    def which(before, now):
        changed = [i for i in range(len(now["X"])) if np.abs(now[symbol][i] - before[symbol][i]).max() > 1e-12]
        return 0 if not changed else 1 if changed == [3] else 2 if len(changed) == len(now["X"]) else 3

    return {f"rows of {symbol}": which}


ON = {"on or off": lambda before, now: int(now["A1"][3, 7] > 0)}
MANY = {"how many are on": lambda before, now: sign((now["H"][3] > 0).sum() - (before["H"][3] > 0).sum())}
LOSS = {"loss": lambda before, now: sign(now["loss"] - before["loss"])}
ALONG = {"sign of a gradient": sign_of("along"), "closer to 0": size_of("along")}
ARROW = {"sign of G_W1": sign_of("G_W1", 7, 0), "length of its arrow": size_of("G_X", 3)}
WEIGHT = {"sign of G_W2": sign_of("G_W2", 0, 7), "closer to 0": size_of("G_W2", 0, 7)}
QUESTIONS = {  # explorer → question → the place of the true answer, for example 3, unit 7, class 0
    "forward_explorer": LOSS | ON | MANY | rows_of("A1"),
    "softmax_explorer": LOSS | {"closer to 0": size_of("G_Z", 3, 0)} | rows_of("G_Z"),
    "output_layer_explorer": LOSS | WEIGHT | rows_of("G_Z"),
    "relu_explorer": LOSS | ON | {"sign of G_A1": sign_of("G_A1", 3, 7)} | rows_of("G_A1"),
    "hidden_layer_explorer": LOSS | ARROW | rows_of("G_X"),
    "backprop_explorer": LOSS | ON | ALONG,
}
every_predicting_explorer = pytest.mark.parametrize("name", QUESTIONS)


@every_predicting_explorer
def test_a_change_waits_for_a_prediction_and_what_to_look_at_is_chosen_at_once(name):
    explorer, other = chosen(name, *own_net()), chosen(name, *own_net())
    explorer.controls["predict"].value = True
    seen, before = screen(explorer), state(explorer)
    for control in ("x1", "b1", "flip"):
        move(explorer.controls[control], 0.9)
        assert differences(screen(explorer), seen) == ["prediction"] and not differences(state(explorer), before)
        assert "A change is waiting." in repr(explorer)
    x1, b1 = explorer.controls["x1"].value, explorer.controls["b1"].value
    for control in ("step", "along", "class", "unit", "example", "next"):
        for one in (explorer, other):
            stir(one, 0.4, control)
        assert differences(screen(explorer), screen(other)) == ["prediction"], control
        assert not differences(state(explorer), before)
        assert "A change is waiting." in repr(explorer)
    explorer.controls["example"].value = 3
    explorer.controls["show"].click()
    assert "of 1 right." in repr(explorer) and "A change is waiting." not in repr(explorer)
    assert (explorer.X[3, 0], explorer.params.b1[7]) == (x1, b1) and explorer.y[3] != before["y"][3]
    assert_true_to_state(explorer)

    move(explorer.controls["x1"], 0.1)
    explorer.controls["predict"].value = False  # who has had enough sees the change, and no tally
    assert "right." not in repr(explorer)
    assert explorer.X[3, 0] == explorer.controls["x1"].value != x1
    assert_true_to_state(explorer)


@pytest.mark.parametrize("afresh", ["data", "reset"])
def test_what_came_of_a_prediction_is_not_said_of_other_data(afresh):
    explorer = chosen("relu_explorer", *own_net())
    explorer.controls["predict"].value = True
    move(explorer.controls["x1"], 0.9)
    explorer.controls["show"].click()
    said = explorer.views["prediction"].lines
    move(explorer.controls[afresh], 0.5)
    assert explorer.views["prediction"].lines == ["Change something. It will wait for your prediction.", said[-1]]


def test_nothing_is_heard_while_a_change_is_at_work():
    class Restless(explorers.relu.ReluExplorer):
        def _flip(self):
            self.sync()
            self.controls["x1"].value = 1.23

    explorer = Restless(*own_net())
    before = state(explorer)
    explorer.controls["flip"].click()
    assert not differences(state(explorer), before)


@every_predicting_explorer
@pytest.mark.parametrize("change", [{"b1": -3.0, "W1_0": 0.0, "W1_1": 0.0}, {"x1": 1.5, "b1": 3.0}, {"flip": None}])
def test_the_true_prediction_is_called_right_and_no_other(name, change):
    explorer, asked, right = chosen(name, *own_net()), 0, 0
    questions = QUESTIONS[name]
    assert set(explorer.controls["question"].options) == set(questions)
    explorer.controls["predict"].value = True
    for question, truth in questions.items():
        explorer.controls["question"].value = question
        for index, answer in enumerate(explorer.controls["answer"].options):
            explorer.controls["reset"].click()
            explorer.controls["example"].value, explorer.controls["unit"].value = 3, 7
            before = all_values(explorer)
            for control, value in change.items():
                if value is None:
                    explorer.controls[control].click()
                else:
                    explorer.controls[control].value = value
            explorer.controls["answer"].value = answer
            explorer.controls["show"].click()
            expected = truth(before, all_values(explorer))
            asked, right = asked + 1, right + (index == expected)
            words = repr(explorer)
            assert f"Predictions: {right} of {asked} right." in words
            assert (f"Right: {answer}." in words) == (index == expected)
    assert right == len(questions)


def test_a_step_of_training_waits_for_a_prediction():
    explorer = explorers.training_explorer()
    explorer.controls["predict"].value = True
    before = explorer.views["run"].content, explorer.views["plane"].content, explorer.params
    explorer.controls["step"].value = 20
    assert "A change is waiting." in repr(explorer) and repr(explorer).count("Step 0:") == 1
    assert (explorer.views["run"].content, explorer.views["plane"].content) == before[:2]
    assert not differences(explorer.params._asdict(), before[2]._asdict())
    trained, history = m.train(explorer.X, explorer.y, before[2], 0.5, 20)
    explorer.controls["question"].value, explorer.controls["answer"].value = "loss", "it falls"
    explorer.controls["show"].click()
    assert f"Right: it falls. The loss went from {history.loss[0]:.4f} to {history.loss[-1]:.4f}." in repr(explorer)
    assert np.allclose(explorer.params.W1, trained.W1, rtol=1e-12)


def test_softmax_a_constant_added_to_all_logits_moves_no_probability():
    explorer = make("softmax_explorer", *own_net())
    Z, P = explorer.views["Z"].array, explorer.views["P"].array
    for s in (6.0, -3.21, 2.0):
        explorer.controls["s"].value = s
        assert np.abs(explorer.views["Z"].array - Z - s).max() < 1e-13
        assert np.abs(explorer.views["P"].array - P).max() < 1e-13
        assert f"s = {s:.2f} added to every logit moves P by at most 0." in repr(explorer)
    explorer.controls["reset"].click()
    assert "s = 0.00 added" in repr(explorer)
    explorer.controls["s"].value = 1.0  # counts from where it is reset to
    assert np.abs(explorer.views["Z"].array - Z - 1).max() < 1e-13


@every_predicting_explorer
def test_the_words_say_the_numbers_of_what_is_chosen(name):
    explorer = chosen(name, *own_net())
    move(explorer.controls["x2"], 0.9)
    values = all_values(explorer)
    (x1, x2), z, p, h, g = (values[symbol][3] for symbol in ("X", "Z", "P", "H", "G_Z"))
    says = [f"Example 3: x = ({x1:z.2f}, {x2:z.2f}), label {explorer.y[3]}. Loss of the batch: {values['loss']:.4f}."]
    if name == "forward_explorer":
        says += [f"z = ({z[0]:z.2f}, {z[1]:z.2f}), p = ({p[0]:.3f}, {p[1]:.3f})."]
        says += [f"{(h > 0).sum()} of 16 hidden units are on for example 3."]
    if name == "softmax_explorer":
        says += [f" = {g[0]:+z.4f}. It is the slope of the tangent."]
    if name == "backprop_explorer":
        says += [f"the slope of the loss is G_{explorer.controls['along'].label} = {values['along']:+z.4f}."]
    assert all(words in repr(explorer) for words in says)


def test_relu_a_unit_dies_for_the_whole_batch_and_wakes():
    explorer = chosen("relu_explorer", *own_net())
    for b1, dead in ((-3.0, True), (3.0, False)):
        for control, value in {"W1_0": 0.1, "W1_1": 0.1, "b1": b1}.items():
            explorer.controls[control].value = value
        M, G_A1 = (explorer.views[symbol].array for symbol in ("M", "G_A1"))
        assert M[:, 7].any() != dead and G_A1[:, 7].any() != dead
        assert f"{M.sum()} of {M.size} entries are on." in repr(explorer)
        named = re.search("whole batch: (.*)[.]", repr(explorer))[1]
        assert re.findall(r"\d+", named) == [str(unit) for unit in range(16) if not M[:, unit].any()]


def test_training_walks_the_steps_of_train_and_back():
    explorer, (X, y, given) = make("training_explorer", *own_net()), own_net()
    drawn, zeros = m.init_params(np.random.default_rng(2)), m.Params(*(0 * array for array in given))
    c = explorer.controls
    c["seed"].value = 2
    for c["start"].value, start in (("as given", given), ("random", drawn), ("all zeros", zeros)):
        for step, lr in ((20, 0.5), (0, 0.5), (7, 2), ("next", 2), ("begin", 2)):
            if isinstance(step, str):
                c[step].click()
            else:
                c["lr"].value, c["step"].value = lr, step
            step = {"next": 8, "begin": 0}.get(step, step)
            trained, history = m.train(X, y, start, lr, step)
            assert all(np.array_equal(now, then) for now, then in zip(explorer.params, trained, strict=True))
            assert f"Step {step}: loss {history.loss[-1]:.4f}, right on {history.accuracy[-1]:.1%}" in repr(explorer)
            lengths = [f"{name} {np.linalg.norm(g):.4f}" for name, g in m.backward(X, y, trained)._asdict().items()]
            assert all(length in repr(explorer) for length in lengths if length[:4] in ("G_W1", "G_b1", "G_W2", "G_b2"))


STEPS = "P Z, G_Z P Y, G_W2 G_Zᵀ H, G_b2 G_Z, G_H G_Z W2, G_A1 G_H M, G_W1 G_A1ᵀ X, G_b1 G_A1, G_X G_A1 W1"


def test_backprop_steps_show_what_goes_in_and_comes_out():
    explorer = make("backprop_explorer", *own_net())
    step, play = explorer.controls["step"], explorer.controls["play"]
    explorer.controls["previous"].click()
    for number, symbols in enumerate(map(str.split, STEPS.split(",")), 1):
        assert step.value == play.value == number
        arrays, out = explorer.views["step"].arrays, symbols[0]
        assert set(arrays) == set(symbols)
        assert f"Step {number} of 9: {out} = " in repr(explorer)
        code = unescape(re.search("<code>(.*?)</code>", explorer.views["step"].widget.value)[1])
        names = arrays | {name.removesuffix("ᵀ"): array.T for name, array in arrays.items() if "ᵀ" in name}
        result = eval(code.removeprefix(f"{out} = "), {"softmax": m.softmax, "N": 12}, names)
        assert np.allclose(result, arrays[out], rtol=0, atol=1e-15)
        assert_true_to_state(explorer)
        explorer.controls["next"].click()
    assert step.value == play.value == 9
    play.value = 3
    assert step.value == 3
    explorer.controls["previous"].click()
    assert step.value == play.value == 2


def lab_with(mistake, *net):
    lab = make("bug_lab", *net)
    names = [bug.name for bug in explorers.bugs.CASES]
    lab.controls["bug"].value = next(case for case, name in enumerate(names) if name.startswith(mistake))
    return lab


def guesses(lab, guess):
    lab.controls["guess"].value = guess
    lab.controls["check"].click()
    return repr(lab)


def test_the_bug_lab_says_what_check_gradients_says_of_each_backward_pass():
    lab, (X, y, params) = make("bug_lab", *own_net()), own_net()
    for case, bug in enumerate(explorers.bugs.CASES):
        lab.controls["bug"].value = case
        for n in (1, 12):
            report = m.check_gradients(X[:n], y[:n], params, backward=backward_with(bug, lr=0.5))
            wrong = ", ".join(name for name, check in report.items() if not check.ok)
            said = lab.views["detectors"].rows[f"Gradient check, N = {n}"]
            assert said == (f"wrong: {wrong}" if wrong else "passes"), bug


@pytest.mark.parametrize("size", [30, 1e3])
def test_the_bug_lab_says_at_which_step_the_numbers_overflow(size):
    X, y = m.toy_data("moons", 20, np.random.default_rng(0))
    rows = lab_with("the sign", size * X, y).views["detectors"].rows
    steps = int(re.search(r"overflow at step (\d+)$", rows["Loss"])[1])
    assert rows["Accuracy"].endswith(f" after {steps - 1} steps")


@pytest.mark.parametrize("name", ["A1 in", "the mask is missing", "W2 is used after"])
def test_the_bug_lab_says_so_where_a_mistake_does_no_harm(name):
    X, y, params = own_net()
    lab = lab_with(name, X, y, m.Params(*(0 * value for value in params)))
    assert lab.views["detectors"].rows["Gradient check, N = 12"] == "passes"
    for guess, says in (("nothing", "does no harm"), ("P", "does no harm"), (lab.bug.symbol, "Right!")):
        assert says in guesses(lab, guess)


def test_the_bug_lab_marks_what_is_solved_and_nothing_else():
    lab = make("bug_lab", *own_net())
    number = lab.controls["bug"]
    number.value = 4
    right = "nothing" if lab.bug.name == "nothing" else {"M": "G_A1"}.get(lab.bug.symbol, lab.bug.symbol)
    for _, guess in lab.controls["guess"].options[1:]:
        assert ("Right!" in guesses(lab, guess)) == (guess == right), guess
    assert [label for label, _ in number.options if "solved" in label] == ["number 5 (solved)"]
    assert number.value == 4 and "Solved: 5." in repr(lab)


def test_no_rule_of_thumb_wins_the_bug_lab():
    """Where questions cost, the first wrong gradient is no single question; and the kind does not follow from it."""
    lab, bugs = make("bug_lab"), explorers.bugs
    c, won = lab.controls, {bugs.COST: 0, bugs.KIND: 0}

    for level in won:
        c["level"].value = level
        for case in range(len(bugs.CASES)):
            c["bug"].value, c["kind"].value = case, "another array in a name's place"
            if level == bugs.COST:
                found = next(
                    (step for step in ("G_Z", "G_A1", "G_H", "nothing") if "Right!" in guesses(lab, step)), None
                )
                won[level] += found is not None and lab.questions <= 1
            else:
                said = lab.views["detectors"].rows["Gradient check, N = 12"]
                guess = re.findall(r"G_\w+|passes", said)[0].replace("passes", "nothing")
                won[level] += "Right!" in guesses(lab, guess)
    assert all(0 < n < len(bugs.CASES) / 2 for n in won.values()), won


def test_where_questions_cost_each_says_little():
    lab = lab_with("the mask is missing")
    lab.controls["level"].value = explorers.bugs.COST
    for question in lab.controls["detector"].options:
        lab.controls["detector"].value = question
        lab.controls["ask"].click()
    rows = lab.views["detectors"].rows
    assert rows["Gradient check, N = 1"] == "wrong" and "Gradient check, N = 12" not in rows
    found = [rows[f"Check of {name}, N = 12"] for name in ("G_Z", "G_H", "G_A1", "G_X")]
    assert found == ["right", "right", "wrong", "wrong"]
    assert f"Questions: {len(rows) + 3};" in guesses(lab, "G_X")
