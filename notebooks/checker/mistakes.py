"""The mistakes that people make in these lines, each under the name that a diagnosis gives it."""

from checker.lines import LINES, Mistake

# In a name and its line, lr stands for any learning rate, and e for any one example.
_LISTED = [
    Mistake("the bias is missing", "A1", "X @ W1.T"),
    Mistake("reshape in place of a transpose", "A1", "X @ W1.reshape(W1.T.shape) + b1"),
    Mistake("ReLU is missing", "H", "A1"),
    Mistake("the size of A1 instead of its positive part", "H", "np.abs(A1)"),
    Mistake("the negative part of A1 instead of its positive part", "H", "np.minimum(A1, 0)"),
    Mistake("the bias is missing", "Z", "H @ W2.T"),
    Mistake("reshape in place of a transpose", "Z", "H @ W2.reshape(W2.T.shape) + b2"),
    Mistake("A1 in the place of H", "Z", "A1 @ W2.T + b2"),
    Mistake("exp without the division by the row's sum", "P", "np.exp(Z)"),
    Mistake("divided by the sum over everything instead of the row's sum", "P", "np.exp(Z) / np.exp(Z).sum()"),
    Mistake("softmax over the examples instead of the classes", "P", "softmax(Z.T).T"),
    Mistake("the logarithm of P instead of P", "P", "log_softmax(Z)"),
    Mistake("1/N is missing", "loss", "N * cross_entropy(Z, y)"),
    Mistake("averaged over N·C entries instead of N examples", "loss", "cross_entropy(Z, y) / P.shape[1]"),
    Mistake("1/N is in twice", "loss", "cross_entropy(Z, y) / N"),
    Mistake("the sign is flipped", "loss", "-cross_entropy(Z, y)"),
    Mistake("the labels in Y are swapped", "loss", "cross_entropy(Z, len(b2) - 1 - y)"),
    Mistake("only the last example counts", "loss", "cross_entropy(Z[-1:], y[-1:]) / N"),
    Mistake("1/N is missing", "G_Z", "P - Y"),
    Mistake("1/N is in twice", "G_Z", "(P - Y) / N / N"),
    Mistake("averaged over N·C entries instead of N examples", "G_Z", "(P - Y) / P.size"),
    Mistake("the sign is flipped", "G_Z", "(Y - P) / N"),
    Mistake("an extra factor P(1 − P)", "G_Z", "(P - Y) * P * (1 - P) / N"),
    Mistake("P without minus Y", "G_Z", "P / N"),
    Mistake("y in the place of Y", "G_Z", "(P - y[:, None]) / N"),
    Mistake(
        "1 is taken from whole columns of P instead of one entry a row",
        "G_Z",
        "(P - np.isin(np.arange(P.shape[1]), y)) / N",
    ),
    Mistake("the labels in Y are swapped", "G_Z", "(P - Y[:, ::-1]) / N"),
    Mistake("only the last example counts", "G_Z", "(P - Y) / N * (np.arange(N) == N - 1)[:, None]"),
    Mistake("example {e}'s gradient is used for all", "G_Z", "np.tile((P - Y)[e] / N, (N, 1))"),
    Mistake("A1 in the place of H", "G_W2", "G_Z.T @ A1"),
    Mistake("reshape in place of a transpose", "G_W2", "G_Z.reshape(G_Z.T.shape) @ H"),
    Mistake("the product is reshaped in place of a transpose", "G_W2", "(H.T @ G_Z).reshape(W2.shape)"),
    Mistake("example {e}'s gradient is used for all", "G_W2", "N * np.outer(G_Z[e], H[e])"),
    Mistake("only the last example counts", "G_W2", "np.outer(G_Z[-1], H[-1])"),
    Mistake("only the last example counts", "G_b2", "G_Z[-1]"),
    Mistake("the bias is averaged instead of summed: 1/N is in G_Z already", "G_b2", "G_Z.mean(axis=0)"),
    Mistake("the bias is summed over everything instead of over examples", "G_b2", "G_Z.sum()"),
    Mistake("the bias is summed over classes instead of over examples", "G_b2", "G_Z.sum(axis=1)"),
    Mistake("reshape in place of a transpose", "G_H", "(W2.T @ G_Z.T).reshape(H.shape)"),
    Mistake("reshape in place of a transpose", "G_H", "G_Z @ W2.T.reshape(W2.shape)"),
    Mistake("W2 is used after its update, with lr = {lr}", "G_H", "G_Z @ (W2 - lr * G_W2)"),
    Mistake("G_W2 in the place of W2", "G_H", "G_Z @ G_W2"),
    Mistake("G_Z in the place of G_H", "G_H", "G_Z"),
    Mistake("example {e}'s gradient is used for all", "G_H", "np.tile((G_Z @ W2)[e], (N, 1))"),
    Mistake("the mask is made from H >= 0, which is always on", "M", "H >= 0"),
    Mistake("the mask is made from the sign of the gradient that arrives", "M", "G_H > 0"),
    Mistake("the mask is inverted", "M", "A1 <= 0"),
    Mistake("the mask is on at exactly 0, where ReLU's slope is taken as 0", "M", "A1 >= 0"),
    Mistake("the mask is missing", "G_A1", "G_H"),
    Mistake("the mask is inverted", "G_A1", "G_H * ~M"),
    Mistake("multiplied by H instead of M", "G_A1", "G_H * H"),
    Mistake("G_Z in the place of G_H", "G_A1", "G_Z * M"),
    Mistake("example {e}'s gradient is used for all", "G_A1", "np.tile((G_H * M)[e], (N, 1))"),
    Mistake("reshape in place of a transpose", "G_W1", "G_A1.reshape(G_A1.T.shape) @ X"),
    Mistake("the product is reshaped in place of a transpose", "G_W1", "(X.T @ G_A1).reshape(W1.shape)"),
    Mistake("G_Z in the place of G_A1", "G_W1", "G_Z.T @ X"),
    Mistake("example {e}'s gradient is used for all", "G_W1", "N * np.outer(G_A1[e], X[e])"),
    Mistake("only the last example counts", "G_W1", "np.outer(G_A1[-1], X[-1])"),
    Mistake("only the last example counts", "G_b1", "G_A1[-1]"),
    Mistake("the bias is averaged instead of summed: 1/N is in G_Z already", "G_b1", "G_A1.mean(axis=0)"),
    Mistake("the bias is summed over everything instead of over examples", "G_b1", "G_A1.sum()"),
    Mistake("the bias is summed over units instead of over examples", "G_b1", "G_A1.sum(axis=1)"),
    Mistake("G_Z in the place of G_A1", "G_b1", "G_Z.sum(axis=0)"),
    Mistake("reshape in place of a transpose", "G_X", "(W1.T @ G_A1.T).reshape(X.shape)"),
    Mistake("reshape in place of a transpose", "G_X", "G_A1 @ W1.T.reshape(W1.shape)"),
    Mistake("W1 is used after its update, with lr = {lr}", "G_X", "G_A1 @ (W1 - lr * G_W1)"),
    Mistake("G_W1 in the place of W1", "G_X", "G_A1 @ G_W1"),
    Mistake("example {e}'s gradient is used for all", "G_X", "np.tile((G_A1 @ W1)[e], (N, 1))"),
]


def _of_any_line():
    """Yield what can be done to the result of a line, whichever it is."""
    for symbol, line in LINES.items():
        if symbol in ("G_H", "G_A1", "G_X"):
            last = f"({line}) * (np.arange(N) == N - 1)[:, None]"
            yield Mistake("only the last example counts", symbol, last)
        if symbol not in ("loss", "G_b2", "G_b1"):
            yield Mistake("the result is transposed", symbol, f"({line}).T")
        if symbol.startswith("G_") and symbol != "G_Z":
            yield Mistake("1/N is in twice: once here, and once in G_Z", symbol, f"({line}) / N")
            yield Mistake("1/N is missing: the product with N takes it out", symbol, f"({line}) * N")
            yield Mistake("the sign is flipped", symbol, f"-({line})")


MISTAKES = [*_LISTED, *_of_any_line()]
