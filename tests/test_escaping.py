"""What a learner can type is shown as text, never run; an explorer's HTML fetches nothing."""

import re
from xml.etree import ElementTree

import ipywidgets as widgets
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from hands import every_explorer, make
from nbconvert import HTMLExporter
from refresh_notebooks import NOTEBOOKS

import explorers
from explorers.saved import snapshot
from explorers.views import svg
from explorers.views.picture import Picture
from explorers.views.tables import Axis, Matrix
from explorers.views.words import Facts, Said, Sum, Words

EVIL = (
    """<script>stolen()</script><img src=x onerror="stolen()"></table>' "quoted" &amp; <a href="javascript:stolen()">"""
)
CAN_RUN = ["a", "audio", "embed", "form", "iframe", "img", "link", "object", "script", "style", "video"]


def read(html):
    """Read HTML as a browser does; nothing in it can run or fetch."""
    page = BeautifulSoup(html, "html.parser")
    assert not page.find_all(CAN_RUN) and "url(" not in html
    for part in page.find_all(True):
        assert not [name for name in part.attrs if re.match("on|src|href|xlink", name)], part
    return page


AXIS = Axis(EVIL, [EVIL, EVIL])
VIEWS = {  # a view and what it is made of, what it shows, and how often that says it
    Matrix: ([EVIL, EVIL, AXIS, AXIS], [np.eye(2), 1], 9),  # symbol and meaning, said twice; an axis, four labels
    Words: ([], [[EVIL, EVIL]], 2),
    Facts: ([EVIL], [{EVIL: EVIL}], 3),
    Sum: ([], [(EVIL, 0, 0), [(EVIL, None), (EVIL, (EVIL, 0, 0))]], 2),
}


@pytest.mark.parametrize("kind", VIEWS)
def test_a_view_shows_markup_as_text(kind):
    made_of, shown, times = VIEWS[kind]
    view = kind(*made_of)
    if kind is not Matrix:
        Said().add(view)
    view.show(*shown)
    assert read(view.html).get_text().count(EVIL) == times


def test_what_a_picture_says_is_text():
    picture = Picture(40, 30, 1.0)
    words = svg.text(1, 2, EVIL) + svg.shape("line", touch=EVIL) + svg.Panel(0, 0, 9, 9).axes(EVIL, EVIL)
    picture.paint(EVIL, words)
    page = read(picture.widget.value)
    assert [part["aria-label"] for part in page.find_all("svg")] == [EVIL] and page.get_text().count(EVIL) == 3
    root = ElementTree.fromstring(snapshot([(0, 0, picture.width, picture.height, picture.content)], EVIL))
    assert root.get("aria-label") == EVIL
    assert [part.get("data-touch") for part in root.iter() if part.get("data-touch")] == [EVIL]


@every_explorer
def test_an_explorer_is_made_of_what_ipywidgets_brings_and_fetches_nothing(name):
    explorer = make(name)
    for widget in (explorer, *explorers.closing.inside(explorer)):
        assert {widget._model_module, widget._view_module} <= {"@jupyter-widgets/base", "@jupyter-widgets/controls"}
        assert not getattr(widget, "description_allow_html", False)
        if isinstance(widget, widgets.HTML):
            assert "://" not in widget.value
            if not widget.value.startswith("<style"):
                read(widget.value)


def test_an_output_in_an_exported_page_is_text():
    class Nasty(explorers.relu.ReluExplorer):
        def describe(self):
            return [EVIL]

    data = Nasty()._repr_mimebundle_()
    cell = nbformat.v4.new_code_cell("1")
    cell.outputs = [
        nbformat.v4.new_output("display_data", {kind: data[kind] for kind in ("image/svg+xml", "text/plain")}),
        nbformat.v4.new_output("stream", text=data["text/plain"]),
    ]
    folder = [str(NOTEBOOKS / "export")]
    exporter = HTMLExporter(template_name="chapter", extra_template_paths=folder, extra_template_basedirs=folder)
    html, _ = exporter.from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    page = BeautifulSoup(html, "html.parser")
    assert EVIL in page.find("img")["alt"]
    assert not page.find_all(onerror=True) and not page.find_all(href=re.compile("stolen"))
    assert "stolen" not in "".join(script.get_text() for script in page.find_all("script"))
    assert EVIL in page.find("pre", string=re.compile("stolen")).get_text()
