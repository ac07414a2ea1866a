"""The exported slides in a real browser: each fits on 1,280 × 720, with its mathematics and all its fragments."""

import pytest
from pages import PATHS, export

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

# What is wrong with a slide, with all its fragments and answers open.
PROBLEMS = """async ({h, v}) => {
  Reveal.slide(h, v, 99);
  const slide = Reveal.getCurrentSlide(), all = selector => [...slide.querySelectorAll(selector)];
  all('details').forEach(details => details.open = true);
  await window.typeset;
  const right = slide.getBoundingClientRect().right, text = slide.innerText.trim();
  const shown = all('*').filter(part => !part.closest('.MJX_Assistive_MathML'));
  const pictures = all('.jp-OutputArea img');
  const problems = {
    'is too high': slide.scrollHeight > innerHeight,
    'is too wide': shown.some(part => part.getBoundingClientRect().right > right + 1),
    'has mathematics that is not typeset': all('merror, [mathcolor=red]').length || text.includes('$'),
    'does not show all its fragments': all('.fragment:not(.visible)').length,
    'is empty': !text && !pictures.length,
    'has a bad picture': pictures.some(img => !img.naturalWidth || !img.alt || img.clientHeight <= 100),
  };
  const where = `slide ${h}/${v} ${JSON.stringify(text.slice(0, 40))}`;
  return Object.keys(problems).filter(what => problems[what]).map(what => `${where} ${what}`);
}"""


@pytest.fixture(scope="module")
def slides(tmp_path_factory):
    """Every notebook as slides, exported by the README's command into a private folder."""
    return export("slides", tmp_path_factory.mktemp("slides"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_slide_fits(path, slides, chromium, cdn):
    page = chromium.new_page(viewport={"width": 1280, "height": 720})
    cdn(page)
    page.goto((slides / f"{path.stem}.slides.html").as_uri())
    page.add_style_tag(content=".fragment { transition: none !important }")
    page.wait_for_function("() => document.querySelector('.reveal.ready') && window.MathJax?.isReady")
    places = page.evaluate(PREPARE)
    problems = [problem for place in places for problem in page.evaluate(PROBLEMS, place)]
    page.close()
    assert len(places) > 5 and not problems, "\n".join(problems)
