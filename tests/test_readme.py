"""The links in the README: to notebooks that exist, all in one repository, and rewritten by one command."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from breaks import UNWANTED

ROOT = Path(__file__).resolve().parents[1]
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


def test_the_documented_command_rewrites_every_link_and_refuses_what_is_no_name(tmp_path):
    copy = shutil.copytree(ROOT, tmp_path / "copy", ignore=UNWANTED)
    pages = [page for page in copy.rglob("*") if page.suffix in (".md", ".ipynb", ".yml", ".cff", ".toml")]
    before = [page.read_bytes() for page in pages]

    def run(name):
        return subprocess.run([sys.executable, ".binder/links.py", name], cwd=copy, capture_output=True, text=True)

    def linked():
        link = r"/{0}/{1}\b|{0}\.github\.io/{1}\b".format(*REPOSITORY.split("/"))
        return {page.name for page in pages if re.search(link, page.read_text(encoding="utf-8"))}

    assert "python3 .binder/links.py YOUR-NAME/YOUR-REPOSITORY" in README
    assert linked() == {"pyproject.toml", "README.md", "CITATION.cff"}
    assert run("a-teacher/back.prop_2").returncode == 0 and not linked()
    assert run(REPOSITORY).returncode == 0
    for name in ("OWNER", "a/b/c", "a b/c", "https://github.com/a/b"):
        done = run(name)
        assert done.returncode == 1 and "YOUR-NAME/YOUR-REPOSITORY" in done.stderr
    assert [page.read_bytes() for page in pages] == before
