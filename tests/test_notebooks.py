"""The committed notebooks: run in order, small, clean, complete, and the same when run again.

nbval compares the text of each cell with a fresh run. It passes a notebook that was never run,
and it does not look at pictures, metadata, links or style: this file does.
"""

import copy
import json
import re
from itertools import zip_longest
from pathlib import Path
from statistics import median
from urllib.parse import unquote

import nbformat
import pytest
from refresh_notebooks import NOTEBOOKS, WIDGET_VIEW, as_text, clean, execute, merge_streams

ROOT = NOTEBOOKS.parent
PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
SLIDE_TYPES = {"slide", "subslide", "fragment", "skip", "notes", "-"}
FORBIDDEN_CODE = {
    "edits sys.path": r"\bsys\.path\b",
    "star import": r"^\s*from\s+\S+\s+import\s+\*",
    "magic or shell command": r"^\s*[%!]",
    "download": r"\b(urllib|requests|urlretrieve|wget|curl|urlopen)\b",
    "only some front ends run it": r"\b(Javascript|IFrame|get_ipython|ipylab|jupyterlab)\b",
    "output hidden from nbval": r"NBVAL_|VALIDATE_IGNORE",
    "interact or Output, which hide errors": r"\b(interact|interactive|interactive_output|Output)\(",
}
FORBIDDEN_OUTPUT = {
    "path on this machine": r"(?<![\w<.])/(root|work|tmp|home|Users)\b|[A-Z]:\\\w|site-packages|ipykernel_\d",
    "memory address": r"\b0x[0-9a-fA-F]{6,}",
}


def load(path):
    return nbformat.v4.reads(path.read_text(encoding="utf-8"))


def cells(nb, kind):
    return [(n, cell) for n, cell in enumerate(nb.cells) if cell.cell_type == kind]


def code_cells(nb):
    return [(n, cell) for n, cell in cells(nb, "code") if cell.source.strip()]


def output_texts(cell):
    for output in cell.outputs:
        yield output.get("text", "")
        for kind, data in output.get("data", {}).items():
            if kind not in ("image/png", "image/jpeg"):
                yield data if isinstance(data, str) else json.dumps(data)


def prose(cell):
    """Markdown without code and mathematics, where brackets are no links."""
    return re.sub(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", "", cell.source, flags=re.DOTALL)


def links(text):
    return re.findall(r"\]\(\s*<?([^)\s>]+)", text) + re.findall(r"""(?:href|src)=["']([^"']+)""", text)


def missing_targets(text, folder):
    for link in links(text):
        target = unquote(link.split("#")[0])
        if target and not re.match(r"[a-z]+:", target) and not (folder / target).exists():
            yield link


# A rule takes a notebook and its path, and gives the problems it finds.


def run_in_order(nb, path):
    for expected, (n, cell) in enumerate(code_cells(nb), start=1):
        if cell.execution_count != expected:
            yield f"cell {n}: execution count is {cell.execution_count}, not {expected}"


def has_outputs(nb, path):
    if not any(text.strip() for _, cell in code_cells(nb) for text in output_texts(cell)):
        yield "no cell has a text output"


def no_errors(nb, path):
    for n, cell in code_cells(nb):
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                yield f"cell {n}: {output.get('ename') or 'writes to stderr: ' + output.text[:200]}"


def small(nb, path):
    size = path.stat().st_size
    if size > 300_000:
        yield f"{size / 1000:.0f} kB; at most 300 kB: make the pictures smaller"


def clean_file(nb, path):
    cleaned = copy.deepcopy(nb)
    clean(cleaned)
    for n, (cell, wanted) in enumerate(zip(nb.cells, cleaned.cells, strict=True)):
        if cell != wanted:
            yield f"cell {n}: metadata or outputs are not as the refresh command saves them"
    if nb.metadata != cleaned.metadata:
        yield f"metadata is {json.dumps(nb.metadata)}"
    elif path.read_text(encoding="utf-8") != as_text(cleaned):
        yield "the file is not as the refresh command saves it"


def stable_ids(nb, path):
    if (nb.nbformat, nb.nbformat_minor) < (4, 5):
        yield f"format {nb.nbformat}.{nb.nbformat_minor} has no cell ids: 4.5 is needed"
    ids = [cell.get("id", "") for cell in nb.cells]
    for n, name in enumerate(ids):
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
            yield f"cell {n}: {name!r} is no cell id"
        elif name in ids[:n]:
            yield f"cell {n}: the id {name} is used twice"


def short_cells(nb, path):
    lengths = {n: len(cell.source.strip().splitlines()) for n, cell in code_cells(nb)}
    for n, length in lengths.items():
        if length > 20:
            yield f"cell {n}: {length} lines; at most 20"
    if median(lengths.values()) > 4:
        yield f"the median code cell has {median(lengths.values())} lines; at most 4"


def allowed_code(nb, path):
    for n, cell in cells(nb, "code"):
        for what, pattern in FORBIDDEN_CODE.items():
            if re.search(pattern, cell.source, flags=re.MULTILINE):
                yield f"cell {n}: {what}"
        if skipped := {t for t in cell.metadata.get("tags", []) if re.match("nbval|raises", t)}:
            yield f"cell {n}: tags {skipped} hide it from nbval"


def portable_outputs(nb, path):
    for n, cell in code_cells(nb):
        for text in output_texts(cell):
            for what, pattern in FORBIDDEN_OUTPUT.items():
                if match := re.search(pattern, text):
                    yield f"cell {n}: the output has a {what}: {match.group()}"


def slides(nb, path):
    for n, cell in enumerate(nb.cells):
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if kind not in SLIDE_TYPES:
            yield f"cell {n}: slide type is {kind}"


def alt_texts(nb, path):
    for n, cell in cells(nb, "markdown"):
        text = prose(cell)
        if re.search(r"!\[\s*\]", text):
            yield f"cell {n}: a picture without alt text"
        for tag in re.findall(r"<img\b[^>]*>", text):
            if not re.search(r"""\balt=["'][^"']""", tag):
                yield f"cell {n}: a picture without alt text: {tag}"


def links_lead_somewhere(nb, path):
    for n, cell in cells(nb, "markdown"):
        for link in missing_targets(prose(cell), path.parent):
            yield f"cell {n}: {link} does not exist"


def details_closed(nb, path):
    for n, cell in cells(nb, "markdown"):
        parts = re.findall(r"<details\b|<summary\b|</summary>|</details>", prose(cell))
        if parts != ["<details", "<summary", "</summary>", "</details>"] * (len(parts) // 4):
            yield f"cell {n}: each <details> needs a <summary> and an end; here stand {parts}"


def leads_on(nb, path):
    notebooks = sorted(path.parent.glob("*.ipynb"))
    following = notebooks[notebooks.index(path) + 1 :]
    last = cells(nb, "markdown")[-1][1]
    if following and following[0].name not in links(prose(last)):
        yield f"the last markdown cell has no link to {following[0].name}"


RULES = [
    run_in_order,
    has_outputs,
    no_errors,
    small,
    clean_file,
    stable_ids,
    short_cells,
    allowed_code,
    portable_outputs,
    slides,
    alt_texts,
    links_lead_somewhere,
    details_closed,
    leads_on,
]


def by_name(thing):
    return thing.stem if isinstance(thing, Path) else thing.__name__


def advice(path, problems):
    return "\n".join(
        [
            path.name,
            *problems,
            f"If the cells are as you want them, run: python tests/refresh_notebooks.py {path.name}",
        ]
    )


@pytest.mark.parametrize("rule", RULES, ids=by_name)
@pytest.mark.parametrize("path", PATHS, ids=by_name)
def test_rule(path, rule):
    problems = list(rule(load(path), path))
    assert not problems, advice(path, problems)


def comparable(cell):
    """What a cell shows: its text, and for a picture only that there is one."""
    shown = []
    for output in merge_streams(copy.deepcopy(cell.outputs)):
        data = {
            kind: "a picture" if kind.startswith("image/") else text
            for kind, text in output.get("data", {}).items()
            if kind != WIDGET_VIEW
        }
        shown.append((output.output_type, output.get("name"), output.get("text"), data))
    return shown


def rerun_problems(path):
    """Run each cell twice in a row, and then the whole notebook again, in one kernel."""
    committed = load(path)
    code = code_cells(committed)
    order = [pair for pair in code for _ in range(2)] + code
    again = copy.deepcopy(committed)
    again.cells = [nbformat.v4.new_code_cell(cell.source) for _, cell in order]
    execute(again, path.parent)
    for (n, cell), run in zip(order, again.cells, strict=True):
        for saved, shown in zip_longest(comparable(cell), comparable(run)):
            if saved != shown:
                yield f"cell {n}: another run shows {str(shown)[:500]}, the file {str(saved)[:500]}"


@pytest.mark.parametrize("path", PATHS, ids=by_name)
def test_every_cell_and_the_notebook_run_twice_show_the_same(path):
    problems = list(rerun_problems(path))
    assert not problems, advice(path, problems)


def test_readme_lists_every_notebook_and_its_links_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert PATHS
    assert {f"notebooks/{path.name}" for path in PATHS} <= set(links(text))
    assert not list(missing_targets(text, ROOT))


def test_notebook_06_prints_the_same_without_pytorch(tmp_path, monkeypatch):
    """Where torch cannot be imported, the saved values take its place."""
    (tmp_path / "torch.py").write_text("raise ImportError('torch is hidden')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    path = NOTEBOOKS / "06_end_to_end.ipynb"
    committed, again = load(path), load(path)
    execute(again, path.parent)
    for (n, saved), (_, shown) in zip(code_cells(committed), code_cells(again), strict=True):
        assert comparable(shown) == comparable(saved), f"cell {n}"
