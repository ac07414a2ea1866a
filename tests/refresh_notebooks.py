"""Run notebooks and save them with their outputs: python tests/refresh_notebooks.py [names...]

Without names, every notebook runs, in order. A notebook with a cell that raises is left as it was.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = {"slideshow", "tags"}


def execute(nb, folder):
    """Run every code cell of nb in a fresh kernel of this Python, in the given folder."""
    options = {"extra_arguments": ["--log-level=ERROR"], "record_timing": False, "store_widget_state": False}
    options["coalesce_streams"] = True  # the kernel sends what a cell prints in pieces
    where = {"kernel_name": "python3", "resources": {"metadata": {"path": str(folder)}}}
    NotebookClient(nb, timeout=60, **options, **where).execute()


def clean(nb):
    """Keep what a reader needs. A widget's view would show an error, and hide the picture and text beside it."""
    nb.metadata = METADATA
    for cell in nb.cells:
        cell.metadata = {name: cell.metadata[name] for name in sorted(CELL_METADATA & cell.metadata.keys())}
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
            if "metadata" in output:  # a PNG needs its alt text; an SVG says itself in words
                output.metadata = {kind: {"alt": of["alt"]} for kind, of in output.metadata.items() if "alt" in of}


def as_text(nb):
    """What is saved of a notebook, if its format, with an id of its own for each cell, is right."""
    nbformat.validate(nb)
    return nbformat.v4.writes(nb) + "\n"


def refresh(path):
    nb = nbformat.read(path, as_version=4)
    execute(nb, path.parent)
    clean(nb)
    path.write_text(as_text(nb), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    for path in sys.argv[1:] or PATHS:
        print(path)
        refresh(NOTEBOOKS / Path(path).name)
