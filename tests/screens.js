// What the tests ask of a page with an explorer, whose box comes first: screens.py calls these by name.
window.look = {
  // What an explorer shows: words, tables, choices, sliders, and pictures, without what the page adds to their marks.
  shown(box) {
    return {
      words: [...box.querySelectorAll("p")].map((words) => words.textContent),
      sum: [...box.querySelectorAll(".bp-sum")].map((sum) => [sum.textContent, sum.dataset.entry]),
      tables: [...box.querySelectorAll("table")].map((table) => table.outerHTML).join(""),
      facts: [...box.querySelectorAll(".bp-facts tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
      choices: [...box.querySelectorAll("select")].map((select) => select.value),
      sliders: [...box.querySelectorAll(".widget-slider")].map((slider) => ({
        label: slider.querySelector("label").textContent,
        shown: slider.querySelector(".widget-readout").textContent,
        said: slider.querySelector(".noUi-handle").getAttribute("aria-valuetext"),
      })),
      pictures: [...box.querySelectorAll("svg.bp-picture[role=group]")].map((picture) => ({
        alt: picture.ariaLabel,
        drawn: [...(picture.closest(".bp-sheets") ?? picture.parentElement).querySelectorAll("svg.bp-picture")]
          .map((layer) => layer.innerHTML.replaceAll(/ (tabindex|role|aria-label)="[^"]*"/g, ""))
          .join(""),
      })),
    };
  },

  // Open the part of the screen that holds a mark or a control, if it shares its place with others; with a real click.
  async reveal(box, part) {
    const place = part.closest(".bp-part");
    if (!place || !box || place.checkVisibility()) return;  // what was drawn anew meanwhile is found again
    const tabs = box.querySelectorAll(".bp-tabs button");
    tabs[[...box.querySelectorAll(".bp-part")].indexOf(place)].click();
    while (!place.checkVisibility()) await new Promise(requestAnimationFrame);
  },

  // The control of this name, the mark with these words ("mark step" where a control is "step"), or the cell of a table
  // ("cell G_W1 2 0", as it stands there).
  find(box, name) {
    const [kind, symbol, row, column] = name.split(" ");
    if (kind === "cell") return box.querySelector(`[data-symbol="${symbol}"] tbody`).rows[row].querySelectorAll("td")[column];
    if (kind === "mark") return box.querySelector(`[data-touch="${name.slice(5)}"]`);
    const written = (part) => part?.textContent.trim();
    return [...box.querySelectorAll("[data-touch], button, select, input, .noUi-handle")].find((part) => {
      const labels = [...(part.labels ?? []), part.closest(".widget-slider")?.querySelector("label")];
      return [part.dataset.touch, part.title, written(part), ...labels.map(written)].includes(name);
    });
  },

  async focus(box, name) {
    await this.reveal(box, this.find(box, name));
    this.find(box, name).focus();
  },

  // Whether the kernel has answered what the page has said of a hand.
  answered(box) {
    const field = box.querySelector(".bp-hand input");
    return field.value === field.placeholder;
  },

  // Where a mark can be taken: its middle, or of a line the place nearest to it where nothing else can be taken.
  async place(box, name) {
    await this.reveal(box, this.find(box, name));
    const mark = this.find(box, name);
    mark.scrollIntoView({ block: "center" });
    const { x, y, width, height } = mark.getBoundingClientRect();
    if (mark.tagName !== "path") return [x + width / 2, y + height / 2];
    const at = (part) => mark.getPointAtLength(part * mark.getTotalLength()).matrixTransform(mark.getScreenCTM());
    const isFree = (place) =>
      document.elementsFromPoint(place.x, place.y).every((part) => part === mark || !part.dataset.touch);
    const parts = [...Array(93).keys()].map((n) => (n % 2 ? 50 + (n + 1) / 2 : 50 - n / 2) / 100);
    const free = at(parts.find((part) => isFree(at(part))) ?? 0.5);
    return [free.x, free.y];
  },

  // Of the picture of a mark: its panel on the page, in CSS pixels, and the ranges of its data.
  panel(box, words) {
    const svg = box.querySelector(`[data-touch="${words}"]`).closest("svg.bp-picture");
    const rect = svg.getBoundingClientRect();
    const [left, top, width, height, ...ranges] = svg.dataset.panel.split(" ").map(Number);
    const zoom = rect.width / svg.viewBox.baseVal.width;
    return [rect.left + zoom * left, rect.top + zoom * top, zoom * width, zoom * height, ...ranges];
  },

  // Give an explorer so many pixels across, or again what its page gives it.
  give(box, width) {
    const area = box.closest(".jp-OutputArea-output");
    area.style.flex = width && `0 0 ${width + area.offsetWidth - box.offsetWidth}px`;
  },

  // Everything that is cut, or stands out of the output area, or is squashed, and text that is smaller than 11 pixels;
  // the board scrolls in itself.
  misfits(box, scale) {
    const area = box.closest(".jp-OutputArea-output");
    const edge = area.getBoundingClientRect();
    const hidden = ".slider-container, select, style, .bp-live, .bp-moved, .bp-ask label, .bp-board *, caption, .bp-cover";
    const parts = [area, box, ...box.querySelectorAll("*")].filter(
      (part) => part.checkVisibility() && (part.matches(".noUi-target, .bp-board td, .bp-board th") || !part.closest(hidden)),
    );
    const isSmall = (text) => {
      const picture = text.closest("svg.bp-picture");
      const zoom = picture ? picture.getBoundingClientRect().width / picture.viewBox.baseVal.width : 1;
      return zoom * Number.parseFloat(getComputedStyle(text).fontSize) < 11 * scale - 0.0005;
    };
    const written = [...box.querySelectorAll("text, td, th, b, p, button, select, label")];
    return parts.flatMap((part) => {
      const place = part.getBoundingClientRect();
      const problems = {
        cut: part.clientWidth && part.scrollWidth > part.clientWidth + 1 && !part.matches(".noUi-target, tr, svg *, .bp-board, .bp-board *"),
        outside: !part.closest(".bp-board > *, svg svg") && (place.right > edge.right + 1 || place.left < edge.left - 1),
        squashed: part.matches(".noUi-target") && place.width < 60 * scale,
        small: written.includes(part) && part.checkVisibility() && isSmall(part),
      };
      return Object.keys(problems)
        .filter((what) => problems[what])
        .map((what) => `${what}: ${part.tagName} ${part.className} "${part.textContent.slice(0, 20)}"`);
    });
  },

  // The letters on the screen that are smaller than so many pixels, in pictures and beside them.
  letters(box, least) {
    const isText = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim();
    const size = (part) =>
      Number.parseFloat(getComputedStyle(part).fontSize) * (part.ownerSVGElement ? part.getScreenCTM().a : 1);
    return [...box.querySelectorAll("*")]
      .filter((part) => part.checkVisibility() && [...part.childNodes].some(isText))
      .filter((part) => !part.matches("style, option, .bp-live") && size(part) < least - 0.05)
      .map((part) => `${size(part).toFixed(1)}: ${part.textContent.slice(0, 20)}`);
  },

  // What nobody can see: what reaches over the notebook's edge or is clipped, and cannot be scrolled to.
  unreachable(box) {
    const isUnreachable = (part) => {
      let { left, right, width } = part.getBoundingClientRect();
      for (let e = part.parentElement; width && e && !e.matches(".jp-Notebook"); e = e.parentElement) {
        const edge = e.getBoundingClientRect();
        const overflow = getComputedStyle(e).overflowX;
        if (overflow === "visible" || (left >= edge.left - 1 && right <= edge.right + 1)) continue;
        if (overflow !== "auto" && overflow !== "scroll") return true;
        ({ left, right } = edge);
      }
      const notebook = (part.closest(".jp-Notebook") ?? document.body).getBoundingClientRect();
      return width && (left < notebook.left || right > notebook.right);
    };
    return [...box.querySelectorAll("img, svg, table, button, select, .widget-slider, p")]
      .filter(isUnreachable)
      .map((part) => part.outerHTML.slice(0, 80));
  },

  // What is hardly seen on a page, where letters need a contrast of 4.5, marks of 3, shades of 1.3: each a property of
  // an element, on the page or on a property of another.
  unseen() {
    const pixel = new OffscreenCanvas(1, 1).getContext("2d");
    const page = { colour: getComputedStyle(document.body).backgroundColor, opacity: 1 };
    const layer = (words) => {
      const [, name, property] = words.match(/(.*) (\w+)/);
      const style = getComputedStyle(document.querySelector(name));
      return { colour: style[property], opacity: style[`${property}Opacity`] ?? 1 };
    };
    const luminance = (layers) => {
      for (const { colour, opacity } of layers) {
        pixel.globalAlpha = opacity;
        pixel.fillStyle = colour;
        pixel.fillRect(0, 0, 1, 1);
      }
      const linear = (part) => (part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
      const [red, green, blue] = [...pixel.getImageData(0, 0, 1, 1).data].map(linear);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (mark, ...under) => {
      const below = [page, ...under.map(layer)];
      const [dark, light] = [luminance(below), luminance([...below, layer(mark)])].sort((one, other) => one - other);
      return (light + 0.05) / (dark + 0.05);
    };
    const least = {
      "text fill": 4.5,
      "text fill on .node.p8 fill": 4.5,
      "text fill on .node.n8 fill": 4.5,
      "text fill on .node.shut fill": 4.5,
      ".node.lit + text fill on .node.lit fill": 4.5,
      ".box.here + text fill on .box.here fill": 4.5,
      ".on-point:not(.t1) fill on .point.c0 fill": 4.5,
      ".on-point.t1 fill on .point.c1 fill": 4.5,
      "text.norm0 fill": 4.5,
      "text.norm2 fill": 4.5,
      "td color": 4.5,
      "td.p8 color on td.p8 backgroundColor": 4.5,
      "td.n8 color on td.n8 backgroundColor": 4.5,
      "td.on color on td.on backgroundColor": 4.5,
      "td.s color": 4.5,
      "td.p6.s color on td.p6.s backgroundColor": 4.5,
      "td.p8.s color on td.p8.s backgroundColor": 4.5,
      "td.n6.s color on td.n6.s backgroundColor": 4.5,
      "td.n8.s color on td.n8.s backgroundColor": 4.5,
      "td.on.s color on td.on.s backgroundColor": 4.5,
      ".node.lit fill": 1.3,
      ".bar.positive fill": 3,
      ".tip fill": 3,
      ".dot fill": 3,
      ".point.c0 fill": 3,
      ".head.back fill": 3,
      ".head:not(.back) fill": 3,
      ".boundary stroke": 3,
      ".ring stroke": 3,
      ".hinge stroke": 3,
      ".hinges stroke": 3,
      ".way.back stroke": 3,
      ".box stroke": 3,
      ".box.here stroke": 3,
      ".edge.chosen.p stroke": 3,
      ".edge.chosen.n stroke": 3,
      ".curve stroke": 3,
      ".tangent stroke": 3,
      "td.p8 backgroundColor": 1.3,
      "td.n8 backgroundColor": 1.3,
      "td.on backgroundColor": 1.3,
    };
    return Object.keys(least)
      .map((words) => [words, contrast(...words.split(" on "))])
      .filter(([words, found]) => found < least[words])
      .map(([words, found]) => `${words}: ${found}`);
  },

  // The focused control: its place in the tab order of its explorer, and whether its focus can be seen.
  focused(box, controls) {
    const focused = document.activeElement;
    const style = getComputedStyle(focused);
    const all = [...box.querySelectorAll(controls)].filter((control) => control.checkVisibility());
    const hasOutline = style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 1;
    return {
      place: all.indexOf(focused),
      count: all.length,
      outlined: focused.matches(":focus-visible") && hasOutline,
    };
  },

  // Each group of marks in a view, in a picture by kind, else by table: of each mark its tabIndex, and whether it has
  // a name.
  groups(box, marks) {
    const groups = new Map();
    const views = [...box.querySelectorAll(".widget-html-content")];
    for (const mark of box.querySelectorAll(marks)) {
      const table = mark.closest("table");
      const view = views.indexOf(mark.closest(".widget-html-content"));
      const key = table ?? `${view} ${mark.dataset.touch.split(" ", 1)}`;
      const isNamed = table || (mark.role === "button" && mark.ariaLabel && mark.hasAttribute("tabindex"));
      groups.set(key, [...(groups.get(key) ?? []), [mark.tabIndex, Boolean(isNamed)]]);
    }
    return [...groups.values()];
  },

  // Wait until the kernel has done all that it was asked, and the page has drawn what came of it.
  async quiet() {
    const { _futures } = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const isUnderWay = (asked) => !(asked._status & 2); // 2: it has gone idle, and so has done it
    do await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    while ([..._futures.values()].some(isUnderWay));
  },

  // What the page has said of hands, but for its greetings.
  said(box) {
    return window.noted.get(box) ?? [];
  },

  // The value of Python code in the kernel, as its repr.
  async ask(_, code) {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const content = { code: "", silent: true, user_expressions: { value: code } };
    const reply = (await kernel.requestExecute(content).done).content.user_expressions.value;
    if (reply.status !== "ok") throw new Error(reply.evalue);
    return reply.data["text/plain"];
  },

  // Note every place of a slider's handle in window.places.
  notePlaces(box, name) {
    const handle = this.find(box, name);
    window.places = [];
    const note = () => window.places.push(Number(handle.getAttribute("aria-valuenow")));
    new MutationObserver(note).observe(handle, { attributes: true });
  },

  // Note every text for a screen reader in window.live.
  noteLive(box) {
    const live = box.querySelector(".bp-live");
    window.live = [];
    new MutationObserver(() => window.live.push(live.textContent)).observe(live, { childList: true });
  },

  // Put the explorer in another place, three times, as a front end does that moves an output.
  replaceThrice(box) {
    for (const _ of Array(3)) {
      const other = box.cloneNode();
      box.replaceWith(other);
      other.replaceWith(box);
    }
  },

  // The address of the page, and what is written on its screen: dialogs, cells, an explorer; or all of it.
  everything() {
    const all = [...document.querySelectorAll(".jp-Dialog-content, .Toastify__toast, .jp-Cell, .bp-explorer")];
    const isSeen = ({ top, bottom, width }) => width && bottom > 0 && top < innerHeight;
    const seen = all.filter((part) => isSeen(part.getBoundingClientRect()) && !part.parentElement.closest(".jp-Cell"));
    // biome-ignore lint/performance/useDomNodeTextContent: as it is seen.
    const texts = (seen.length ? seen : [document.body]).map((part) => part.innerText.slice(0, 1500));
    return [location.href, ...texts];
  },

  // Put the focus on one of the marks, or make one of the choices; each part, 0 to 1, says which.
  focusOne(box, marks, part) {
    const all = [...box.querySelectorAll(marks)];
    all[Math.floor(part * all.length)].focus({ preventScroll: true });
  },
  chooseOne(box, which, part) {
    const all = [...box.querySelectorAll("select")];
    const choice = all[Math.floor(which * all.length)];
    choice.selectedIndex = Math.floor(part * choice.options.length);
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  },
};

if (!window.noted) {
  window.noted = new WeakMap(); // each explorer's words, without their times
  const note = ({ target }) => {
    const words = target.value?.slice(target.value.indexOf(" ") + 1);
    if (!target.closest?.(".bp-hand") || ["hello", "lost"].includes(words)) return;
    const box = target.closest(".bp-explorer");
    window.noted.set(box, [...look.said(box), words]);
  };
  document.addEventListener("input", note, true);

  window.heard = []; // errors; what a worker throws and does not catch comes to its page, too
  const { error } = console;
  console.error = (...said) => {
    window.heard.push(said.join(" "));
    error(...said);
  };
  window.addEventListener("error", (event) => window.heard.push(`${event.message}`));
  window.addEventListener("unhandledrejection", (event) => window.heard.push(`${event.reason} ${event.reason?.stack}`));
}
