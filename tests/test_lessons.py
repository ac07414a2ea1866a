"""What each explorer teaches, and asks: predictions, equations, sums, and the verdicts of the bug lab."""

import re

import numpy as np
import pytest
from hands import (
    assert_true_to_state,
    chosen,
    differences,
    every_network_explorer,
    make,
    move,
    own_net,
    screen,
    state,
    stir,
    stir_to,
)
from nets import values_of
from seen import on_board

import explorers
import mlp_helpers as m
from checker import backward_with


def all_values(explorer):
    """What the network is given and computes, and the chosen entry of it."""
    X, y, *params = state(explorer).values()
    values, (symbol, *place) = values_of(X, y, params, explorer.state.added), explorer.entry
    return values | {"entry": values[symbol][*place]}


def sign(number):
    return 1 + int(np.sign(np.round(number, 13)))


def truths(before, now):
    """Each question with the place of its true answer, for example 3, unit 7 and the chosen entry."""

    def change(size):
        return sign(size(now) - size(before))

    def rows(symbol):
        changed = np.flatnonzero((np.abs(now[symbol] - before[symbol]) > 1e-12).any(axis=1)).tolist()
        return 0 if not changed else 1 if changed == [3] else 2 if len(changed) == len(now["X"]) else 3

    return {
        "loss": change(lambda values: values["loss"]),
        "on or off": int(now["A1"][3, 7] > 0),
        "how many are on": change(lambda values: (values["H"][3] > 0).sum()),
        "closer to 0": change(lambda values: abs(values["entry"])),
        "length of its arrow": change(lambda values: np.linalg.norm(values["G_X"][3])),
        **{f"sign of {what}": sign(now["entry"]) for what in ("a gradient", "G_A1", "G_W1", "G_W2")},
        **{f"rows of {symbol}": rows(symbol) for symbol in ("A1", "G_Z", "G_A1", "G_X")},
    }


@every_network_explorer
def test_a_change_waits_for_a_prediction_and_what_to_look_at_is_chosen_at_once(name):
    explorer, other = chosen(name, *own_net()), chosen(name, *own_net())
    explorer.controls["predict"].value = True
    seen, before = screen(explorer), state(explorer)
    number = next(control for control in ("b1", "z1") if control in explorer.controls)
    for control in ("x1", number, "flip"):
        move(explorer.controls[control], 0.9)
        assert differences(screen(explorer), seen) == ["prediction"] and not differences(state(explorer), before)
        assert "A change is waiting." in repr(explorer)
    x1, moved = explorer.controls["x1"].value, explorer.controls[number].value
    looks = [control for control in ("step", "along", "class", "unit", "example", "next") if control in other.controls]
    for control in looks:
        for one in (explorer, other):
            move(one.controls[control], 0.4)
        assert differences(screen(explorer), screen(other)) == ["prediction"], control
        assert not differences(state(explorer), before)
        assert "A change is waiting." in repr(explorer)
    explorer.controls["example"].value = 3
    explorer.controls["show"].click()
    assert "of 1 right." in repr(explorer) and "A change is waiting." not in repr(explorer)
    there = explorer.params.b1[7] if number == "b1" else explorer.views["Z"].array[3, 1]
    assert explorer.X[3, 0] == x1 and there == pytest.approx(moved) and explorer.y[3] != before["y"][3]
    assert_true_to_state(explorer)

    explorer.controls["data"].value = "moons"  # what came of a prediction is not said of other data
    assert "Change something. It will wait for your prediction." in repr(explorer)
    move(explorer.controls["x1"], 0.1)
    explorer.controls["predict"].value = False  # who has had enough sees the change, and no tally
    assert "right." not in repr(explorer)
    assert explorer.X[3, 0] == explorer.controls["x1"].value != x1
    assert_true_to_state(explorer)


@every_network_explorer
@pytest.mark.parametrize(
    "change", [{"b1": 0, "W1_0": 0.5, "W1_1": 0.5, "z0": 0.6}, {"x1": 0.9, "b1": 1, "z1": 0.2}, {"flip": 1}], ids=str
)
def test_the_true_prediction_is_called_right_and_no_other(name, change):
    explorer, asked, right = chosen(name, *own_net()), 0, 0
    explorer.controls["predict"].value = True
    questions = explorer.controls["question"].options
    for question in questions:
        explorer.controls["question"].value = question
        for index, answer in enumerate(explorer.controls["answer"].options):
            explorer.controls["reset"].click()
            stir_to(explorer, example=3, unit=7)
            explorer.choose(*explorer.entry)  # a question is about its number
            before = all_values(explorer)
            for control, part in change.items():
                stir(explorer, part, control)
            explorer.controls["answer"].value = answer
            explorer.controls["show"].click()
            is_right = index == truths(before, all_values(explorer))[question]
            asked, right = asked + 1, right + is_right
            words = repr(explorer)
            assert f"Predictions: {right} of {asked} right." in words
            assert (f"Right: {answer}." in words) == is_right
    assert right == len(questions) > 2


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


GOING_IN = {"P": "Z", "G_Z": "P Y", "G_W2": "G_Z H", "G_b2": "G_Z", "G_H": "G_Z W2", "G_A1": "G_H M"}
GOING_IN |= {"G_W1": "G_A1 X", "G_b1": "G_A1", "G_X": "G_A1 W1"}


def test_backprop_a_step_lights_what_goes_in_and_comes_out_on_the_board():
    """All nine stand there, with what they are made from."""
    explorer = make("backprop_explorer", *own_net())
    step = explorer.controls["step"]
    explorer.controls["previous"].click()
    for number, (out, names) in enumerate(GOING_IN.items(), 1):
        assert step.value == number and f"Step {number} of 9: {out} = " in repr(explorer)
        lit = [
            {name for name, classes in on_board(explorer).items() if mark in classes} for mark in ("bp-now", "bp-in")
        ]
        assert lit == [{out}, {*names.split()}]
        explorer.controls["next"].click()
    assert step.value == 9
    explorer.controls["previous"].click()
    assert step.value == 8


def answer(lab, answers):
    """Give the lab a set of answers at its level: steps and the line, or what is wrong with the loop."""
    c, given = lab.controls, sorted(answers, key=lambda one: "=" in one)
    for name, value in zip(explorers.bugs.ASKED[lab.level], [*given, "nothing"], strict=False):
        c[name].value = value if value in [value for _, value in c[name].options] else ""
    c["check"].click()
    return "Right!" in repr(lab)


def test_the_bug_lab_says_what_check_gradients_says_of_each_backward_pass():
    lab, (X, y, params) = make("bug_lab", *own_net()), own_net()
    for number, bugs in enumerate(explorers.cases.SINGLE):
        lab.controls["bug"].value = number
        said = lab.views["detectors"].rows
        at_1, at_12 = (m.check_gradients(X[:n], y[:n], params, backward=backward_with(*bugs, lr=0.5)) for n in (1, 12))
        movable = ("G_W1", "G_b1", "G_W2", "G_b2", "G_X")
        wrong = ", ".join(name for name in movable if not at_1[name].ok)
        assert said["Check, N = 1"] == (f"wrong: {wrong}" if wrong else "passes"), bugs
        for name in movable:
            one, other = at_12[name].analytic.ravel(), at_12[name].numeric.ravel()
            length = np.linalg.norm(one) / np.linalg.norm(other)
            cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
            words = "right" if at_12[name].ok else f"wrong: cosine {cosine:z.3f}, length × {length:.3g}"
            assert said[f"{name}, N = 12"] == words


def test_the_bug_labs_right_loop_trains_as_train_does_and_the_others_do_not():
    (X, y, params), found = own_net(), {}
    _, history = m.train(X, y, params, 0.5, 200)
    for loop in explorers.cases.LOOPS:
        found[loop] = explorers.detectors.examine_loop(loop, X, y, params)
        same = len(found[loop].losses) == 201 and np.allclose(found[loop].losses, history.loss, rtol=1e-9)
        assert same == (loop.name == "nothing"), loop
    says = {str(explorers.detectors.facts_of_loop(one, params)) for one in found.values()}
    assert len(says) == len({loop.name for loop in found})


@pytest.mark.parametrize("size", [30, 1e3])
def test_the_bug_lab_says_that_the_numbers_overflow(size):
    X, y = m.toy_data("moons", 20, np.random.default_rng(0))
    lab = make("bug_lab", size * X, y)
    lab.controls["bug"].value = [bugs[0].name for bugs in explorers.cases.SINGLE].index("the sign is flipped")
    assert "then the numbers overflow" in lab.views["detectors"].rows["Training"]


def test_the_bug_lab_takes_the_truth_marks_it_as_solved_and_takes_no_other_answer():
    lab = make("bug_lab", *own_net())
    c, bugs = lab.controls, explorers.bugs
    for level in bugs.LEVELS:
        c["level"].value = level
        for c["bug"].value in range(len(bugs.CASES[level])):
            lines = {bugs.text_of(bug) for bug in lab.case} if level == bugs.LINE and lab.truth else set()
            right = lab.truth | lines or {"nothing"}
            first, *_ = bugs.ASKED[level]
            others = [{value} for _, value in c[first].options if value and {value} != right]
            assert not any(answer(lab, other) for other in others[::3])
            assert answer(lab, right), (level, right)
        assert all("solved" in label for label, _ in c["bug"].options)


def test_the_lines_of_a_step_are_told_apart_by_what_the_detectors_say():
    net = *m.toy_data("moons", 200, np.random.default_rng(0)), m.init_params(np.random.default_rng(18))
    detectors, cases = explorers.detectors, explorers.cases
    for step in GOING_IN:
        bugs = [bug for bug in cases.BUGS + cases.OTHERS if cases.step_of(bug) == step]
        says = {str(detectors.facts_of(detectors.examine([bug], *net))) for bug in bugs}
        assert len(says) == len(bugs) == len(cases.lines_of(step)) > 2


def test_where_questions_cost_each_is_answered_alone():
    lab = make("bug_lab", *own_net())
    every = dict(lab.views["detectors"].rows)
    lab.controls["level"].value = explorers.bugs.COST
    for number, question in enumerate(every):
        assert lab.views["detectors"].rows[question] == "not asked" and lab.questions == number
        lab.controls["detector"].value = question
        lab.controls["ask"].click()
    assert lab.views["detectors"].rows == every
    assert not answer(lab, {"G_X"}) and f"Questions: {len(every) + 3};" in repr(lab)
