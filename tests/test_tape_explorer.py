"""tape_explorer: at each step of each graph, what has arrived and what goes on, as differences say."""

import numpy as np
import pytest
from hands import make, of_kind, own_net
from seen import picture, tables

import mlp_helpers as m
from explorers.recorded import GRAPHS, OURS, record

every_graph = pytest.mark.parametrize("graph", GRAPHS)


def shown_at_every_step(graph):
    explorer = make("tape_explorer", *own_net(5, 4))
    explorer.controls["graph"].value = graph
    for step in range(1, len(explorer.recorded.walk) + 1):
        explorer.touch("step", step)
        views = of_kind(explorer, "array")
        assert all(table.symbol == name for name, view in views.items() for table in tables(view.html))
        yield explorer, {name: view.array for name, view in views.items()}


@every_graph
def test_a_step_shows_what_arrived_and_what_goes_on_as_measured(graph):
    net, whole = own_net(5, 4), {}
    for explorer, arrays in shown_at_every_step(graph):
        name = explorer.at
        shares = [array for symbol, array in arrays.items() if symbol.startswith(f"{name}.grad from")]
        assert len(shares) == (2 if len(explorer.recorded.uses[name]) > 1 else 0)
        whole[name] = arrays[f"G_{name}" if graph == OURS else f"{name}.grad"]
        assert not shares or np.allclose(sum(shares), whole[name], rtol=1e-12, atol=0)
        sources = {source for source, _ in explorer.recorded.values[name].made_from}
        going_on = {symbol.removeprefix("G_").split(".")[0] for symbol in arrays} - {name}
        assert going_on == {other for other, value in explorer.recorded.values.items() if value in sources}
    for name, array in {"X": net[0], **net[2]._asdict()}.items():

        def loss(changed, name=name):
            X, params = (changed, net[2]) if name == "X" else (net[0], net[2]._replace(**{name: changed}))
            return record(graph, X, net[1], params).values["L"].data

        assert np.allclose(whole[name], m.numerical_gradient(loss, array), rtol=1e-5, atol=1e-8), name


@every_graph
def test_a_box_for_each_value_goes_to_its_step_and_says_what_has_arrived(graph):
    for step, (explorer, _) in enumerate(shown_at_every_step(graph), start=1):
        seen, walk = picture(explorer, "graph"), explorer.recorded.walk
        assert seen.label(seen.one("box here")).split()[0] == explorer.at == walk[step - 1]
        assert {seen.label(box).split()[0] for box in seen.all("box taken")} == {*walk[: step - 1]}
        for touch, box in seen.touches.items():
            name, *said = seen.label(box).split()
            assert touch == f"step {walk.index(name) + 1}"
            uses = explorer.recorded.uses[name]
            arrived = f"{sum(walk.index(use.by) < step for use in uses)}/{len(uses)}"
            assert (said[-1:] == [arrived]) == (len(uses) > 1)
        assert f"Step {step} of {len(walk)}: {explorer.at} is taken." in repr(explorer)


def test_the_buttons_walk_and_reset_brings_our_network_back():
    explorer = make("tape_explorer", *own_net())
    explorer.controls["graph"].value = "a residual sum"
    for button, at in (("next", "Z"), ("next", "R"), ("previous", "Z"), ("previous", "L"), ("previous", "L")):
        explorer.controls[button].click()
        assert explorer.at == at
    explorer.controls["reset"].click()
    assert explorer.at == "L" and "G_Z" in explorer.views and "Z.grad" not in explorer.views
