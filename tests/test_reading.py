"""Read without running: on GitHub, on nbviewer, as HTML and in a JupyterLab, every notebook is a chapter.

GitHub reads a .md file as Markdown first and as mathematics second; notebooks keep to the same rules.
"""

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from pages import PATHS, ROOT, export
from test_notebooks import load

OTHER_PAGES = ("README.md", ".binder/README.md", ".github/CONTRIBUTING.md", "tests/benchmarks/README.md")
PAGES = [*PATHS, *sorted((ROOT / "notebooks").glob("*.md")), *(ROOT / page for page in OTHER_PAGES)]

ASKED = tomllib.loads(Path(__file__).with_name("mathematics.toml").read_text(encoding="utf-8"))
MACROS = {*ASKED["macros"].split()}
LOOK = Path(__file__).with_name("exported.js").read_text(encoding="utf-8")
CODE = r"^ *```.*?^ *```|`[^`\n]*`"
MATHEMATICS = r"\$\$(.*?)\$\$|\$([^$]+)\$"
FINE = r"(?:\A|(?<=\n\n))\$\$[^$]+\$\$(?=\n|\Z)|(?<![^\s(])\$(?!\s)[^$\n]+(?<!\s)\$(?![^\s.,;:?)])"
BROKEN = ("model not found", "Loading widget", "VBox(", "application/vnd.jupyter")


def markdown(path):
    """Each Markdown text of a page, with its name."""
    if path.suffix == ".md":
        return [(path.name, path.read_text(encoding="utf-8"))]
    return [(cell.id, cell.source) for cell in load(path).cells if cell.cell_type == "markdown"]


def count_answers(path):
    return sum(text.count("<details>") for _, text in markdown(path))


def without_code(text):
    return re.sub(CODE, lambda code: " " * len(code[0]), text, flags=re.DOTALL | re.MULTILINE)


def formulas(text):
    """Each formula as a match: of a block the source, without the dollars, is group 1, else group 2."""
    return re.finditer(MATHEMATICS, without_code(text), flags=re.DOTALL)


def ask(page, what, details=None):
    """Ask one of the functions of exported.js about the page."""
    page.evaluate(LOOK)
    return page.evaluate("([what, details]) => exported[what](details)", [what, details])


# ---------------------------------------------------------------- mathematics


def portability(text):
    """What in the mathematics of a text GitHub or JupyterLab would not show."""
    plain = without_code(text)
    fine = {found.start() for found in re.finditer(FINE, plain)}
    for found in formulas(text):
        if found.start() not in fine:
            yield f"{found[0]} touches what is beside it, or is broken, or is no paragraph of its own"
        if unknown := set(re.findall(r"\\([A-Za-z]+)", found[0])) - MACROS:
            yield f"{found[0]} has macros not known to work on GitHub: {unknown}"
    # What Markdown takes for its own: \{ and \, lose the backslash, * and _ become emphasis, <b a tag, [a](b) a link.
    # Only \\ at the end of a line is known to be left alone.
    guarded = re.sub(r"\\\\$", "⏎", text, flags=re.MULTILINE)
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(guarded)
    shown = " ".join(part.content for token in tokens for part in token.children or [] if part.type == "text")
    for found in formulas(guarded):
        if " ".join((found[1] or found[2]).split()) not in " ".join(shown.split()):
            yield f"{found[0]} does not come through Markdown as it is"
    answers = re.findall(r"^<details>\n<summary>[^\n]+</summary>\n\n(?:.*?)\n\n</details>$", text, flags=re.S | re.M)
    if len(answers) != plain.count("<details"):
        yield "an answer has no blank line after its summary and before its end, so it shows its asterisks and dollars"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_mathematics_uses_only_what_github_accepts(path):
    problems = [f"{name}: {problem}" for name, text in markdown(path) for problem in portability(text)]
    assert not problems, "\n".join(problems)


def test_mathjax_typesets_every_formula_and_a_bad_one_is_noticed(chromium, cdn):
    """In MathJax 3, which GitHub and JupyterLab use, with no extension that hides an error."""
    page = chromium.new_page()
    cdn(page)
    page.evaluate("() => { window.MathJax = {tex: {packages: ['base', 'ams']}, startup: {typeset: false}}; }")
    page.add_script_tag(url="https://mathjax.test/es5/tex-svg.js")
    page.evaluate("() => MathJax.startup.promise")
    texts = [(name, text) for path in PAGES for name, text in markdown(path)]
    found = [(name, f[1] or f[2], bool(f[1])) for name, text in texts for f in formulas(text)]
    assert len(found) > 300
    assert ask(page, "typeset", found) == []
    assert len(ask(page, "typeset", [("bad", formula, False) for formula in ASKED["bad"]])) == len(ASKED["bad"])
    page.close()


# ---------------------------------------------------------------- links and collapsed answers


def anchors(path):
    """The places in a page that a link can name: in a notebook as JupyterLab names them, else as GitHub does."""
    for _, text in markdown(path):
        for heading in re.findall(r"^#+ (.*)$", without_code(text), flags=re.MULTILINE):
            words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).strip()
            name = words if path.suffix == ".ipynb" else re.sub(r"[^\w\- ]", "", words.lower())
            yield name.replace(" ", "-")


def bad_links(path):
    for name, text in markdown(path):
        plain = re.sub(MATHEMATICS, "", without_code(text), flags=re.DOTALL)
        targets = re.findall(r"\]\(\s*<?([^)\s>]+)", plain) + re.findall(r"""(?:href|src|srcset)=["']([^"']+)""", plain)
        for target in targets:
            link = urlsplit(target)
            file = (path.parent / unquote(link.path)).resolve() if link.path else path
            if link.scheme or link.netloc:
                if link.scheme != "https" or "." not in link.netloc:
                    yield f"{name}: {target} is no web address with https"
            elif not file.is_relative_to(ROOT) or not file.exists():
                yield f"{name}: {target} does not exist"
            elif link.fragment and unquote(link.fragment) not in anchors(file):
                yield f"{name}: {target}: no heading of that name in {file.name}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    assert not list(bad_links(path))


# ---------------------------------------------------------------- HTML


@pytest.fixture(scope="module")
def chapters(tmp_path_factory):
    """Every notebook as HTML, exported by the README's command."""
    return export("html", tmp_path_factory.mktemp("html"))


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_html_reads_as_a_chapter_and_says_every_picture_in_words(path, chapters, chromium):
    """nbconvert's own template drops the descriptions. In a narrow page, no line of output breaks."""
    tab = chromium.new_page(viewport={"width": 800, "height": 900})
    tab.goto((chapters / f"{path.stem}.html").as_uri(), wait_until="domcontentloaded")
    assert tab.locator(".jp-OutputArea-output > pre").count() and ask(tab, "broken") == []
    tab.close()
    page = BeautifulSoup((chapters / f"{path.stem}.html").read_text(encoding="utf-8"), "html.parser")
    assert not [broken for broken in BROKEN if broken in str(page.body)]
    answers = page.find_all("details")
    assert len(answers) == count_answers(path) and not any(answer.has_attr("open") for answer in answers)
    assert all(answer.find("p") for answer in answers), "they are read as Markdown"
    for code in page.find_all(["code", "pre"]):
        code.clear()
    prose = [part.get_text() for part in page.find_all(class_="jp-RenderedMarkdown")]
    assert not [part for part in prose if re.search(r"```|\*\*|\]\(", part)]
    outputs = [output for cell in load(path).cells for output in cell.get("outputs", []) if "data" in output]
    described = [picture["alt"] for picture in page.find_all("img")]
    assert described and described == [
        output.data["text/plain"] if "image/svg+xml" in output.data else output.metadata["image/png"]["alt"]
        for output in outputs
        if {"image/png", "image/svg+xml"} & output.data.keys()
    ]


# ---------------------------------------------------------------- slides


@pytest.fixture(scope="module")
def slides(tmp_path_factory):
    """Every notebook as slides, exported by the README's command into a private folder."""
    return export("slides", tmp_path_factory.mktemp("slides"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_slide_fits_with_its_mathematics_and_all_its_fragments(path, slides, chromium, cdn):
    page = chromium.new_page(viewport={"width": 1280, "height": 720})
    cdn(page)
    page.goto((slides / f"{path.stem}.slides.html").as_uri())
    page.add_style_tag(content=".fragment { transition: none !important }")
    page.wait_for_function("() => document.querySelector('.reveal.ready') && window.MathJax?.isReady")
    places = ask(page, "slides")
    problems = [problem for place in places for problem in ask(page, "slideProblems", place)]
    page.close()
    assert len(places) > 5 and not problems, "\n".join(problems)
