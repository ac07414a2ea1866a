"""The notebooks as pages: exported by the README's commands, and shown in a browser without a CDN.

What a page loads from the web comes from npm's packages here. A test that takes the fixture `cdn` has them,
and `cdn(page)` lets a Playwright page load from them.
"""

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from refresh_notebooks import NOTEBOOKS, PATHS

ROOT = NOTEBOOKS.parent

# package → the address under which a page asks for one of its files
PACKAGES = {
    "reveal.js@4.0.2": r"https://unpkg\.com/reveal\.js@4\.0\.2/(.*)",
    "mathjax@2.7.7": r"https://cdnjs\.cloudflare\.com/ajax/libs/mathjax/2\.7\.7/(.*)",
    "requirejs@2.3.7": r"https://cdnjs\.cloudflare\.com/ajax/libs/require\.js/2\.1\.10/(require)\.min(\.js)",
    "@jupyter-widgets/html-manager@1.0.15": r"https://unpkg\.com/@jupyter-widgets/html-manager@\*/(.*)",
    "mathjax@3.2.2": r"https://mathjax\.test/(.*)",
}


def export(kind, folder, paths=PATHS, *options, page="README.md"):
    """Export notebooks by the command of a page, but into this folder; kind is "html", "slides" or "notebook"."""
    text = (ROOT / page).read_text(encoding="utf-8")
    command = re.search(rf"^ *\.venv/bin/(jupyter nbconvert --to {kind} .*)$", text, flags=re.MULTILINE)[1]
    command = re.sub(r"--output-dir \w+", lambda _: f"--output-dir {shlex.quote(str(folder))}", command)
    command = command.replace("notebooks/*.ipynb", shlex.join(f"notebooks/{path.name}" for path in paths))
    subprocess.run([sys.executable, "-m", *shlex.split(command), *options], cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def npm(request, tmp_path_factory):
    """A folder for packages of npm: in pytest's cache, if it has one."""
    return request.config.cache.mkdir("npm") if hasattr(request.config, "cache") else tmp_path_factory.mktemp("npm")


@pytest.fixture(scope="session")
def cdn(npm):
    for package in PACKAGES:
        download(package, npm)
    return lambda page: page.route(re.compile("^https?:"), lambda route: _answer(route, npm))


def lacking(what):
    """Skip a test for want of something; a CI run on Linux has it, and fails."""
    (pytest.fail if os.environ.get("CI") and sys.platform == "linux" else pytest.skip)(what)


def download(package, folder):
    """Unpack this package of npm into the folder, if it is not there; give the place of its files."""
    if (folder / package).exists():
        return folder / package / "package"
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    npm = shutil.which("npm", path=places)
    with tempfile.TemporaryDirectory(dir=folder) as home:
        command = [npm, "pack", package, "--pack-destination", home, "--fetch-retries=1"]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PATH": places})
        if done.returncode:
            lacking(f"npm cannot download {package}: {done.stderr.strip()}")
        (archive,) = Path(home).glob("*.tgz")
        shutil.unpack_archive(archive, Path(home, "files"), filter="data")
        (folder / package).parent.mkdir(exist_ok=True)
        with contextlib.suppress(OSError):  # another run was first
            Path(home, "files").rename(folder / package)
    return folder / package / "package"


def _answer(route, folder):
    address = route.request.url.split("?")[0]
    for package, pattern in PACKAGES.items():
        if match := re.fullmatch(pattern, address):
            file = folder / package / "package" / "".join(match.groups())
            if file.exists():
                return route.fulfill(path=file)
    return route.abort()
