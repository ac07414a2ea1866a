"""The exercises: not attempted in the committed file, right with the solution below them, and needed by nothing.

An exercise is a code cell that calls check_answer or check_slopes and has three dots to fill in.
"""

import ast
import contextlib
import io
import re
import symtable

import matplotlib.pyplot as plt
import nbformat
import pytest
from test_notebooks import PATHS, by_name, code_cells, load, output_texts

from checker.answers import NOT_ATTEMPTED

CHECKS = "check_answer", "check_slopes"
WITH_EXERCISES = [path for path in PATHS if re.match(r"0[1-7]_", path.name)]


def has_dots(tree):
    return any(isinstance(node, ast.Constant) and node.value is ... for node in ast.walk(tree))


def is_check(statement):
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in CHECKS


def is_exercise(cell):
    return any(f"{check}(" in cell.source for check in CHECKS) and "..." in cell.source


def scopes(source):
    """The names of a cell, and those of each function inside it."""
    inside = [symtable.symtable(source, "cell", "exec")]
    while inside:
        scope = inside.pop()
        inside += scope.get_children()
        yield scope


def defined(source):
    """The names that a cell leaves behind, which those inside its functions are not."""
    cell, *_ = scopes(source)
    return {name.get_name() for name in cell.get_symbols() if name.is_assigned() or name.is_imported()}


def used(source):
    """The names that a cell looks up, in itself or in a function inside it, and does not define."""
    cell, *functions = scopes(source)
    looked_up = [name for name in cell.get_symbols() if name.is_referenced()]
    looked_up += [name for scope in functions for name in scope.get_symbols() if name.is_global()]
    return {name.get_name() for name in looked_up} - defined(source)


def solution_below(nb, n):
    """The code of the collapsed markdown cell after cell n, or None."""
    cell = nb.cells[n + 1] if n + 1 < len(nb.cells) else None
    if cell is None or cell.cell_type != "markdown":
        return None
    found = re.search(r"<details>\s*<summary>.*?</summary>(.*)</details>", cell.source, flags=re.DOTALL)
    blocks = re.findall(r"^```python\n(.*?)^```$", found[1], flags=re.DOTALL | re.MULTILINE) if found else []
    return blocks[0] if len(blocks) == 1 else None


def run(source, namespace):
    """Run a cell quietly, as a notebook would; give the value of its last line, if that is an expression."""
    statements = ast.parse(source).body
    last = statements.pop() if statements and isinstance(statements[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(ast.Module(statements, []), "cell", "exec"), namespace)
        return eval(compile(ast.Expression(last.value), "cell", "eval"), namespace) if last else None


def solved(source, solution):
    """The exercise's cell with the solution in the place of the statement that has the dots."""
    parts, filled = [], 0
    for statement in ast.parse(source).body:
        dots = has_dots(statement)
        parts.append(solution if dots else ast.unparse(statement))
        filled += dots
    return "\n".join(parts) if filled == 1 else None


# A rule takes a notebook, and gives the problems it finds.


def outputs_say_not_attempted(nb):
    for n, cell in filter(lambda pair: is_exercise(pair[1]), code_cells(nb)):
        said = [text for text in output_texts(cell) if text]
        if said != [repr(NOT_ATTEMPTED)]:
            yield f"cell {n}: the output is {said}, not {NOT_ATTEMPTED!r}"


def solutions_are_right(nb):
    namespace = {"__name__": "__main__"}
    for n, cell in code_cells(nb):
        if is_exercise(cell):
            yield from (f"cell {n}: {problem}" for problem in solution_problems(nb, n, dict(namespace)))
        run(cell.source, namespace)
        plt.close("all")


def solution_problems(nb, n, namespace):
    solution = solution_below(nb, n)
    if solution is None:
        yield "no collapsed <details> with one ```python block in a markdown cell below"
        return
    source = solved(nb.cells[n].source, solution)
    if source is None or not is_check(ast.parse(source).body[-1]):
        yield "expected one statement with three dots, and the check in the last line"
        return
    try:
        answer = run(source, namespace)
    except Exception as error:
        yield f"with the solution, the cell raises {type(error).__name__}: {error}"
        return
    if answer.correct is not True:
        yield f"the solution is not right: {answer}"


def nothing_depends_on_an_exercise(nb):
    owner = {}
    for n, cell in code_cells(nb):
        for name in sorted(used(cell.source) & owner.keys()):
            yield f"cell {n}: uses {name}, which the exercise in cell {owner[name]} defines"
        for name in defined(cell.source):
            owner.pop(name, None)
            if is_exercise(cell):
                owner[name] = n


def two_to_four(nb):
    found = sum(is_exercise(cell) for _, cell in code_cells(nb))
    if not 2 <= found <= 4:
        yield f"{found} exercises; expected two to four"


RULES = [outputs_say_not_attempted, solutions_are_right, nothing_depends_on_an_exercise, two_to_four]


@pytest.mark.parametrize(
    ("path", "rule"),
    [(path, rule) for path in PATHS for rule in RULES if rule is not two_to_four or path in WITH_EXERCISES],
    ids=by_name,
)
def test_exercises(path, rule, monkeypatch):
    monkeypatch.chdir(path.parent)  # where Jupyter runs it
    problems = list(rule(load(path)))
    assert not problems, "\n".join([path.name, *problems])


def test_the_notebooks_with_exercises_are_there():
    assert [path.name[:2] for path in WITH_EXERCISES] == ["01", "02", "03", "04", "05", "06", "07"]


# ---------------------------------------------------------------- each rule notices

SET_UP = """import numpy as np
from checker import check_answer, check_slopes
from mlp_helpers import backward, init_params

X, y, params = np.eye(2), [0, 1], init_params(np.random.default_rng(0))"""
FIRST = """def my_G_H(G_Z, W2):
    return ...


check_answer("G_H", my_G_H, X, y, params)"""
SECOND = """A = np.ones((2, 3))
my_gradient = ...

check_slopes(my_gradient, lambda A: (A**2).sum(), A)"""


def details(code):
    return f"<details>\n<summary>Solution</summary>\n\n```python\n{code}\n```\n\nBecause.\n\n</details>"


def good_notebook():
    v4 = nbformat.v4
    said = {"text/plain": repr(NOT_ATTEMPTED)}
    cells = [
        v4.new_code_cell(SET_UP),
        v4.new_code_cell(FIRST, outputs=[v4.new_output("execute_result", said)]),
        v4.new_markdown_cell(details("def my_G_H(G_Z, W2):\n    return G_Z @ W2")),
        v4.new_code_cell(SECOND, outputs=[v4.new_output("execute_result", said)]),
        v4.new_markdown_cell(details("my_gradient = 2 * A")),
        v4.new_code_cell("backward(X, y, params)"),
    ]
    return v4.new_notebook(cells=cells)


def test_a_good_notebook_passes():
    for rule in RULES:
        assert list(rule(good_notebook())) == []


def source(n, old, new):
    def change(nb):
        assert old in nb.cells[n].source
        nb.cells[n].source = nb.cells[n].source.replace(old, new)

    return change


BROKEN = [
    (outputs_say_not_attempted, lambda nb: nb.cells[1].update(outputs=[])),
    (outputs_say_not_attempted, lambda nb: nb.cells[3].outputs[0].data.update({"text/plain": "Correct."})),
    (solutions_are_right, source(2, "G_Z @ W2", "2 * G_Z @ W2")),
    (solutions_are_right, source(2, "return G_Z @ W2", "return ...")),
    (solutions_are_right, source(2, "my_G_H", "my_G_W2")),
    (solutions_are_right, source(2, "```python", "```")),
    (solutions_are_right, source(2, "<details>", "")),
    (solutions_are_right, source(2, "<details>", "<details open>")),
    (solutions_are_right, source(4, "2 * A", "3 * A")),
    (solutions_are_right, lambda nb: nb.cells.pop(4)),
    (solutions_are_right, source(3, "(A**2).sum(), A)", "[(A**2).sum(), ...][0], A)")),
    (nothing_depends_on_an_exercise, source(5, "X, y", "X, my_gradient")),
    (nothing_depends_on_an_exercise, source(5, "backward(X, y, params)", "my_G_H(X, params.W2)")),
    (nothing_depends_on_an_exercise, source(5, "X, y", "A, y")),
    (two_to_four, source(3, "...", "2 * A")),
    (two_to_four, lambda nb: nb.cells.extend(nb.cells[1:5] * 2)),
]


@pytest.mark.parametrize(("rule", "spoil"), BROKEN, ids=lambda f: getattr(f, "__name__", None))
def test_each_rule_notices(rule, spoil):
    nb = good_notebook()
    spoil(nb)
    assert list(rule(nb))


def test_every_rule_is_tried():
    assert {rule for rule, _ in BROKEN} == set(RULES)
