"""Point every link at a fork: python .binder/links.py YOUR-NAME/YOUR-REPOSITORY

The repository's name stands in pyproject.toml; its copies in the links of the other files are rewritten with it.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILES = ["pyproject.toml", "README.md", "CITATION.cff"]
SITES = (
    r"(?<=github\.com/)|(?<=mybinder\.org/v2/gh/)|(?<=nbviewer\.org/github/)|(?<=colab\.research\.google\.com/github/)"
)


def repository(root=ROOT):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"].removeprefix("https://github.com/")


def page(name):
    return "https://{}.github.io/{}/".format(*name.split("/"))


def rewrite(name, root=ROOT):
    before = repository(root)
    for file in FILES:
        path = root / file
        text = re.sub(rf"(?:{SITES}){re.escape(before)}(?![\w-])", name, path.read_text(encoding="utf-8"))
        path.write_text(text.replace(page(before), page(name)), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not re.fullmatch(r"[\w.-]+/[\w.-]+", sys.argv[1]):
        sys.exit(__doc__)
    rewrite(sys.argv[1])
