// What a page says to those who listen.

// What a screen reader says: at once what was taken; at rest where keys have moved a mark to, and which numbers changed.
// biome-ignore lint/correctness/noUnusedVariables: page.js calls it.
function findVoice(root, signal) {
  const rest = 500; // milliseconds in which nothing changes
  const moved = () => root.querySelector('.bp-moved')?.textContent ?? '';
  const write = (value) => value.toFixed(2).replace('-', '−');
  let place = ''; // where a mark was moved to, not said yet
  let known = moved();
  let timer = 0;

  function say(words) {
    const live = root.querySelector('.bp-live');
    if (live) live.textContent = words;
  }

  function sayRest() {
    const changed = moved() === known ? '' : moved();
    known = moved();
    if (place || changed) say([place, changed].filter(Boolean).join('. '));
    place = '';
  }

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(sayRest, rest);
  }

  signal.addEventListener('abort', () => clearTimeout(timer));
  return {
    say,
    wait,
    sayPlace(words, how, [x, y]) {
      place = `${words} at ${how === 'x' ? write(x) : `x1 = ${write(x)}, x2 = ${write(y)}`}`;
      wait();
    },
  };
}

// Sliders say their label, and the number that they show; without this, a choice among rates says its place in the list.
// biome-ignore lint/correctness/noUnusedVariables: page.js calls it.
function nameControls(root) {
  for (const slider of root.querySelectorAll('.widget-slider')) {
    const [handle, readout] = [slider.querySelector('.noUi-handle'), slider.querySelector('.widget-readout')];
    if (!handle || !readout) continue;
    if (handle.getAttribute('aria-valuetext') !== readout.textContent) handle.setAttribute('aria-valuetext', readout.textContent);
    if (handle.hasAttribute('aria-labelledby')) continue;
    const label = slider.querySelector('.widget-label');
    label.id ||= `bp-${Math.random().toString(36).slice(2)}`;
    for (const part of [handle, readout]) part.setAttribute('aria-labelledby', label.id);
    if (readout.isContentEditable) readout.setAttribute('role', 'textbox');
  }
  for (const button of root.querySelectorAll('button[title]'))
    if (button.title && !/\w/.test(button.textContent)) button.ariaLabel = button.title;
}
