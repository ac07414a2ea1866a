"""The committed notebooks: run in order, small, clean, and each exercise with its solution.

nbval compares the text of each cell with a fresh run. It passes a notebook that was never run,
and it does not look at metadata or style: this file does. test_runs.py runs them another way.
"""

import ast
import re
import tomllib
from pathlib import Path
from statistics import median

import nbformat
import pytest
from refresh_notebooks import PATHS, WIDGET_VIEW, as_text, clean

FORBIDDEN = tomllib.loads(Path(__file__).with_name("forbidden.toml").read_text(encoding="utf-8"))


def load(path):
    return nbformat.v4.reads(path.read_text(encoding="utf-8"))


def code_cells(nb):
    return [(n, cell) for n, cell in enumerate(nb.cells) if cell.cell_type == "code" and cell.source.strip()]


def shows_explorer(cell):
    return re.search(r"\b(\w+_explorer|bug_lab)\(", cell.source) is not None


# A rule takes a notebook and its path, and gives the problems it finds.


def run_in_order_and_quiet(nb, path):
    for expected, (n, cell) in enumerate(code_cells(nb), start=1):
        if cell.execution_count != expected:
            yield f"cell {n}: execution count is {cell.execution_count}, not {expected}"
        if any(output.get("name") == "stderr" for output in cell.outputs):
            yield f"cell {n} writes to stderr"


def small(nb, path):
    if path.stat().st_size > 300_000:
        yield f"{path.stat().st_size / 1000:.0f} kB; at most 300 kB: make the pictures smaller"


def clean_file(nb, path):
    text = path.read_text(encoding="utf-8")
    clean(nb)
    if text != as_text(nb) or WIDGET_VIEW in text:
        yield f"not as it is saved by the command: python tests/refresh_notebooks.py {path.name}"


def short_cells(nb, path):
    lengths = [len(cell.source.strip().splitlines()) for _, cell in code_cells(nb)]
    if max(lengths) > 20 or median(lengths) > 4:
        yield f"the longest code cell has {max(lengths)} lines; at most 20; the median {median(lengths)}; at most 4"


def allowed_code(nb, path):
    for n, cell in code_cells(nb):
        for what, pattern in FORBIDDEN["code"].items():
            if re.search(pattern, cell.source, flags=re.MULTILINE):
                yield f"cell {n}: {what}"
        if skipped := {t for t in cell.metadata.get("tags", []) if re.match("nbval|raises", t)}:
            yield f"cell {n}: tags {skipped} hide it from nbval"


def portable_outputs(nb, path):
    for n, cell in code_cells(nb):
        outputs = [{"text": output.get("text", "")} | output.get("data", {}) for output in cell.outputs]
        shown = "\n".join(str(data) for kinds in outputs for kind, data in kinds.items() if kind != "image/png")
        for what, pattern in FORBIDDEN["output"].items():
            if match := re.search(pattern, shown):
                yield f"cell {n}: the output has a {what}: {match.group()}"


def slides(nb, path):
    for n, cell in enumerate(nb.cells):
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if kind not in ("slide", "subslide", "fragment", "skip", "notes", "-"):
            yield f"cell {n}: slide type is {kind}"
        if cell.cell_type == "code" and shows_explorer(cell) and kind != "subslide":
            yield f"cell {n}: an explorer has a slide of its own"
        formulas = len(re.findall(r"^\$\$$", cell.source, flags=re.MULTILINE)) // 2
        if formulas > 1 or (formulas and kind == "skip"):
            yield f"cell {n}: {formulas} formulas, {kind}; each step has one, and is on the slides"


def leads_on(nb, path):
    following = [other.name for other in sorted(path.parent.glob("*.ipynb")) if other.name > path.name]
    if following and f"]({following[0]})" not in nb.cells[-1].source:
        yield f"the last cell has no link to {following[0]}"


# An exercise is a code cell that calls check_answer or check_slopes and has three dots to fill in.


def is_exercise(cell):
    return "..." in cell.source and re.search(r"\b(check_answer|check_slopes)\(", cell.source) is not None


def solved(nb, n):
    """The exercise of cell n with the collapsed solution below in the place of the statement with dots, or None."""
    below = nb.cells[n + 1].source if n + 1 < len(nb.cells) else ""
    found = re.search(r"<details>\s*<summary>.*?</summary>(.*)</details>", below, flags=re.DOTALL)
    solutions = re.findall(r"^```python\n(.*?)^```$", found[1], flags=re.DOTALL | re.MULTILINE) if found else []
    parts, solution = [], solutions[0] if len(solutions) == 1 else None
    for statement in ast.parse(nb.cells[n].source).body:
        dots = any(isinstance(node, ast.Constant) and node.value is ... for node in ast.walk(statement))
        parts.append(solution if dots else ast.unparse(statement))
    return "\n".join(parts) if solution and parts.count(solution) == 1 and parts[-1] != solution else None


def exercises(nb, path):
    found = [n for n, cell in code_cells(nb) if is_exercise(cell)]
    headings = sum(cell.source.startswith("### Exercise") for cell in nb.cells)
    if len(found) != headings:
        yield f"{headings} headings of an exercise, and {len(found)} that wait for an answer"
    for n in found:
        if not solved(nb, n):
            yield f"cell {n}: expected one statement with three dots, the check, and below one collapsed solution"


RULES = [run_in_order_and_quiet, small, clean_file, short_cells, allowed_code, portable_outputs, slides, leads_on]
RULES += [exercises]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_keeps_each_rule(path, rule):
    problems = list(rule(load(path), path))
    assert not problems, "\n".join(problems)
