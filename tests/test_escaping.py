"""What a learner can type is shown as text, never run; an explorer's HTML fetches nothing."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import ipywidgets as widgets
import nbformat
import numpy as np
import pytest
from hands import every_explorer, make
from IPython.core.formatters import DisplayFormatter
from test_reading import OURS, as_html

import explorers
import mlp_helpers as m
from checker import check_answer
from explorers.saved import snapshot
from explorers.views import svg
from explorers.views.picture import Picture
from explorers.views.tables import Axis, Equation, Matrix
from explorers.views.words import Facts, Sum, Words

EVIL = (
    """<script>stolen()</script><img src=x onerror="stolen()"></table>' "quoted" &amp; <a href="javascript:stolen()">"""
)
TAGS = {*"b br caption code col colgroup div img p span table tbody td th thead tr".split()}
TAGS |= {*"svg path line rect circle text".split()}
ATTRIBUTES = {*"aria-label class d height role scope span style transform viewbox width".split()}
ATTRIBUTES |= {*"cx cy r x x1 x2 y y1 y2".split()}


class Reader(HTMLParser):
    """The tags and the text of HTML as a browser reads it; anything that could run fails."""

    def __init__(self, html):
        super().__init__()
        self.text, self.alts = "", []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, tag
        for name, value in attrs:
            assert name in ATTRIBUTES or name.startswith("data-"), (tag, name)
            assert name != "style" or "url(" not in value
            self.alts += [value] if name == "aria-label" else []

    def handle_data(self, data):
        self.text += data


AXIS = Axis(EVIL, [EVIL, EVIL])
VIEWS = {  # a view and what it is made of, what it shows, and how often that says it
    Matrix: ([EVIL, EVIL, AXIS, AXIS], [np.eye(2), 1], 8),  # symbol, meaning, the names of both axes, four labels
    Words: ([], [[EVIL, EVIL]], 2),
    Facts: ([EVIL], [{EVIL: EVIL}], 3),
    Equation: ([], [EVIL, {}, [EVIL]], 2),
    Sum: ([], [(EVIL, 0, 0), [(EVIL, None), (EVIL, (EVIL, 0, 0))]], 2),
}


@pytest.mark.parametrize("kind", VIEWS)
def test_a_view_shows_markup_as_text(kind):
    made_of, shown, times = VIEWS[kind]
    view = kind(*made_of)
    view.show(*shown)
    assert Reader(view.widget.value).text.count(EVIL) == times


def test_what_a_picture_says_is_text():
    picture = Picture(40, 30, 1.0)
    words = svg.text(1, 2, EVIL) + svg.shape("line", touch=EVIL) + svg.Frame(0, 0, 9, 9).axes(EVIL, EVIL)
    picture.paint(EVIL, words)
    read = Reader(picture.widget.value)
    assert read.alts == [EVIL] and read.text.count(EVIL) == 3
    root = ElementTree.fromstring(snapshot([picture], EVIL))
    assert root.get("aria-label") == EVIL
    assert [part.get("data-touch") for part in root.iter() if part.get("data-touch")] == [EVIL]


def test_the_pages_script_comes_whole_whatever_is_in_it(monkeypatch):
    script = """() => { say("one") && say('two') < 3 }"""
    monkeypatch.setattr(explorers.page, "file", lambda name: script)
    found = []
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    reader.feed(explorers.page.style(1.0).value)
    (tag, attributes), live = found
    assert live == ("div", {"class": "bp-live", "aria-live": "polite"})
    assert tag == "style" and script in attributes["onload"] and list(attributes) == ["onload"]


class Odd:
    def __repr__(self):
        return EVIL

    _repr_html_ = __repr__

    def __call__(self, *arguments):
        raise RuntimeError(EVIL)


@pytest.mark.parametrize("answer", [EVIL, Odd(), [Odd()], np.array([EVIL])])
def test_the_checker_answers_in_plain_text(answer):
    net = (*m.toy_data("moons", 5, np.random.default_rng(0)), m.init_params(np.random.default_rng(1)))
    verdict = check_answer("G_W2", answer, *net)
    assert verdict.correct is False
    assert list(DisplayFormatter().format(verdict)[0]) == ["text/plain"]


@every_explorer
def test_an_explorer_is_made_of_what_ipywidgets_brings_and_fetches_nothing(name):
    explorer = make(name)
    for widget in (explorer, *explorers.closing.inside(explorer)):
        assert {widget._model_module, widget._view_module} <= {"@jupyter-widgets/base", "@jupyter-widgets/controls"}
        assert not getattr(widget, "description_allow_html", False)
        if isinstance(widget, widgets.HTML):
            assert "://" not in widget.value
            if not widget.value.startswith("<style"):
                Reader(widget.value)


def test_an_output_in_an_exported_page_is_text():
    class Nasty(explorers.relu.ReluExplorer):
        def describe(self):
            return [EVIL]

    data = Nasty()._repr_mimebundle_()
    shown = {"image/svg+xml": data["image/svg+xml"], "text/plain": data["text/plain"]}
    cell = nbformat.v4.new_code_cell("1")
    cell.outputs = [nbformat.v4.new_output("display_data", shown)]
    cell.outputs += [nbformat.v4.new_output("stream", text=data["text/plain"])]
    for template in ({}, OURS):
        html = as_html(nbformat.v4.new_notebook(cells=[cell]), **template)
        assert len(html.find_all("img")) == 1
        assert not html.find_all(onerror=True) and not html.find_all(href=re.compile("stolen"))
        assert "stolen" not in "".join(script.get_text() for script in html.find_all("script"))
        assert EVIL in html.find("pre", string=re.compile("stolen")).get_text()
    assert EVIL in html.find("img")["alt"]
