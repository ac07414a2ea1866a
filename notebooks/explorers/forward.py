"""The forward pass: from a point in the plane to two probabilities."""

from explorers.network import NetworkExplorer
from explorers.predict import change_question, loss_question, on_question, rows_question


class ForwardExplorer(NetworkExplorer):
    _picked = "A1", {}
    narrow = (("X",), ("Z", "b2"), ("P",), ("Y",))
    wide = ("W1", "b1", "A1", "H", "W2")

    def parts_under_the_plane(self):
        return self.add_network()

    def questions(self):
        return {
            "on or off": on_question(
                lambda: f"is unit {self.unit} on for example {self.example}",
                lambda values: values["M"][self.example, self.unit],
                self.say_side,
            ),
            "how many are on": change_question(
                lambda: f"how many hidden units are on for example {self.example}",
                lambda values: values["M"][self.example].sum(),
                lambda before, now: self.say_count(),
                ("fewer", "as many", "more"),
            ),
            "rows of A1": rows_question("A1", lambda: self.example),
            "loss": loss_question(),
        }

    def draw(self):
        self.show_plane(f"a hinge line for each unit. {self.say_point()} {self.say_side()}")
        self.show_network("P")

    def say(self):
        return f"{self.say_loss()} {self.say_count()} {self.say_side()}"

    def describe(self):
        i, j = self.example, self.unit
        w, b, x, a = self.params.W1[j], self.params.b1[j], self.X[i], self.values["A1"][i, j]
        z, p = self.values["Z"][i], self.values["P"][i]
        return [
            self.say_point(),
            f"Unit {j}: a = ({w[0]:z.2f})({x[0]:z.2f}) + ({w[1]:z.2f})({x[1]:z.2f}) + ({b:z.2f}) = {a:z.2f}, "
            f"so h = max(a, 0) = {max(a, 0):z.2f}.",
            f"z = ({z[0]:z.2f}, {z[1]:z.2f}), p = ({p[0]:.3f}, {p[1]:.3f}).",
        ]

    def say_side(self):
        if not self.params.W1[self.unit].any():
            where = "on" if self.params.b1[self.unit] > 0 else "off"
            return f"Unit {self.unit} has no hinge line: it is {where} everywhere."
        side = "on" if self.values["A1"][self.example, self.unit] > 0 else "off"
        return f"The point is on the {side} side of unit {self.unit}'s hinge line."

    def say_count(self):
        on = self.values["H"][self.example] > 0
        return f"{on.sum()} of {len(on)} hidden units are on for example {self.example}."


def forward_explorer(X=None, y=None, params=None, scale=None):
    """Move a point and a hidden unit, and watch A1 = X W1ᵀ + b1, H = max(A1, 0), Z = H W2ᵀ + b2, P = softmax(Z).

    X (N, 2), y (N,) in {0, 1}, params with 2 inputs and 2 outputs; scale is that of set_scale, unless given.
    Raises ValueError, TypeError for a bad X, y, params or scale. Derivation, section 0.
    """
    return ForwardExplorer(X, y, params, scale)
