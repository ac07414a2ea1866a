"""Binder: its Dockerfile, and the environment that it builds, followed here step by step without Docker."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import uv
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PYTHON = (ROOT / ".binder/runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
INSTALL = r"RUN \$\{KERNEL_PYTHON_PREFIX\}/bin/(pip install .*)"


def requirements(path):
    lines = (line.split("#")[0].strip() for line in (ROOT / path).read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def run(command, **settings):
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", **settings)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def dockerfile(folder):
    pytest.importorskip("repo2docker", reason="repo2docker does not run on Windows")
    return run([sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(folder)]).splitlines()


@pytest.mark.slow
def test_dockerfile_has_the_python_the_requirements_and_nothing_else(tmp_path):
    """What the repository adds to a Dockerfile of that Python alone is one pip command."""
    (tmp_path / ".binder").mkdir()
    shutil.copy(ROOT / ".binder/runtime.txt", tmp_path / ".binder")
    lines, bare = dockerfile(ROOT), dockerfile(tmp_path)
    assert f"Building conda environment for python={PYTHON}" in lines
    added = [line for line in lines if line not in bare and "local repo" not in line and not line.startswith("#")]
    assert added == [
        "COPY --chown=0:0 src/.binder/requirements.txt ${REPO_DIR}/.binder/requirements.txt",
        'RUN ${KERNEL_PYTHON_PREFIX}/bin/pip install --no-cache-dir -r ".binder/requirements.txt"',
    ]
    assert lines.index("COPY --chown=0:0 src/ ${REPO_DIR}/") < lines.index(added[1])


def test_python_is_the_newest_that_the_project_supports():
    supported = SpecifierSet(PROJECT["requires-python"])
    assert [minor for minor in range(30) if f"3.{minor}.99" in supported] == list(range(11, int(PYTHON[2:]) + 1))


def test_binder_installs_what_requirements_txt_says_at_locked_versions():
    lines = (ROOT / ".binder/requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["-r ../requirements.txt", "-c constraints.txt"]
    assert "://" not in (ROOT / ".binder/constraints.txt").read_text(encoding="utf-8"), "a lock names no registry"
    locked = requirements(".binder/constraints.txt")
    assert all(re.fullmatch(r"==[\w.]+", str(requirement.specifier)) for requirement in locked)
    for wanted in requirements("requirements.txt"):
        versions = [lock.specifier for lock in locked if canonicalize_name(lock.name) == canonicalize_name(wanted.name)]
        assert versions
        assert all(wanted.specifier.contains(str(version).removeprefix("==")) for version in versions)


def test_the_lock_says_how_it_is_made_and_names_no_registry():
    text = (ROOT / ".binder/constraints.txt").read_text(encoding="utf-8")
    command = text.splitlines()[1].removeprefix("#").split()
    assert "://" not in text
    assert command[:3] == ["uv", "pip", "compile"]
    documented = [line.split() for line in (ROOT / ".binder/README.md").read_text(encoding="utf-8").splitlines()]
    assert any({*command[1:], "--upgrade"} <= set(line) for line in documented), ".binder/README.md has another command"


@pytest.fixture(scope="module")
def binder(tmp_path_factory):
    """The folder of a copy of the repository, and the environment that Binder's pip command makes for it."""
    home = tmp_path_factory.mktemp("binder")
    folder, environment = home / "repository", home / "environment"
    unwanted = shutil.ignore_patterns(".git", ".venv*", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, folder, ignore=unwanted)
    pythons = sorted(Path.home().glob(".pyenv/versions/*/bin"))
    path = os.pathsep.join([os.environ["PATH"], *map(str, pythons)])
    run([uv.find_uv_bin(), "venv", "--seed", "--python", PYTHON, str(environment)], env=os.environ | {"PATH": path})
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    python = environment / "bin/python"
    for command in re.findall(INSTALL, "\n".join(dockerfile(ROOT))):
        run([python, "-m", *shlex.split(command)], cwd=folder, env=clean)
    return folder, python, clean


@pytest.mark.network
@pytest.mark.slow
def test_the_environment_is_the_lock_no_more_and_no_less(binder):
    _, python, clean = binder
    listed = run([python, "-m", "pip", "--disable-pip-version-check", "list", "--format=json"], env=clean)
    installed = {
        canonicalize_name(package["name"]): package["version"]
        for package in json.loads(listed[listed.index("[{") :].splitlines()[0])
    }
    facts = "import json; from packaging.markers import default_environment; print(json.dumps(default_environment()))"
    facts = json.loads(run([python, "-c", facts], env=clean))
    wanted = {
        canonicalize_name(lock.name): str(lock.specifier).removeprefix("==")
        for lock in requirements(".binder/constraints.txt")
        if not lock.marker or lock.marker.evaluate(facts)
    }
    del installed["pip"]
    assert installed == wanted | {canonicalize_name(PROJECT["name"]): PROJECT["version"]}
    assert facts["python_version"] == PYTHON
    run([python, "-m", "pip", "check"], env=clean)


@pytest.mark.network
@pytest.mark.slow
def test_a_notebook_opens_and_shows_there_what_is_saved(binder):
    folder, python, clean = binder
    command = ["-m", "pytest", "-q", "--nbval", "--nbval-current-env", "notebooks/00_start_here.ipynb"]
    assert re.search(r"\d+ passed", run([python, *command], cwd=folder, env=clean))
    (path,) = set(re.findall(r"urlpath=(lab/tree/\S*00_start_here.ipynb)", (ROOT / "README.md").read_text("utf-8")))
    notebook = path.removeprefix("lab/tree/")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token="]
    server = subprocess.Popen([python, "-m", "jupyterlab", *options], cwd=folder, env=clean, stderr=subprocess.DEVNULL)
    try:
        page = fetch(f"http://127.0.0.1:{port}/{path}")
        fetch(f"http://127.0.0.1:{port}/api/contents/{notebook}")
    finally:
        server.terminate()
        server.wait()
    assert f'"treePath": "{notebook}"' in page


def fetch(url):
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=60) as page:
                return page.read().decode()
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.1)
    raise TimeoutError(url)
