"""The versions that the project admits, the same wherever they stand; and Binder: its Dockerfile, and the environment
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
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
INSTALL = r"RUN \$\{KERNEL_PYTHON_PREFIX\}/bin/(pip install .*)"


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


PYTHON = read(".binder/runtime.txt").strip().removeprefix("python-")
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


def test_the_workflow_and_binder_take_the_ends_of_the_range_of_pythons():
    pythons = [f"3.{minor}" for minor in range(30) if f"3.{minor}.99" in SpecifierSet(PROJECT["requires-python"])]
    matrix = yaml.safe_load(read(".github/workflows/test.yml"))["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"] == [pythons[0], pythons[-1]] and pythons[-1] == PYTHON
    assert matrix["versions"] == ["lowest-direct", "highest"]


def test_binder_installs_what_requirements_txt_says_at_locked_versions():
    lines = read(".binder/requirements.txt").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["-r ../requirements.txt", "-c constraints.txt"]
    locked = requirements(".binder/constraints.txt")
    assert all(re.fullmatch(r"==[\w.]+", str(lock.specifier)) for lock in locked)
    for wanted in requirements("requirements.txt"):
        versions = [lock.specifier for lock in locked if canonicalize_name(lock.name) == canonicalize_name(wanted.name)]
        assert versions and all(wanted.specifier.contains(str(version).removeprefix("==")) for version in versions)


def test_the_lock_says_how_it_is_made_and_names_no_registry():
    text = read(".binder/constraints.txt")
    command = text.splitlines()[1].removeprefix("#").split()
    assert "://" not in text and command[:3] == ["uv", "pip", "compile"]
    assert any({*command[1:], "--upgrade"} <= set(line.split()) for line in read(".binder/README.md").splitlines())


def dockerfile():
    pytest.importorskip("repo2docker", reason="repo2docker does not run on Windows")
    return run([sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)])


@pytest.mark.slow
def test_dockerfile_has_that_python_and_installs_the_requirements_and_nothing_else():
    text = dockerfile()
    assert f"Building conda environment for python={PYTHON}\n" in text
    assert re.findall(INSTALL, text) == ['pip install --no-cache-dir -r ".binder/requirements.txt"']


@pytest.mark.network
@pytest.mark.slow
def test_the_environment_is_the_lock_no_more_and_no_less_and_a_notebook_runs_in_it(tmp_path):
    """In a copy of the repository, and the environment that Binder's pip command makes for it."""
    folder, python = tmp_path / "repository", tmp_path / "environment/bin/python"
    unwanted = shutil.ignore_patterns(".git", ".venv*", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, folder, ignore=unwanted)
    pythons = sorted(Path.home().glob(".pyenv/versions/*/bin"))
    path = os.pathsep.join([os.environ["PATH"], *map(str, pythons)])
    make = [uv.find_uv_bin(), "venv", "--seed", "--python", PYTHON, str(python.parents[1])]
    run(make, env=os.environ | {"PATH": path})
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def in_it(*arguments):
        return run([python, *arguments], cwd=folder, env=clean)

    for command in re.findall(INSTALL, dockerfile()):
        in_it("-m", *shlex.split(command))
    listed = in_it("-m", "pip", "--disable-pip-version-check", "list", "--format=freeze")
    found = re.findall(r"^([\w.-]+)==(\S+)$", listed, flags=re.MULTILINE)
    installed = {canonicalize_name(name): version for name, version in found}
    wanted = {
        canonicalize_name(lock.name): str(lock.specifier).removeprefix("==")
        for lock in requirements(".binder/constraints.txt")
        if not lock.marker or lock.marker.evaluate({"python_version": PYTHON, "python_full_version": f"{PYTHON}.0"})
    }
    del installed["pip"]
    assert installed == wanted | {canonicalize_name(PROJECT["name"]): PROJECT["version"]}
    assert in_it("--version").startswith(f"Python {PYTHON}.")
    in_it("-m", "pip", "check")

    said = in_it("-m", "pytest", "-q", "--nbval", "--nbval-current-env", "notebooks/00_start_here.ipynb")
    assert re.search(r"\d+ passed", said)
    assert re.search(r"jupyterlab \S+ \S*OK", in_it("-m", "jupyter", "server", "extension", "list"))
