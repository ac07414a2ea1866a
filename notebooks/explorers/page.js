// What a page does for an explorer: it tells the kernel what a hand takes, lights where a number comes from, keeps
// the keyboard's place when the kernel draws anew, and names what ipywidgets leaves without a name.
// It knows no network: marks carry data-touch, tables data-symbol, and lights says which rows and columns are meant.
// biome-ignore lint/correctness/noUnusedVariables: page.py calls it.
function hearHands(root, lights) {
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const marks = '[data-touch], :is([data-symbol], [data-of]) td';
  let taken = null; // the mark that a pointer holds
  let said = null; // the entry whose sum the kernel has written
  let lit = null; // the entry whose sources are lit, which is chosen before the kernel has written its sum
  let aimed = null; // where the last arrow key sent a mark
  let focused = null; // the words of the mark that has the focus, and its view

  const viewOf = (mark) => mark.closest('.widget-html-content');
  const kindOf = (words) => words.split(' ', 1)[0];

  function entryOf(cell) {
    const { symbol, of, turned, column } = cell.closest('table').dataset;
    const place = [cell.parentElement.sectionRowIndex, cell.cellIndex - 1];
    if (turned !== undefined) place.reverse();
    const names = (symbol ?? of).split(' ');
    return names.length > 1 ? [names[place[1]], place[0], Number(column)] : [names[0], ...place];
  }

  const wordsOf = (mark) => mark.dataset.touch ?? `entry ${entryOf(mark).join(' ')}`;
  const find = (words, view) => [...view.querySelectorAll(marks)].find((mark) => wordsOf(mark) === words);

  function send(words) {
    const input = root.querySelector('.bp-hand input');
    if (!input) return;
    input.value = `${performance.now()} ${words}`; // the time: the same words twice are two touches
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function announce(words) {
    root.querySelector('.bp-live').textContent = words;
  }

  // Where a point of the page is in the data of a view's picture, and the other way round.
  function frameOf(view) {
    const svg = view.querySelector('svg.bp-picture');
    const box = svg.getBoundingClientRect();
    const [left, top, width, height, x0, x1, y0, y1] = svg.dataset.frame.split(' ').map(Number);
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

  function move(words, how, place) {
    send(`${words} ${(how === 'x' ? place.slice(0, 1) : place).map((value) => value.toFixed(4)).join(' ')}`);
  }

  function take(mark) {
    announce(wordsOf(mark));
    if (mark.matches('td, b')) light(wordsOf(mark));
    send(wordsOf(mark));
  }

  // The mark under a pointer; where lines cross, the one that it is nearest to.
  function under(x, y) {
    const all = document.elementsFromPoint(x, y).filter((mark) => root.contains(mark) && mark.matches('.bp-picture [data-touch]'));
    if (all[0]?.tagName !== 'path') return all[0];
    const away = (line) => Math.hypot(anchor(line, x, y)[0] - x, anchor(line, x, y)[1] - y);
    return all.filter((mark) => mark.tagName === 'path').reduce((one, other) => (away(other) < away(one) ? other : one));
  }

  root.addEventListener('pointerdown', (event) => {
    const mark = under(event.clientX, event.clientY);
    if (taken || event.button || !mark) return;
    event.preventDefault();
    mark.focus({ preventScroll: true });
    announce(wordsOf(mark));
    root.setPointerCapture(event.pointerId);
    const how = mark.dataset.drag;
    const held = how && !mark.classList.contains('area') ? anchor(mark, event.clientX, event.clientY) : null;
    const off = held ? [held[0] - event.clientX, held[1] - event.clientY] : [0, 0];
    // The picture stays for the hand where it was taken, though the page may move it: words above it grow.
    const at = how && frameOf(viewOf(mark)).at;
    taken = { id: event.pointerId, from: [event.clientX, event.clientY], words: wordsOf(mark), how, off, at };
    if (how && !held) follow(event);
  });

  // A finger that holds a mark does not scroll the page: touch-action ends when the kernel draws the mark anew.
  root.addEventListener('touchstart', (event) => taken?.how && event.preventDefault(), { passive: false });

  function follow(event) {
    taken.moved = true;
    move(taken.words, taken.how, taken.at(event.clientX + taken.off[0], event.clientY + taken.off[1]));
  }

  root.addEventListener('pointermove', (event) => {
    if (!taken || event.pointerId !== taken.id || !taken.how) return;
    const way = Math.hypot(event.clientX - taken.from[0], event.clientY - taken.from[1]);
    if (taken.moved || way > 3) follow(event);
  });

  root.addEventListener('pointerup', (event) => {
    if (!taken || event.pointerId !== taken.id) return;
    if (!taken.moved) send(taken.words);
    taken = null;
  });

  for (const end of ['pointercancel', 'lostpointercapture'])
    root.addEventListener(end, (event) => {
      if (taken?.id === event.pointerId) taken = null;
    });

  root.addEventListener('click', (event) => {
    const mark = event.target.closest(`${marks}`);
    if (mark && !mark.closest('.bp-picture')) take(mark);
  });

  // Keys come to the window first: Jupyter takes arrows, Enter and letters for itself, Notebook 7 even those of a slider.
  // It keeps those with Ctrl and the like, and Shift+Enter, which runs a cell. JupyterLab remembers each key that it sees,
  // with the mark that had the focus: it does not see a mark's. A page that has closed hears no more.
  function keys(event) {
    if (!root.isConnected) window.removeEventListener('keydown', keys, true);
    if (!root.contains(event.target)) return;
    const jupyters = event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === 'Enter');
    const mark = event.target.closest(marks);
    if (!mark) event.target.toggleAttribute('data-lm-suppress-shortcuts', !jupyters);
    if (!mark || jupyters) return;
    event.stopImmediatePropagation();
    const arrow = arrows[event.key];
    const page = { PageDown: 1, PageUp: -1 }[event.key];
    if (event.key === 'Enter' || event.key === ' ') take(mark);
    else if (arrow && mark.dataset.drag) nudge(mark, arrow, event.shiftKey ? 10 : 1);
    else if (arrow && mark.matches('td')) step(mark, arrow);
    else if (arrow || page) next(mark, page ?? (arrow[0] || -arrow[1]));
    else return;
    event.preventDefault();
  }
  window.addEventListener('keydown', keys, true);

  // By a hundredth of the frame; a key that comes before the mark is drawn anew goes on from where the last one aimed.
  function nudge(mark, arrow, by) {
    const { at, ends } = frameOf(viewOf(mark));
    const [words, from] = [wordsOf(mark), at(...anchor(mark))];
    const start = aimed?.words === words && String(aimed.from) === String(from) ? aimed.place : from;
    const place = start.map((value, axis) => {
      const [low, high] = ends[axis];
      return Math.max(low, Math.min(high, value + (by * arrow[axis] * (high - low)) / 100));
    });
    aimed = { words, from, place };
    move(words, mark.dataset.drag, place);
  }

  function step(cell, arrow) {
    const row = cell.closest('tbody').rows[cell.parentElement.sectionRowIndex - arrow[1]];
    const there = row?.cells[cell.cellIndex + arrow[0]];
    if (there?.matches('td')) there.focus();
  }

  function next(mark, by) {
    const kin = [...viewOf(mark).querySelectorAll(marks)].filter((other) => kindOf(wordsOf(other)) === kindOf(wordsOf(mark)));
    const there = kin[(kin.indexOf(mark) + by + kin.length) % kin.length];
    there.focus({ preventScroll: true });
    if (mark.closest('.bp-picture')) take(there);
  }

  root.addEventListener('focusin', (event) => {
    const mark = event.target.closest(marks);
    focused = mark && { words: wordsOf(mark), view: viewOf(mark) };
  });
  root.addEventListener('focusout', (event) => {
    setTimeout(() => {
      if (event.target.isConnected && document.activeElement !== event.target) focused = root.contains(document.activeElement) ? focused : null;
    });
  });

  // ------------------------------------------------ after each change of the page

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

  // One mark of each kind in a picture, and one cell of a table, can be reached with Tab; arrows and Page keys go on.
  function reach(view) {
    const groups = new Set();
    for (const mark of view.querySelectorAll(marks)) {
      const group = mark.matches('td') ? mark.closest('table') : kindOf(wordsOf(mark));
      mark.tabIndex = mark.matches('b') || !groups.has(group) ? 0 : -1;
      groups.add(group);
      if (mark.matches('td')) continue;
      mark.setAttribute('role', 'button');
      mark.ariaLabel = wordsOf(mark);
    }
  }

  function name() {
    for (const part of root.querySelectorAll('.noUi-handle, .widget-readout[contenteditable]')) {
      if (part.hasAttribute('aria-labelledby')) continue;
      const label = part.closest('.widget-slider').querySelector('.widget-label');
      label.id ||= `bp-${Math.random().toString(36).slice(2)}`;
      part.setAttribute('aria-labelledby', label.id);
      if (part.isContentEditable) part.setAttribute('role', 'textbox');
    }
    for (const button of root.querySelectorAll('.widget-play button:not([title])'))
      button.title = button.ariaLabel = button.querySelector('.fa-stop') ? 'Stop, back to the start' : 'Play or pause';
  }

  function mend(changes) {
    const viewsIn = (part) => [viewOf(part) ?? [...part.querySelectorAll('.widget-html-content')]].flat();
    const drawn = new Set(changes.flatMap((change) => viewsIn(change.target)));
    name();
    for (const view of drawn) reach(view);
    const entry = root.querySelector('.bp-sum')?.dataset.entry;
    if (entry === said) light(lit, drawn);
    else light(entry);
    said = entry;
    if (focused && !root.contains(document.activeElement)) find(focused.words, focused.view)?.focus({ preventScroll: true });
  }
  new MutationObserver(mend).observe(root, { childList: true, subtree: true });
  mend([{ target: root }]);
}
