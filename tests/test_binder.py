"""The packages that the project needs, the same wherever they stand; and Binder: its Dockerfile, and the environment
that it builds, followed here step by step without Docker."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import uv
from breaks import UNWANTED
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


PROJECT = tomllib.loads(read("pyproject.toml"))["project"]


def requirements(path):
    lines = (line.split("#")[0].strip() for line in read(path).splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def run(command, **settings):
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", **settings)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_what_the_project_needs_is_what_requirements_txt_says_and_every_range_has_both_bounds():
    ranges = {requirement.name: requirement.specifier for requirement in requirements("requirements.txt")}
    assert list(ranges) == ["numpy", "matplotlib", "ipywidgets", "jupyterlab", "nbval"]
    assert {need.name: need.specifier for need in map(Requirement, PROJECT["dependencies"])}.items() <= ranges.items()
    for requirement in requirements("requirements.txt") + requirements("tests/requirements.txt"):
        assert sorted(bound.operator for bound in requirement.specifier) == ["<", ">="], requirement
    assert "://" not in read(".binder/constraints.txt"), "from any registry"


@pytest.mark.network
@pytest.mark.slow
def test_the_environment_has_only_what_is_locked_and_a_notebook_runs_in_it(tmp_path):
    """In a copy of the repository, and the environment that Binder's pip command makes for it."""
    pytest.importorskip("repo2docker", reason="repo2docker does not run on Windows")
    dockerfile = run([sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)])
    version = read(".binder/runtime.txt").strip().removeprefix("python-")
    assert f"Building conda environment for python={version}\n" in dockerfile
    (install,) = re.findall(r"RUN \$\{KERNEL_PYTHON_PREFIX\}/bin/(pip install .*)", dockerfile)

    folder, python = tmp_path / "repository", tmp_path / "environment/bin/python"
    shutil.copytree(ROOT, folder, ignore=UNWANTED)
    pythons = sorted(Path.home().glob(".pyenv/versions/*/bin"))
    path = os.pathsep.join([os.environ["PATH"], *map(str, pythons)])
    make = [uv.find_uv_bin(), "venv", "--seed", "--python", version, str(python.parents[1])]
    run(make, env=os.environ | {"PATH": path})
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def in_it(*arguments):
        return run([python, *arguments], cwd=folder, env=clean)

    in_it("-m", *shlex.split(install))
    listed = in_it("-m", "pip", "list", "--format=freeze", "--exclude=pip", f"--exclude={PROJECT['name']}")
    found = re.findall(r"^([\w.-]+)(==\S+)$", listed, flags=re.MULTILINE)
    locked = {(canonicalize_name(lock.name), str(lock.specifier)) for lock in requirements(".binder/constraints.txt")}
    assert found and {(canonicalize_name(name), version) for name, version in found} <= locked
    in_it("-m", "pip", "check")

    said = in_it("-m", "pytest", "-q", "--nbval", "--nbval-current-env", "notebooks/00_start_here.ipynb")
    assert re.search(r"\d+ passed", said)
    extensions = in_it("-m", "jupyter", "server", "extension", "list")
    assert re.search(r"jupyterlab \S+ \S*OK", extensions) and re.search(r"sent_at_once +\S*OK", extensions)
