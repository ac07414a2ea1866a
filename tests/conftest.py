"""What all tests share: a browser, and property tests that draw the same examples in each run, not judged by time."""

import pytest
from hypothesis import settings
from lab import browser, chromium_path

settings.register_profile("project", deadline=None, derandomize=True, max_examples=60, database=None)
settings.load_profile("project")


@pytest.fixture(scope="module")
def chromium():
    if not chromium_path():
        pytest.skip("needs Chromium or Chrome, as from: apt-get install chromium")
    with browser() as chromium:
        yield chromium
