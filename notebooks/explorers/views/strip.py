"""The way from the input to the loss and back, as a strip that says where you are."""

from explorers.views.picture import Picture
from explorers.views.svg import shape, text


class Strip(Picture):
    """Boxes in columns, the values above and their gradients below; one of them is where you are."""

    def __init__(self, columns, scale, width=560, height=76):
        super().__init__(width, height, scale)
        self.columns = columns

    def show(self, alt, here, touches):
        """here is a name in the columns; touches maps a name to the words of a hand."""
        wide = self.width / len(self.columns)
        parts = [shape("line", "way", x1=8, y1=20, x2=self.width - 8, y2=20)]
        parts.append(shape("line", "way back", x1=8, y1=56, x2=self.width - 8, y2=56))
        for n, (top, below) in enumerate(self.columns):
            for names, y in ((top, 20), (below, 56)):
                room = wide / max(len(names), 1)
                for m, name in enumerate(names):
                    x = n * wide + (m + 0.5) * room
                    box = min(room - 4, 46)
                    classes = "box here" if name == here else "box"
                    parts.append(
                        shape("rect", classes, touches.get(name), x=x - box / 2, y=y - 12, width=box, height=24)
                    )
                    parts.append(text(x, y + 4, name, "on-node"))
        self.paint(alt, "".join(parts))
