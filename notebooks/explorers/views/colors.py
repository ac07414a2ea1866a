"""The colours of tables and pictures, and the PNG files that hold them.

Orange and blue, and violet and yellow, are told apart by every common kind of colour blindness, and each is also
said another way: by a sign, a marker, a dash.
"""

import io

import numpy as np
from matplotlib.colors import to_rgb
from PIL import Image

POSITIVE, NEGATIVE = "#d55e00", "#0072b2"
CLASS_COLORS, CLASS_MARKERS = ("#4b2e9e", "#d99a00"), ("o", "s")
INK, FAINT, ON, LIT, DIM = "#222222", "#9a9a9a", "#007a5a", "#ffd75e", "#dddddd"
NORM_COLORS = POSITIVE, "#e69f00", NEGATIVE, "#56b4e9"
ON_SIDE = 0.18  # how much of ON lies over the plane where a unit is on
SURE = np.array([0, 20, 32, 44, 56, 68])  # of 255: how much of its class's colour lies there, from unsure to sure


def mixed(color, share, under=(255, 255, 255)):
    """Return what a share of a colour looks like over another one, as red, green and blue up to 255."""
    return under + share * (255 * np.array(to_rgb(color)) - under)


def _palette():
    """The colours of all pictures, and some between an ink and white, as an image that Pillow takes them from."""
    plain = [mixed("white", 1), *(mixed(color, part) for color in CLASS_COLORS for part in SURE[1:] / 255)]
    on_side = [mixed(ON, ON_SIDE, under) for under in plain]
    parts = {INK: 8, ON: 4, **dict.fromkeys((*CLASS_COLORS, *NORM_COLORS, LIT), 3)}
    inks = [mixed(color, part / n) for color, n in parts.items() for part in range(1, n + 1)]
    image = Image.new("P", (1, 1))
    image.putpalette(np.rint([*plain, *on_side, *inks]).astype(np.uint8).tobytes())
    return image


PALETTE = _palette()


def png(pixels, compress_level):
    """Encode RGBA pixels (height, width, 4) as PNG bytes, in the colours of PALETTE: fewer bytes, in less time."""
    image = Image.fromarray(pixels).convert("RGB").quantize(palette=PALETTE, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    image.save(buffer, "png", compress_level=compress_level)
    return buffer.getvalue()
