// A slider in the page, moved by keys: how long until its change is painted, and what goes over the line meanwhile.
//
// A change is complete when the kernel is idle again for every message that the page has sent, and two frames have
// begun since the last change of the page: the first of them has then been painted.
class Slider {
  constructor(name) {
    this.kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    this.handle = document.querySelector(`.slider-${name} .noUi-handle`);
    this.own = this.handle.closest('.widget-slider') ?? this.handle.closest('.jupyter-widgets');
    this.page = this.handle.closest('.jp-Notebook');
    this.waiting = new Set();
    this.flying = new Set();  // messages that the kernel has not yet done with
    this.most = 0;  // of them at once
    this.sent = 0;
    this.answered = () => null;  // called when the kernel has done with all of them
    this.painting = null;  // a promise of the time at which the page's last change is painted
    this.handle.scrollIntoView({block: 'center'});
    this.handle.focus();
    const isIdle = msg => msg.header.msg_type === 'status' && msg.content.execution_state === 'idle';
    this.onAny = (_, {direction, msg}) => {
      if (direction === 'send' && msg.header.msg_type === 'comm_msg') {
        this.sent += 1;
        this.waiting.add(msg.header.msg_id);
        this.flying.add(msg.header.msg_id);
        this.most = Math.max(this.most, this.flying.size);
      }
      if (direction === 'recv' && isIdle(msg)) this.flying.delete(msg.parent_header.msg_id);
    };
    this.onHandled = (_, msg) => {  // comes after the page has handled the message
      if (!isIdle(msg)) return;
      this.waiting.delete(msg.parent_header.msg_id);
      if (!this.waiting.size) this.answered();
    };
    this.kernel.anyMessage.connect(this.onAny);
    this.kernel.iopubMessage.connect(this.onHandled);
    this.observer = new MutationObserver(changes => {
      const element = node => node.closest ? node : node.parentElement;
      if (changes.some(change => !this.own.contains(change.target)
          && !element(change.target)?.closest('.jp-InputArea, .jp-InputPrompt, .jp-Toolbar')))
        this.painting = this.painted();
    });
    this.observer.observe(this.page, {subtree: true, childList: true, attributes: true, characterData: true});
  }

  close() {
    this.observer.disconnect();
    this.kernel.anyMessage.disconnect(this.onAny);
    this.kernel.iopubMessage.disconnect(this.onHandled);
  }

  press(key) {
    this.handle.dispatchEvent(new KeyboardEvent('keydown', {key, code: key, bubbles: true}));
  }

  atMost() {
    return Number(this.handle.getAttribute('aria-valuenow')) >= Number(this.handle.getAttribute('aria-valuemax'));
  }

  async painted() {
    await frame();
    await frame();
    return performance.now();
  }

  async answer() {
    while (this.waiting.size) await new Promise(done => { this.answered = done; });
  }

  // The time at which the last change was painted, or null if there was none: nothing changed for 40 ms since.
  async complete() {
    await turn();  // until the page has sent its message
    const late = sleep(60000).then(() => { throw new Error('The kernel did not answer in 60 s.'); });
    await Promise.race([this.answer(), late]);
    let seen;
    do { seen = this.painting; await seen; await sleep(40); } while (seen !== this.painting);
    return this.painting;
  }
}

const frame = () => new Promise(done => requestAnimationFrame(done));
const sleep = ms => new Promise(done => setTimeout(done, ms));
const channel = new MessageChannel();
const turn = () => new Promise(done => { channel.port1.onmessage = done; channel.port2.postMessage(null); });

// Milliseconds from each of count key presses to its painted change; null where nothing changed.
async function presses(name, count) {
  const slider = new Slider(name), times = [];
  const keys = slider.atMost() ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
  for (let i = 0; i < count; i++) {
    await sleep(80 + 17 * Math.random());  // the page rests a little; at no fixed place between two frames
    slider.painting = null;
    const start = performance.now();
    slider.press(keys[i % 2]);
    const end = await slider.complete();
    times.push(end && end - start);
  }
  slider.close();
  return times;
}

// A drag of count events in so many seconds, from the slider's least value up.
async function drag(name, count, seconds) {
  const slider = new Slider(name);
  slider.press('Home');
  await slider.complete();
  await sleep(300);
  slider.painting = null;
  slider.most = slider.sent = 0;
  const start = performance.now();
  for (let done = 0; done < count; await sleep(1))
    while (done < count && performance.now() - start >= 1000 * seconds * (done + 1) / count) {
      slider.press('ArrowRight');
      done += 1;
    }
  const last = performance.now(), end = await slider.complete();
  slider.close();
  return {lag: end - last, took: last - start, most: slider.most, sent: slider.sent,
          value: Number(slider.handle.getAttribute('aria-valuenow'))};
}

// Seconds from Run All to the first picture of an explorer on the screen.
async function firstExplorer() {
  const start = performance.now();
  window.jupyterapp.commands.execute('notebook:run-all-cells');
  const picture = () => document.querySelector('.bp-explorer .bp-picture');
  while (!picture()) await frame();
  await frame();
  await frame();
  return (performance.now() - start) / 1000;
}

// What the kernel says of an expression.
async function ask(code) {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const content = {code: '', silent: true, user_expressions: {value: `__import__('json').dumps(${code})`}};
  const reply = (await kernel.requestExecute(content).done).content.user_expressions.value;
  if (reply.status !== 'ok') throw new Error(reply.evalue);
  return reply.data['text/plain'].slice(1, -1).replaceAll("\\'", "'").replaceAll('\\\\', '\\');
}
