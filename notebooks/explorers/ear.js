// How a page talks to Python: by words in a hidden text field, which ipywidgets sends.

// Python answers words by showing them as the field's placeholder. Until it does, the next words wait here; of many
// about one thing the newest are kept. Where a connection broke, an answer is lost: ipywidgets waits for it for good,
// and sends nothing more from this field. A knock is sent whatever ipywidgets waits for: Python gives a new field.
// ipywidgets says nothing of a control's lost answer: words follow its moves, too.
// biome-ignore lint/correctness/noUnusedVariables: page.js calls it.
function findEar(root, signal, showSilence) {
  const patience = 3000; // milliseconds
  const rest = 500; // milliseconds in which no control moves
  const waiting = new Map(); // what they are about → words that are not yet sent
  let asked = null; // the words that Python has not answered
  let askedIn = null; // the field that they were written into
  let knocks = 0; // since it was last heard
  let timer = 0;
  let greeting = 0;

  const field = () => root.querySelector('.bp-hand input');

  function send(words, about = words) {
    clearTimeout(greeting);
    waiting.delete(about);
    waiting.set(about, words);
    if (!asked) next();
  }

  function next() {
    const [first] = waiting;
    if (!first || !field()) return;
    waiting.delete(first[0]);
    asked = `${performance.now()} ${first[1]}`; // the time: the same words twice are two touches
    write();
    wait();
  }

  // Ask whether Python hears, once a control has come to rest: in the way of no move. Other words ask it as well.
  function greet() {
    clearTimeout(greeting);
    greeting = setTimeout(() => root.isConnected && send('hello'), rest);
  }

  // The newest words about this that Python has not answered.
  function owed(about) {
    const words = waiting.get(about) ?? asked?.slice(asked.indexOf(' ') + 1);
    return words?.startsWith(`${about} `) ? words : null;
  }

  function write() {
    askedIn = field();
    askedIn.value = asked;
    askedIn.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(knock, Math.min(30000, patience * 2 ** Math.max(0, knocks - 3)));
  }

  function knock() {
    if (!root.isConnected) return;
    knocks += 1;
    if (knocks === 3) showSilence(true);
    wait();
    field()?.dispatchEvent(Object.assign(new Event('keypress', { bubbles: true }), { keyCode: 13 }));
  }

  // Python is heard: the field has another placeholder, or is a new one. A new one, before the words in the old one are
  // answered: more may be lost than these.
  function hear() {
    if (!field()) return; // the old one has gone, and the new one is on its way
    if (knocks && field() !== askedIn) send('lost');
    knocks = 0;
    clearTimeout(timer);
    showSilence(false);
    if (field().placeholder === asked) {
      asked = null;
      next();
    } else if (asked) {
      if (field().value !== asked) write();
      wait();
    }
  }

  signal.addEventListener('abort', () => [timer, greeting].forEach(clearTimeout));
  return { send, greet, owed, hear };
}

// While the page shows `data-play="SEEN STEP LAST BY MS"`, it asks for one step after another: each when the last one is
// seen, and not before so many milliseconds have passed. Python counts it where what the page saw is still shown.
// biome-ignore lint/correctness/noUnusedVariables: page.js calls it.
function findPlay(root, signal, send) {
  let planned = null; // the words that a timer will send, or has sent
  let sent = null;
  let last = Number.NEGATIVE_INFINITY;
  let timer = 0;

  function look() {
    const mark = root.querySelector('[data-play]');
    const [seen, step, end, by, pause] = (mark?.dataset.play ?? '').split(' ').map(Number);
    const words = mark && step < end ? `tick ${seen} ${Math.min(step + by, end)}` : null;
    if (words === planned) return;
    if (!planned) last = Number.NEGATIVE_INFINITY; // it begins at once
    else if (sent !== planned) last = performance.now(); // another page asked for this step
    planned = words;
    clearTimeout(timer);
    if (words) timer = setTimeout(tick, last + pause - performance.now());
  }

  function tick() {
    if (!root.isConnected) return;
    last = performance.now();
    sent = planned;
    send(planned, 'tick');
  }

  signal.addEventListener('abort', () => clearTimeout(timer));
  return { look };
}
