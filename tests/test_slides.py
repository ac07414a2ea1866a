"""The exported slides in a real browser: each fits on 1,280 × 720, with its mathematics and all its fragments."""

import re
from pathlib import Path

import nbformat
import pytest
from pages import PATHS, export

WIDTH, HEIGHT = 1280, 720

# The page formats a slide's mathematics when it comes up; typeset tells when that is done.
PREPARE = """() => new Promise(done => require(['https://unpkg.com/reveal.js@4.0.2/dist/reveal.js'], Reveal => {
  window.Reveal = Reveal;
  MathJax.Hub.processSectionDelay = MathJax.Hub.processUpdateDelay = 0;
  MathJax.Hub.Queue(() => {
    const rerender = MathJax.Hub.Rerender;
    MathJax.Hub.Rerender = element => {
      window.typeset = new Promise(ready => MathJax.Callback.After(ready, rerender.call(MathJax.Hub, element)));
    };
    done(Reveal.getSlides().map(slide => Reveal.getIndices(slide)));
  });
}))"""

SHOW = """async ({h, v}) => {
  Reveal.slide(h, v ?? 0, 99);
  Reveal.getCurrentSlide().querySelectorAll('details').forEach(details => details.open = true);
  await window.typeset;
}"""

MEASURE = """() => {
  const slide = Reveal.getCurrentSlide(), right = slide.getBoundingClientRect().right;
  const shown = [...slide.querySelectorAll('*')].filter(part => !part.closest('.MJX_Assistive_MathML'));
  return {
    height: slide.scrollHeight,
    wide: shown.filter(part => part.getBoundingClientRect().right > right + 1)
      .map(part => part.outerHTML.slice(0, 200)),
    errors: slide.querySelectorAll('merror, [mathcolor=red]').length,
    raw: /\\$/.test(slide.innerText),
    hidden: slide.querySelectorAll('.fragment:not(.visible)').length,
    pictures: [...slide.querySelectorAll('.jp-OutputArea img')].map(img =>
      ({loaded: img.naturalWidth > 0, height: img.clientHeight, alt: img.alt})),
    text: slide.innerText.trim(),
  };
}"""


@pytest.fixture(scope="module")
def slides(tmp_path_factory):
    """Every notebook as slides, exported by the README's command into a private folder."""
    return export("slides", tmp_path_factory.mktemp("slides"))


def open_slides(page, file):
    """Open a slide show, and return where its slides are."""
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => document.body.append(Object.assign("
        "document.createElement('style'), {textContent: '.fragment { transition: none !important }'})))"
    )
    page.goto(Path(file).as_uri())
    page.wait_for_function("() => document.querySelector('.reveal.ready') && window.MathJax?.isReady")
    return page.evaluate(PREPARE)


def problems(page, place):
    page.evaluate(SHOW, place)
    slide = page.evaluate(MEASURE)
    where = f"slide {place['h']}/{place.get('v', 0)} ({slide['text'][:40]!r})"
    if slide["height"] > HEIGHT:
        yield f"{where} is {slide['height']} px high; a slide has {HEIGHT}"
    for part in slide["wide"][:3]:
        yield f"{where} is too wide: {part}"
    if slide["errors"] or slide["raw"]:
        yield f"{where} has mathematics that is not typeset"
    if slide["hidden"]:
        yield f"{where} does not show all its fragments"
    if not slide["text"] and not slide["pictures"]:
        yield f"{where} is empty"
    for picture in slide["pictures"]:
        if not (picture["loaded"] and picture["alt"] and picture["height"] > 100):
            yield f"{where} has a bad picture: {picture}"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_slide_fits(path, slides, chromium, cdn):
    page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    cdn(page)
    places = open_slides(page, slides / f"{path.stem}.slides.html")
    found = [problem for place in places for problem in problems(page, place)]
    page.close()
    assert len(places) > 5
    assert not found, "\n".join([path.name, *found])


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_explorers_and_derivations_are_on_the_slides(path):
    nb = nbformat.read(path, as_version=4)
    for cell in nb.cells:
        shown = cell.metadata.slideshow.slide_type
        if cell.cell_type == "code" and re.search(r"\b(\w+_explorer|bug_lab)\(", cell.source):
            assert shown == "subslide", f"{cell.id}: an explorer has a slide of its own"
        formulas = len(re.findall(r"^\$\$$", cell.source, flags=re.MULTILINE)) // 2
        if cell.cell_type == "markdown" and formulas:
            assert shown != "skip", f"{cell.id}: a formula is not on the slides"
            assert formulas == 1, f"{cell.id}: {formulas} formulas in one step"


def test_a_slide_that_does_not_fit_is_noticed(tmp_path, chromium, slides, cdn):
    text = (slides / "00_start_here.slides.html").read_text(encoding="utf-8")
    title = '<section><section><div style="height: 721px">long</div></section></section>'
    wide = '<section><section><div style="width: 2000px">wide</div></section></section>'
    formula = r"<section><section>$\oops$ and $\frac$</section></section>"
    bad = text.replace('<div class="slides">', f'<div class="slides">{title}{wide}{formula}')
    assert bad != text
    (tmp_path / "bad.html").write_text(bad, encoding="utf-8")
    page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    cdn(page)
    places = open_slides(page, tmp_path / "bad.html")
    found = [" ".join(problems(page, place)) for place in places[:4]]
    page.close()
    assert "high" in found[0]
    assert "wide" in found[1]
    assert "typeset" in found[2]
    assert not found[3]
