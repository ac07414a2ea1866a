// What a page does for an explorer: it tells Python what a hand takes, lights where a number comes from, keeps the
// keyboard's place when Python draws anew, and says to those who listen what others see.
// It knows no network: marks carry data-touch, tables data-symbol, and lights says which rows and columns are meant.

const MARKS = '[data-touch], :is([data-symbol], [data-of]) td';

// Begin to hear hands at an explorer; if it is heard already, as where it was put elsewhere on the page, begin anew.
// biome-ignore lint/correctness/noUnusedVariables: page.py calls it.
function hearHands(root, lights) {
  root.bpHearing?.abort();
  const hearing = new AbortController();
  root.bpHearing = hearing;
  const { signal } = hearing;
  const on = (types, listener, options) => {
    for (const type of types.split(' ')) root.addEventListener(type, listener, { ...options, signal });
  };

  const voice = findVoice(root, signal);
  const sign = findSign(root);
  root.bpEasel ??= newEasel(root);
  const ear = findEar(root, signal, sign.silent);
  const play = findPlay(root, signal, ear.send);
  const lamp = findLamp(root, lights);
  const focus = keepFocus(root, on);
  const hand = {
    choose(words) {
      voice.say(words);
      ear.send(words, kindOf(words));
    },
    chooseMark(mark) {
      if (mark.matches('td, b')) lamp.light(wordsOf(mark));
      hand.choose(wordsOf(mark));
    },
    move(words, how, place) {
      const numbers = how === 'x' ? place.slice(0, 1) : place;
      ear.send(`${words} ${numbers.map((value) => value.toFixed(4)).join(' ')}`, words);
    },
    // Where a mark will be that is drawn here, once Python has drawn what it was sent.
    aim(words, drawn) {
      const sent = ear.owed(words)?.slice(words.length).trim().split(' ').map(Number) ?? [];
      return drawn.map((value, axis) => sent[axis] ?? value);
    },
  };
  hearPointer(root, on, hand, voice);
  hearKeys(root, hearing, hand, voice);

  function mend(changes) {
    const viewsIn = (part) => [viewOf(part) ?? [...part.querySelectorAll('.widget-html-content')]].flat();
    const drawn = new Set(changes.filter((change) => change.type === 'childList').flatMap((change) => viewsIn(change.target)));
    if (!changes.every((change) => viewOf(change.target))) nameControls(root);
    for (const view of drawn) {
      drawInPlace(view, root.bpEasel);
      reach(view);
    }
    lamp.mend(drawn);
    focus.mend();
    play.look();
    voice.wait();
    if (changes.some(isSlid)) ear.greet();
    if (changes.some((change) => change.target.closest('.bp-hand'))) ear.hear();
  }
  const observer = new MutationObserver(mend);
  const attributeFilter = ['placeholder', 'aria-valuetext'];
  observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter });
  on('bp-drawn', () => mend([]));
  on('click change', (event) => event.target.closest('button, select, input') && ear.greet());
  const watch = new MutationObserver(sign.look);
  watch.observe(root, { attributes: true, attributeFilter: ['class'] });
  signal.addEventListener('abort', () => {
    observer.disconnect();
    watch.disconnect();
  });
  mend([{ target: root, type: 'childList' }]);
}

// Whether a person has moved a slider: Python moves those that nobody holds.
const isSlid = ({ target, attributeName }) => attributeName === 'aria-valuetext' && target.matches(':focus, .noUi-active');

// ---------------------------------------------------------------- marks, and where they are

const viewOf = (mark) => mark.closest('.widget-html-content');
const kindOf = (words) => words.split(' ', 1)[0];
const wordsOf = (mark) => mark.dataset.touch ?? `entry ${entryOf(mark).join(' ')}`;
const find = (words, view) => [...view.querySelectorAll(MARKS)].find((mark) => wordsOf(mark) === words);

function entryOf(cell) {
  const { symbol, of, turned, first = 0 } = cell.closest('table').dataset;
  const place = [Number(first) + cell.parentElement.sectionRowIndex, cell.cellIndex - 1];
  if (turned !== undefined) place.reverse();
  return [symbol ?? of, ...place];
}

// Where a point of the page is in the data of a view's picture, and how far the data reach.
function panelOf(view) {
  const svg = view.querySelector('svg.bp-picture');
  const box = svg.getBoundingClientRect();
  const [left, top, width, height, x0, x1, y0, y1] = svg.dataset.panel.split(' ').map(Number);
  const zoom = box.width / svg.viewBox.baseVal.width;
  return {
    ends: [
      [x0, x1],
      [y0, y1],
    ],
    at: (x, y) => [
      x0 + (((x - box.left) / zoom - left) / width) * (x1 - x0),
      y1 - (((y - box.top) / zoom - top) / height) * (y1 - y0),
    ],
  };
}

// The place by which a mark is held: its middle, or, of a line, the point nearest to the pointer.
function anchor(mark, x, y) {
  const box = mark.getBoundingClientRect();
  const middle = [box.x + box.width / 2, box.y + box.height / 2];
  if (mark.tagName !== 'path' || x === undefined) return middle;
  const svg = mark.ownerSVGElement;
  const zoom = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const [start, end] = [0, mark.getTotalLength()].map((length) => mark.getPointAtLength(length));
  const along = [(end.x - start.x) * zoom, (end.y - start.y) * zoom];
  const size = along[0] ** 2 + along[1] ** 2 || 1;
  const share = ((x - middle[0]) * along[0] + (y - middle[1]) * along[1]) / size;
  return [middle[0] + share * along[0], middle[1] + share * along[1]];
}

// The mark under a pointer; where marks of one shape lie over each other, the one that it is nearest to.
function markUnder(root, x, y) {
  const all = document.elementsFromPoint(x, y).filter((mark) => root.contains(mark) && mark.matches('.bp-picture [data-touch]'));
  const away = (mark) => Math.hypot(anchor(mark, x, y)[0] - x, anchor(mark, x, y)[1] - y);
  const alike = all.filter((mark) => mark.tagName === all[0].tagName);
  return alike.reduce((one, other) => (away(other) < away(one) ? other : one), alike[0]);
}

// ---------------------------------------------------------------- the pointer: a mouse, a pen, a finger

function hearPointer(root, on, hand, voice) {
  let taken = null; // the mark that a pointer holds

  function follow(event) {
    if (String(taken.last) === String([event.clientX, event.clientY])) return;
    taken.last = [event.clientX, event.clientY];
    hand.move(taken.words, taken.how, taken.at(event.clientX + taken.off[0], event.clientY + taken.off[1]));
  }

  // A hand that shakes does not move what it chooses.
  function moves(event) {
    const way = Math.hypot(event.clientX - taken.from[0], event.clientY - taken.from[1]);
    return taken.how && (taken.last || way > 3);
  }

  on('pointerdown', (event) => {
    const mark = markUnder(root, event.clientX, event.clientY);
    if (taken || event.button || !mark) return;
    event.preventDefault();
    mark.focus({ preventScroll: true });
    voice.say(wordsOf(mark));
    root.setPointerCapture(event.pointerId);
    const how = mark.dataset.drag;
    const held = how && !mark.classList.contains('area') ? anchor(mark, event.clientX, event.clientY) : null;
    const off = held ? [held[0] - event.clientX, held[1] - event.clientY] : [0, 0];
    // The picture stays for the hand where it was taken, though the page may move it meanwhile.
    const at = how && panelOf(viewOf(mark)).at;
    taken = { id: event.pointerId, from: [event.clientX, event.clientY], words: wordsOf(mark), how, off, at };
    if (how && !held) follow(event);
  });

  // A finger that holds a mark does not scroll the page: touch-action ends when Python draws the mark anew.
  on('touchstart', (event) => taken?.how && event.preventDefault(), { passive: false });

  on('pointermove', (event) => {
    if (taken?.id === event.pointerId && moves(event)) follow(event);
  });

  on('pointerup', (event) => {
    if (taken?.id !== event.pointerId) return;
    if (moves(event)) follow(event);
    else hand.choose(taken.words);
    taken = null;
  });

  on('pointercancel lostpointercapture', (event) => {
    if (taken?.id === event.pointerId) taken = null;
  });

  on('click', (event) => {
    const mark = event.target.closest(MARKS);
    if (!mark || mark.closest('.bp-picture')) return;
    takeFocus(mark);
    hand.chooseMark(mark);
  });
}

// ---------------------------------------------------------------- the keyboard

// Keys come to the window first: Jupyter takes arrows, Enter and letters for itself, Notebook 7 even those of a slider.
// It keeps those with Ctrl and the like, and Shift+Enter, which runs a cell. JupyterLab remembers each key that it sees,
// with the mark that had the focus: it does not see a mark's. A page that has closed hears no more.
function hearKeys(root, hearing, hand, voice) {
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const pages = { PageDown: 1, PageUp: -1 };

  function hear(event) {
    if (!root.isConnected) hearing.abort();
    if (!root.contains(event.target)) return;
    const jupyters = event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === 'Enter');
    const mark = event.target.closest(MARKS);
    if (!mark) event.target.toggleAttribute('data-lm-suppress-shortcuts', !jupyters);
    if (!mark || jupyters) return;
    event.stopImmediatePropagation();
    if (press(mark, event)) event.preventDefault();
  }

  function press(mark, { key, shiftKey }) {
    const arrow = arrows[key];
    const by = pages[key] ?? (arrow && (arrow[0] || -arrow[1]));
    if (key === 'Enter' || key === ' ') hand.chooseMark(mark);
    else if (arrow && mark.dataset.drag) nudge(mark, arrow, shiftKey ? 10 : 1);
    else if (arrow && mark.matches('td')) step(mark, arrow);
    else if (by) next(mark, by);
    else return false;
    return true;
  }

  // By a hundredth of the panel.
  function nudge(mark, arrow, by) {
    const { at, ends } = panelOf(viewOf(mark));
    const words = wordsOf(mark);
    const place = hand.aim(words, at(...anchor(mark))).map((value, axis) => {
      const [low, high] = ends[axis];
      return Math.max(low, Math.min(high, value + (by * arrow[axis] * (high - low)) / 100));
    });
    hand.move(words, mark.dataset.drag, place);
    voice.sayPlace(words, mark.dataset.drag, place);
  }

  function step(cell, arrow) {
    const row = cell.closest('tbody').rows[cell.parentElement.sectionRowIndex - arrow[1]];
    const there = row?.cells[cell.cellIndex + arrow[0]];
    if (there?.matches('td')) takeFocus(there);
  }

  function next(mark, by) {
    const marks = [...(mark.closest('table') ?? viewOf(mark)).querySelectorAll(MARKS)];
    const kin = marks.filter((other) => kindOf(wordsOf(other)) === kindOf(wordsOf(mark)));
    const there = kin[(kin.indexOf(mark) + by + kin.length) % kin.length];
    takeFocus(there);
    if (mark.closest('.bp-picture')) hand.chooseMark(there);
  }

  window.addEventListener('keydown', hear, { capture: true, signal: hearing.signal });
}

// When Python draws a mark anew that had the focus, the new one gets it.
function keepFocus(root, on) {
  let focused = null; // the words of the mark, and its view

  on('focusin', (event) => {
    const mark = event.target.closest(MARKS);
    focused = mark && { words: wordsOf(mark), view: viewOf(mark) };
  });

  on('focusout', (event) => {
    setTimeout(() => {
      const isLeft = event.target.isConnected && document.activeElement !== event.target;
      if (isLeft && !root.contains(document.activeElement)) focused = null;
    });
  });

  return {
    mend() {
      if (!focused || root.contains(document.activeElement)) return;
      const mark = find(focused.words, focused.view);
      if (mark) takeFocus(mark);
    },
  };
}

// One mark of each kind in a picture, and one cell of a table, can be reached with Tab; arrows and Page keys go on.
function reach(view) {
  const kinds = new Set();
  for (const mark of view.querySelectorAll('[data-touch]')) {
    const kind = kindOf(wordsOf(mark));
    mark.tabIndex = mark.matches('b') || !kinds.has(kind) ? 0 : -1;
    kinds.add(kind);
    mark.setAttribute('role', 'button');
    mark.ariaLabel = wordsOf(mark);
  }
  for (const table of view.querySelectorAll('table:is([data-symbol], [data-of])')) table.querySelector('td').tabIndex = 0;
}

// A table's other cells, of which there are hundreds, can have the focus once they are taken.
function takeFocus(mark) {
  if (mark.tabIndex < 0) mark.tabIndex = -1;
  mark.focus({ preventScroll: true });
}

// ---------------------------------------------------------------- the eye and the ear

// What a chosen number was made from is lit before Python has written its sum, and again in what Python draws anew.
function findLamp(root, lights) {
  let lit = null; // the words of the entry whose sources are lit
  let said = null; // and of that whose sum Python has written

  function light(words, parts = [root]) {
    const inside = (selector) => [...parts].flatMap((part) => [...part.querySelectorAll(selector)]);
    lit = words;
    for (const cell of inside('.bp-from, .bp-entry')) cell.classList.remove('bp-from', 'bp-entry');
    if (!words) return;
    const [, symbol, ...place] = words.split(' ');
    const own = { row: Number(place[0]), column: Number(place[1]), 0: 0 };
    const fits = (rule, index) => !(rule in own) || own[rule] === index;
    const sources = [[symbol, 'row', 'column', 'bp-entry'], ...(lights[symbol] ?? []).map((source) => [...source, 'bp-from'])];
    for (const [name, rows, columns, mark] of sources)
      for (const cell of inside(`[data-symbol="${name}"] td`)) {
        const [, row, column] = entryOf(cell);
        if (fits(rows, row) && fits(columns, column)) cell.classList.add(mark);
      }
  }

  return {
    light,
    mend(drawn) {
      const entry = root.querySelector('.bp-sum')?.dataset.entry;
      if (entry === said) light(lit, drawn);
      else light(entry);
      said = entry;
    },
  };
}

// One calm sign that Python is gone, in the place of ipywidgets' broken chain on each part: nothing can be taken then.
// ipywidgets knows of a kernel that was restarted. Of one that died, or cannot be reached, only its silence tells.
function findSign(root) {
  const isCut = () => root.classList.contains('jupyter-widgets-disconnected');
  root.bpSaved ??= isCut(); // a page that was saved, and never had a kernel
  const remedy = document.body.dataset.voila ? 'reload this page' : 'run this cell again';
  let isSilent = false;

  function look() {
    const isGone = isSilent || (isCut() && !root.bpSaved);
    const words = isCut() ? `Python no longer answers: ${remedy}.` : `Python does not answer. Unless it is busy, ${remedy}.`;
    const sign = root.querySelector('.bp-sign');
    if (!sign || sign.textContent === (isGone ? words : '')) return;
    sign.textContent = isGone ? words : '';
    root.classList.toggle('bp-gone', isGone);
    for (const part of root.children) part.inert = isGone && !part.contains(sign);
  }

  look();
  return {
    look,
    silent(now) {
      isSilent = now;
      look();
    },
  };
}
