"""The site that needs no server beside JupyterLab: how long until an explorer stands, and how long a move takes.

Build the site first, as the README says, into the folder `site`. Both are used in the same way, in a new profile.
"""

import functools
import http.server
import threading
import time
from contextlib import contextmanager
from statistics import median

import lab as jupyter

FOLDER = jupyter.ROOT / "site"
KERNEL_IS_THERE = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
RUN_ALL = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
# Says what a hand says when it moves point 2, and waits for its place in the words, and for two frames.
MOVES = """async ([box, count]) => {
  const input = box.querySelector('.bp-hand input'), times = [];
  for (let n = 0; n < count; n++) {
    const place = (0.01 * n).toFixed(2), start = performance.now();
    input.value = `${start} point 2 ${place} 0.3`;
    input.dispatchEvent(new Event('input', {bubbles: true}));
    while (!box.innerText.includes(`Example 2: x = (${place}, `)) await new Promise(requestAnimationFrame);
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    times.push(performance.now() - start);
  }
  return times;
}"""


class Static(http.server.SimpleHTTPRequestHandler):
    """Serve files, for the browser to keep for ten minutes as those of GitHub Pages."""

    protocol_version = "HTTP/1.1"

    def end_headers(self):
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def serve(handler):
    """Answer requests with this handler; give the address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def run(show, quick):
    """Print a row for JupyterLab, and one for the site."""
    if not FOLDER.is_dir():
        print("\nThe site is not measured: there is no folder `site`.")
        return
    files = functools.partial(Static, directory=FOLDER)
    with jupyter.browser() as chromium, jupyter.lab_server() as lab, serve(files) as site:
        rows = [
            [name, *_measured(chromium, address, 20 if quick else 100)]
            for name, address in (("JupyterLab", lab.url + "/tree/{}"), ("the site", site + "lab/index.html?path={}"))
        ]
    head = ["", "first explorer, s", "on a second visit, s", "a move in notebook 06: median, ms", "worst, ms"]
    show("From an address to the first explorer of notebook 00, and a point moved in notebook 06", head, rows)


def _measured(chromium, address, moves):
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    first, again = (_opened(context, address.format("00_start_here.ipynb"))[0] for _ in range(2))
    _, page = _opened(context, address.format("06_end_to_end.ipynb"))
    box = page.locator(".bp-explorer").first.element_handle()
    page.evaluate(MOVES, [box, 5])
    page.wait_for_timeout(1000)
    times = page.evaluate(MOVES, [box, moves])
    context.close()
    return f"{first:.1f}", f"{again:.1f}", f"{median(times):.0f}", f"{max(times):.0f}"


def _opened(context, address):
    """Seconds from an address until an explorer stands, and the page."""
    page, start = context.new_page(), time.perf_counter()
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)
    page.wait_for_function(KERNEL_IS_THERE, timeout=120_000)
    page.evaluate(RUN_ALL)
    page.locator(".bp-explorer .bp-picture").first.wait_for(timeout=120_000)
    return time.perf_counter() - start, page
