"""The versions that the project admits are the same wherever they stand, bounded, and those that the workflow tests."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SUPPORTED = SpecifierSet(PROJECT["requires-python"])
PYTHONS = [f"3.{minor}" for minor in range(30) if f"3.{minor}.99" in SUPPORTED]
WORKFLOW = (ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8")


def requirements(path):
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def test_what_the_project_needs_is_what_requirements_txt_says():
    ranges = {requirement.name: requirement.specifier for requirement in requirements("requirements.txt")}
    assert list(ranges) == ["numpy", "matplotlib", "ipywidgets", "jupyterlab", "nbval"]
    assert {need.name: need.specifier for need in map(Requirement, PROJECT["dependencies"])}.items() <= ranges.items()


def test_every_range_has_a_lower_and_an_upper_bound():
    for requirement in requirements("requirements.txt") + requirements("tests/requirements.txt"):
        assert sorted(bound.operator for bound in requirement.specifier) == ["<", ">="], requirement


def test_the_workflow_tests_the_ends_of_the_ranges_weekly_on_three_systems():
    workflow = yaml.safe_load(WORKFLOW)
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"] == [PYTHONS[0], PYTHONS[-1]]
    assert matrix["versions"] == ["lowest-direct", "highest"]
    assert [system.split("-")[0] for system in matrix["os"]] == ["ubuntu", "macos", "windows"]
    assert {"push", "schedule"} <= set(workflow[True])  # YAML reads the key "on" as true


def test_every_action_is_pinned_by_commit():
    actions = re.findall(r"uses: (.*)", WORKFLOW)
    assert actions
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) for action in actions)
