"""Run notebooks and save them with their outputs: python tests/refresh_notebooks.py [names...]

Without names, every notebook runs, in order. A name is a path, or a file name in notebooks/.
A notebook with a cell that raises is reported and left as it was.
"""

import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = {"jupyter", "slideshow", "tags"}


def execute(nb, folder):
    """Run every code cell of nb in a fresh kernel of this Python, in the given folder."""
    quiet = {"extra_arguments": ["--log-level=ERROR"], "record_timing": False, "store_widget_state": False}
    where = {"kernel_name": "python3", "resources": {"metadata": {"path": str(folder)}}}
    NotebookClient(nb, timeout=60, **quiet, **where).execute()


def clean(nb):
    """Keep what a reader needs. A widget's view would show an error, and hide the picture and text beside it."""
    nb.metadata = nbformat.from_dict(METADATA)
    for cell in nb.cells:
        cell.metadata = keep(cell.metadata, CELL_METADATA)
        if cell.cell_type != "code":
            continue
        cell.outputs = merge_streams(cell.outputs)
        for output in cell.outputs:
            if "data" in output:
                output.data.pop(WIDGET_VIEW, None)
                images = [kind for kind in output.metadata if kind in output.data and kind.startswith("image/")]
                # An SVG says itself in words; a PNG needs its alt text.
                output.metadata = nbformat.from_dict({kind: keep(output.metadata[kind], {"alt"}) for kind in images})


def merge_streams(outputs):
    """One output for what a cell prints between two displays: the kernel sends it in pieces."""
    merged = []
    for output in outputs:
        if merged and output.output_type == "stream" and merged[-1].get("name") == output.name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def keep(metadata, names):
    return nbformat.from_dict({name: metadata[name] for name in sorted(names & metadata.keys())})


def as_text(nb):
    return nbformat.v4.writes(nb) + "\n"


def refresh(path):
    nb = nbformat.read(path, as_version=4)
    execute(nb, path.parent)
    clean(nb)
    nbformat.validate(nb)
    path.write_text(as_text(nb), encoding="utf-8", newline="\n")


def main(names):
    paths = [Path(name) if Path(name).exists() else NOTEBOOKS / name for name in names]
    failed = []
    for path in paths or sorted(NOTEBOOKS.glob("*.ipynb")):
        print(path.name, end=" ", flush=True)
        try:
            refresh(path.resolve())
            print("saved")
        except CellExecutionError as error:
            print("FAILED, left as it was\n", re.sub(r"\x1b\[[0-9;]*m", "", str(error)), sep="")
            failed.append(path.name)
    return f"Not saved: {', '.join(failed)}" if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
