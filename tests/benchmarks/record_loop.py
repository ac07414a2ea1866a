"""Record the README's picture, a loop without sound, and its still, from a real JupyterLab in a browser.

python tests/benchmarks/record_loop.py: a point is dragged across hinge lines, then the entry of a gradient is clicked.
"""

from io import BytesIO
from pathlib import Path

import lab as jupyter
import nbformat
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
CELL = """from explorers import backprop_explorer
explorer = backprop_explorer()
explorer.touch("unit", 5)
explorer.choose("G_A1", 2, 5)
explorer"""
WIDTH, HEIGHT, ZOOM = 940, 636, 1  # CSS pixels, and pixels of the picture for each
FRAME = 80  # milliseconds
POINTER = """() => {
  const pointer = document.body.appendChild(document.createElement('div'));
  pointer.innerHTML = '<svg width="22" height="30"><path d="M2 2v20l5-4 4 9 4-2-4-8h7z" fill="#111" stroke="#fff" '
    + 'stroke-width="1.6"/></svg>';
  pointer.style = 'position: fixed; z-index: 99999; pointer-events: none; left: -50px';
  window.addEventListener('pointermove', (event) => {
    pointer.style.left = `${event.clientX - 2}px`;
    pointer.style.top = `${event.clientY - 2}px`;
  }, true);
}"""


class Film:
    """Frames of the explorer on a page, while a pointer moves over it."""

    def __init__(self, notebook):
        self.page = notebook.page
        self.frames, self.times, self.at = [], [], (0, 0)
        box = self.page.locator(".bp-explorer").bounding_box()
        self.clip = {"x": box["x"] - 6, "y": box["y"] - 2, "width": WIDTH, "height": HEIGHT}

    def middle(self, mark):
        box = self.page.locator(mark).first.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def shoot(self, milliseconds=FRAME):
        self.page.wait_for_timeout(120)  # the kernel's answer is on the page
        shot = Image.open(BytesIO(self.page.screenshot(clip=self.clip, scale="device"))).convert("RGB")
        if self.frames and shot.tobytes() == self.frames[-1].tobytes():
            self.times[-1] += milliseconds
            return
        self.frames.append(shot)
        self.times.append(milliseconds)

    def glide(self, there, steps):
        """Move the pointer, slower at both ends of its way."""
        (x, y), (x1, y1) = self.at, there
        for step in range(1, steps + 1):
            share = step / steps
            share *= share * (3 - 2 * share)
            self.at = x + share * (x1 - x), y + share * (y1 - y)
            self.page.mouse.move(*self.at)
            self.shoot()


def act(film):
    x, y = film.middle('[data-touch="point 2"]')
    film.at = x - 20, y + 240  # below the plane
    film.page.mouse.move(*film.at)
    film.shoot(500)
    film.glide((x, y), 6)
    film.page.mouse.down()
    film.glide((x + 96, y + 84), 26)
    film.page.mouse.up()
    film.shoot(900)
    entry = film.page.locator('table[data-symbol="G_W2"] tbody tr').first.locator("td").nth(5).bounding_box()
    film.glide((entry["x"] + 0.6 * entry["width"], entry["y"] + 0.6 * entry["height"]), 10)
    film.shoot(300)
    film.page.mouse.click(*film.at)
    film.shoot(2700)


def save(frames, times):
    """Write the loop with one palette for all frames, so that what stands still costs nothing, and its last frame."""
    all_in_one = Image.new("RGB", (frames[0].width, 3 * frames[0].height))
    for n, frame in enumerate((frames[0], frames[len(frames) // 2], frames[-1])):
        all_in_one.paste(frame, (0, n * frame.height))
    palette = all_in_one.quantize(255, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
    first, *others = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    loop = ROOT / ".github/preview.gif"
    first.save(loop, save_all=True, append_images=others, duration=times, loop=0, optimize=True, disposal=1)
    others[-1].save(ROOT / ".github/preview.png", optimize=True)
    print(f"{len(frames)} frames, {sum(times) / 1000:.1f} s, {first.size}, {loop.stat().st_size / 1e3:.0f} kB")


def main():
    with jupyter.lab_server() as lab, jupyter.browser() as chromium:
        nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
        nb.metadata["kernelspec"] = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
        nbformat.write(nb, lab.folder / "loop.ipynb")
        size = {"width": WIDTH + 190, "height": HEIGHT + 320}
        notebook = jupyter.open_notebook(chromium, lab, "loop.ipynb", **size, device_scale_factor=ZOOM)
        notebook.run_all()
        notebook.page.evaluate(POINTER)
        notebook.page.wait_for_timeout(1000)
        film = Film(notebook)
        act(film)
        problems = notebook.problems()
        notebook.close()
    if problems:
        raise SystemExit("\n".join(problems))
    save(film.frames, film.times)


if __name__ == "__main__":
    main()
