// What the tests ask of exported pages and of formulas: test_reading.py calls these by name.
window.exported = {
  // The place of every slide. The page formats a slide's mathematics when it comes up; typeset tells when that is done.
  slides() {
    return new Promise((done) => {
      window.require(["https://unpkg.com/reveal.js@4.0.2/dist/reveal.js"], (Reveal) => {
        window.Reveal = Reveal;
        const { Hub, Callback } = window.MathJax;
        Hub.processSectionDelay = Hub.processUpdateDelay = 0;
        Hub.Queue(() => {
          const rerender = Hub.Rerender;
          Hub.Rerender = (element) => {
            window.typeset = new Promise((ready) => Callback.After(ready, rerender.call(Hub, element)));
          };
          done(Reveal.getSlides().map((slide) => Reveal.getIndices(slide)));
        });
      });
    });
  },

  // What is wrong with a slide, with all its fragments and answers open.
  async slideProblems({ h, v }) {
    const { Reveal } = window;
    Reveal.slide(h, v, 99);
    const slide = Reveal.getCurrentSlide();
    const all = (selector) => [...slide.querySelectorAll(selector)];
    for (const details of all("details")) details.open = true;
    await window.typeset;
    const { right } = slide.getBoundingClientRect();
    // biome-ignore lint/performance/useDomNodeTextContent: what is hidden, such as a formula's source, does not count.
    const text = slide.innerText.trim();
    const shown = all("*").filter((part) => !part.closest(".MJX_Assistive_MathML"));
    const pictures = all(".jp-OutputArea img");
    const problems = {
      "is too high": slide.scrollHeight > window.innerHeight,
      "is too wide": shown.some((part) => part.getBoundingClientRect().right > right + 1),
      "has mathematics that is not typeset": all("merror, [mathcolor=red]").length || text.includes("$"),
      "does not show all its fragments": all(".fragment:not(.visible)").length,
      "is empty": !text && !pictures.length,
      "has a bad picture": pictures.some((img) => !img.naturalWidth || !img.alt || img.clientHeight <= 100),
    };
    const where = `slide ${h}/${v} ${JSON.stringify(text.slice(0, 40))}`;
    return Object.keys(problems)
      .filter((what) => problems[what])
      .map((what) => `${where} ${what}`);
  },

  // Each printed output that is higher than its lines, and whether the page can be scrolled sideways.
  broken() {
    const broken = [...document.querySelectorAll(".jp-OutputArea-output > pre")].filter((pre) => {
      const style = getComputedStyle(pre);
      const padding = Number.parseFloat(style.paddingTop) + Number.parseFloat(style.paddingBottom);
      const high = (pre.clientHeight - padding) / Number.parseFloat(style.lineHeight);
      return Math.abs(pre.textContent.trimEnd().split("\n").length - high) >= 0.6;
    });
    const sideways = document.documentElement.scrollWidth > window.innerWidth;
    return [...broken.map((pre) => pre.textContent), ...(sideways ? ["the page scrolls sideways"] : [])];
  },

  // What MathJax finds wrong with formulas, each its name, its source, and whether it is a block.
  typeset(formulas) {
    return formulas.flatMap(([name, tex, display]) => {
      const error = window.MathJax.tex2svg(tex, { display }).querySelector("[data-mjx-error]");
      return error ? [`${name}: ${tex}: ${error.getAttribute("data-mjx-error")}`] : [];
    });
  },
};
