"""What all tests share: a browser, a JupyterLab, marks, and property tests that draw the same examples in each run."""

import contextlib
import re
import shlex
import shutil

import ipywidgets as widgets
import pytest
from hypothesis import settings
from lab import ROOT, lab_server, launch, served
from pages import cdn, lacking, npm  # noqa: F401
from playwright.sync_api import expect, sync_playwright
from safari import webkit as safari
from screens import LOOK, hand, notebook, run  # noqa: F401

settings.register_profile("project", deadline=None, derandomize=True, max_examples=60, database=None)
settings.load_profile("project")
expect.set_options(timeout=30_000)

BROWSERS = ("chromium", "firefox", "webkit")
MARKS = dict.fromkeys(BROWSERS, "browser") | {"cdn": "network"}  # a test that takes the fixture has the mark
FAILED = pytest.StashKey()


def pytest_configure(config):
    config.option.loadscopereorder = False  # xdist would begin with the files of many tests, which are the quick ones


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        for fixture in MARKS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKS[fixture])
    for mark in ("slow", "browser"):  # the long ones first, so that no process is left alone with one
        items.sort(key=lambda item: item.get_closest_marker(mark) is None)


# ---------------------------------------------------------------- a browser that stumbles costs one test


def fixtures_of(item):
    """The fixtures of a test, of which each is what it gave, or failed."""
    known = item._fixtureinfo.name2fixturedefs.values() if hasattr(item, "_fixtureinfo") else ()
    return [fixture for *_, fixture in known if fixture.cached_result]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Say of a test that has failed what was on the screen."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
        for fixture in fixtures_of(item):
            report.sections += [(f"On the screen of {fixture.argname}", text) for text in on_screen(fixture)]
    return report


def on_screen(fixture):
    browser = fixture.cached_result[0] if fixture.argname in BROWSERS else None
    pages = (
        [page for context in browser.contexts for page in context.pages] if hasattr(browser, "contexts") else [browser]
    )
    for page in filter(None, pages):
        try:
            page.evaluate(LOOK)
            yield "\n".join(page.evaluate("() => look.everything()"))
        except Exception as error:
            yield f"nothing can be seen: {error}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    """Throw away the browser of a test that has failed, with all that stands on it, and what could not be set up: the
    next test opens them anew."""
    try:
        return (yield)
    except Exception:
        if not item.stash.get(FAILED, False):  # else it is what the failure has left, and no second one
            item.stash[FAILED] = True
            raise
    finally:
        if item.stash.get(FAILED, False):
            for fixture in fixtures_of(item):
                if fixture.argname in BROWSERS or fixture.cached_result[2]:
                    fixture.finish(item._request)


# ---------------------------------------------------------------- browsers, and a server


@pytest.fixture(scope="module")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


def opened(browser):
    """A fixture that gives this browser."""

    @pytest.fixture(scope="module")
    def found(request):
        with contextlib.ExitStack() as stack:
            try:
                found = stack.enter_context(browser(request.getfixturevalue))
            except LookupError as error:
                lacking(str(error))
            yield found

    return found


def launch_firefox(firefox):
    """Start the Firefox of this machine, over WebDriver BiDi."""
    if program := shutil.which("firefox-esr") or shutil.which("firefox"):
        return firefox.launch(channel="moz-firefox", executable_path=program)
    raise LookupError("needs what is installed by: apt-get install firefox-esr")


chromium = opened(lambda fixture: contextlib.closing(launch(fixture("playwright").chromium)))
firefox = opened(lambda fixture: contextlib.closing(launch_firefox(fixture("playwright").firefox)))
webkit = opened(lambda _: safari())


@pytest.fixture(scope="session")
def lab():
    with lab_server() as lab:
        yield lab


@pytest.fixture(scope="session")
def voila(lab):
    """The command of the page for teachers, on the notebooks that JupyterLab serves."""
    text = (ROOT / "notebooks/for_teachers.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^ *\.venv/bin/voila (.*)$", text, flags=re.MULTILINE)
    with served("voila", *shlex.split(command), home=lab.folder.parent) as address:
        yield address


@pytest.fixture(autouse=True)
def no_widgets_left():
    """ipywidgets remembers every widget until it is closed."""
    yield
    widgets.Widget.close_all()
