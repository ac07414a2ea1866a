"""What all tests share: a browser, a JupyterLab, marks, and property tests that draw the same examples in each run."""

import ipywidgets as widgets
import pytest
from hypothesis import settings
from lab import browser, chromium_path, lab_server
from pages import cdn  # noqa: F401
from screens import hand, notebook, run  # noqa: F401

settings.register_profile("project", deadline=None, derandomize=True, max_examples=60, database=None)
settings.load_profile("project")

MARKS = {"chromium": "browser", "cdn": "network"}  # a test that takes the fixture has the mark


def pytest_configure(config):
    config.option.loadscopereorder = False  # xdist would begin with the files of many tests, which are the quick ones


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        for fixture in MARKS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKS[fixture])
    for mark in ("slow", "browser"):  # the long ones first, so that no process is left alone with one
        items.sort(key=lambda item: item.get_closest_marker(mark) is None)


@pytest.fixture(scope="module")
def chromium():
    if not chromium_path():
        pytest.skip("needs Chromium or Chrome, as from: apt-get install chromium")
    with browser() as chromium:
        yield chromium


@pytest.fixture(scope="session")
def lab():
    with lab_server() as lab:
        yield lab


@pytest.fixture(autouse=True)
def no_widgets_left():
    """ipywidgets remembers every widget until it is closed."""
    yield
    widgets.Widget.close_all()
