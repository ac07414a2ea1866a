"""What a notebook keeps of an explorer: its pictures side by side, with its state in words below, as one SVG."""

import textwrap
from html import escape

from explorers.page import file
from explorers.views.colors import LIGHT, variables
from explorers.views.svg import text

LETTER, LINE = 6.4, 17  # CSS pixels: how wide a letter is, about, and how high a line


def snapshot(pictures, words):
    """Return pictures side by side, and words below, as an SVG document at scale 1, in the colours of a light page."""
    parts, left, height = [], 0, 0
    for picture in pictures:
        parts.append(f'<svg x="{left}" width="{picture.width}" height="{picture.height}">{picture.content}</svg>')
        left, height = left + picture.width + 12, max(height, picture.height)
    width = max(left, 480)
    for line in (part for said in words.split("\n") for part in textwrap.wrap(said, int(width / LETTER))):
        height += LINE
        parts.append(text(6, height, line, "start"))
    size = f'viewBox="0 0 {width} {height + 8}" width="{width}" height="{height + 8}"'
    style = f"<style>.bp-picture{{{variables(LIGHT)}}}{file('picture.css')}</style>"
    sheet = f'<rect class="paper" width="{width}" height="{height + 8}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bp-picture" role="img" aria-label="{escape(words)}" {size}>'
        f"<title>{escape(words)}</title>{style}{sheet}{''.join(parts)}</svg>"
    )
