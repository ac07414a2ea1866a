"""The links in the README: to notebooks that exist, all in one repository, and rewritten by one command."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILES = ["pyproject.toml", "README.md", "CITATION.cff"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NAMES = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
URLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]
REPOSITORY = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+)", URLS["Repository"])[1]


def test_each_notebook_has_a_binder_link_and_a_link_to_the_site():
    binder = rf"\]\(https://mybinder\.org/v2/gh/{REPOSITORY}/HEAD\?urlpath=lab/tree/notebooks/([^)]*)\)"
    assert re.findall(binder, README) == [NAMES[0], *NAMES]  # the badge comes first
    site = "https://{}.github.io/{}/lab/index.html".format(*REPOSITORY.split("/"))  # where .lite/build.py puts it
    row = rf"^\| \[.*?\]\(notebooks/(\S+)\) .*\]\({re.escape(site)}\?path=(\S+?)\).*{binder} \|$"
    assert re.findall(row, README, flags=re.MULTILINE) == [(name, name, name) for name in NAMES]
    others = README + (ROOT / "notebooks/for_teachers.md").read_text(encoding="utf-8")
    assert {*re.findall(r"\d\d_\w+\.ipynb", others)} == {*NAMES}


def places(folder):
    """Every repository that the files name, as a link or to install from."""
    hosts = r"(?:github\.com|mybinder\.org/v2/gh|colab\.research\.google\.com/github|nbviewer\.org/github)"
    links = rf"{hosts}/([\w.-]+/[\w.-]+)|https://(?!YOUR-NAME)([\w-]+)\.github\.io/([\w.-]+)/"
    texts = {file: (folder / file).read_text(encoding="utf-8") for file in FILES}
    return {file: [a or f"{b}/{c}" for a, b, c in re.findall(links, text)] for file, text in texts.items()}


def test_every_link_names_the_same_repository_and_no_other_page_does():
    """Else the command that rewrites the name would leave it there."""
    assert all(set(names) == {REPOSITORY} for names in places(ROOT).values())
    folders = [ROOT / folder for folder in (".binder", ".github", "notebooks", "tests")]
    pages = [page for folder in folders for kind in ("md", "ipynb", "yml") for page in folder.rglob(f"*.{kind}")]
    assert len(pages) > 10
    assert [page for page in pages if REPOSITORY in page.read_text(encoding="utf-8")] == []


def test_the_documented_command_rewrites_the_name_everywhere_and_refuses_what_is_no_name(tmp_path):
    (tmp_path / ".binder").mkdir()
    for file in [*FILES, ".binder/links.py"]:
        shutil.copy(ROOT / file, tmp_path / file)

    def run(name):
        command = [sys.executable, ".binder/links.py", name]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert "python3 .binder/links.py YOUR-NAME/YOUR-REPOSITORY" in README
    for name in ("a-teacher/back.prop_2", REPOSITORY):
        assert run(name).returncode == 0
        assert places(tmp_path) == {file: [name] * len(found) for file, found in places(ROOT).items()}
    for name in ("OWNER", "a/b/c", "a b/c", "https://github.com/a/b"):
        done = run(name)
        assert done.returncode == 1 and "YOUR-NAME/YOUR-REPOSITORY" in done.stderr
    assert all((tmp_path / file).read_bytes() == (ROOT / file).read_bytes() for file in FILES)
