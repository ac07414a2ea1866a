"""The way from the input to the loss and back, as a strip that says where you are."""

from explorers.views.picture import Picture
from explorers.views.svg import shape, text


class Strip(Picture):
    """Boxes in columns, the values above and their gradients below; some of them are where you are."""

    def __init__(self, columns, scale, width=560, height=76):
        super().__init__(width, height, scale)
        self.columns = columns

    def show(self, alt, here, touches):
        """here are names in the columns; touches maps a name to the words of a hand."""
        counts = [max(len(top), len(below)) for top, below in self.columns]
        room, left = self.width / sum(counts), 0
        parts = [shape("line", "way", x1=8, y1=20, x2=self.width - 8, y2=20)]
        parts.append(shape("line", "way back", x1=8, y1=56, x2=self.width - 8, y2=56))
        for (top, below), count in zip(self.columns, counts, strict=True):
            for names, y in ((top, 20), (below, 56)):
                for n, name in enumerate(names):
                    x = left + (n + 0.5) * room
                    size = {"x": x - 23, "y": y - 12, "width": 46, "height": 24}
                    parts.append(shape("rect", "box here" if name in here else "box", touches.get(name), **size))
                    parts.append(text(x, y + 4, name))
            left += count * room
        self.paint(alt, "".join(parts))
