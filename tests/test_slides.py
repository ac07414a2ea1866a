"""The exported slides in a real browser: each fits on 1,280 × 720, with its mathematics and all its fragments."""

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


def problems_of(file, chromium, cdn):
    """Open a slide show, and return the problems of each slide."""
    page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    cdn(page)
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => document.body.append(Object.assign("
        "document.createElement('style'), {textContent: '.fragment { transition: none !important }'})))"
    )
    page.goto(file.as_uri())
    page.wait_for_function("() => document.querySelector('.reveal.ready') && window.MathJax?.isReady")
    found = [" ".join(problems(page, place)) for place in page.evaluate(PREPARE)]
    page.close()
    return found


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
    found = problems_of(slides / f"{path.stem}.slides.html", chromium, cdn)
    assert len(found) > 5 and not any(found), "\n".join(filter(None, found))


def test_a_slide_that_does_not_fit_is_noticed(tmp_path, slides, chromium, cdn):
    text = (slides / "00_start_here.slides.html").read_text(encoding="utf-8")
    bad = ['<div style="height: 721px">long</div>', '<div style="width: 2000px">wide</div>', r"$\oops$ and $\frac$"]
    bad = "".join(f"<section><section>{content}</section></section>" for content in bad)
    (tmp_path / "bad.html").write_text(text.replace('<div class="slides">', f'<div class="slides">{bad}'), "utf-8")
    high, wide, formula, good, *_ = problems_of(tmp_path / "bad.html", chromium, cdn)
    assert "high" in high and "wide" in wide and "typeset" in formula and not good
