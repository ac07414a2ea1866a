// Python sends what a view shows anew, whole. Of a board's hundreds of cells a change leaves many as they are, and of the
// others their boxes: to lay all out anew takes five times as long as to write what is another. What stays keeps what was
// put on it, too: the focus, a light, what a reader has selected. ipywidgets sets a view's innerHTML; here it is set so.
// biome-ignore lint/correctness/noUnusedVariables: page.js calls it.
function drawInPlace(view, easel) {
  if (Object.hasOwn(view, 'innerHTML')) return;
  const { get } = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML');
  let last = read(view.innerHTML); // what Python sent last: later, a view's nodes have more on them

  Object.defineProperty(view, 'innerHTML', {
    get,
    set(html) {
      const now = read(html);
      easel.put(view, now.querySelector('[data-changes]'), () => {
        drawChildren(view, last, now);
        last = now;
      });
    },
  });
}

// A change comes in a message for each view, that of the words last, with a count of the changes. What comes before them
// waits, and all is drawn at once: the page lays itself out once, and no half of a change is seen.
// biome-ignore lint/correctness/noUnusedVariables: page.js calls it.
function newEasel(root) {
  const patience = 300; // milliseconds, where the words do not come
  const waiting = new Map(); // view → how it is drawn
  let timer = 0;

  function drawAll() {
    clearTimeout(timer);
    const views = [...waiting.values()];
    waiting.clear();
    for (const drawView of views) drawView();
    root.dispatchEvent(new Event('bp-drawn'));
  }

  return {
    put(view, isLast, drawView) {
      waiting.set(view, drawView);
      clearTimeout(timer);
      if (isLast) drawAll();
      else timer = setTimeout(drawAll, patience);
    },
  };
}

function read(html) {
  const template = document.createElement('template');
  template.innerHTML = html;
  return template.content;
}

function drawChildren(part, was, now) {
  const [parts, before, after] = [part, was, now].map((node) => [...node.childNodes]);
  if (before.length === after.length && before.length === parts.length) for (const [n, child] of parts.entries()) draw(child, before[n], after[n]);
  else part.replaceChildren(...after.map((node) => node.cloneNode(true)));
}

function draw(part, was, now) {
  if (was.isEqualNode(now)) return;
  if (part.nodeName !== now.nodeName || isAnother(was, now)) part.replaceWith(now.cloneNode(true));
  else if (now.nodeType === Node.TEXT_NODE) part.data = now.data;
  else {
    drawAttributes(part, was, now);
    drawChildren(part, was, now);
  }
}

// Whether it is not the mark that it was; or comes into the picture anew, with a motion.
const isAnother = (was, now) => was.dataset?.touch !== now.dataset?.touch || now.matches?.('.forward, .backward');

function drawAttributes(part, was, now) {
  for (const name of new Set([...was.getAttributeNames(), ...now.getAttributeNames()])) {
    const [before, after] = [was, now].map((node) => node.getAttribute(name));
    if (before === after) continue;
    if (name === 'class') drawClasses(part, was, now);
    else if (after === null) part.removeAttribute(name);
    else part.setAttribute(name, after);
  }
}

function drawClasses(part, was, now) {
  part.classList.remove(...was.classList);
  part.classList.add(...now.classList);
  if (!part.classList.length) part.removeAttribute('class');
}
