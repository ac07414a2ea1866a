"""The mistakes that no small edit makes, each under the name that a diagnosis gives it."""

from checker.lines import Mistake

# In a name and its line, lr stands for any learning rate or slope, and e for any one example.
MISTAKES = [
    Mistake("a slope of {lr} below 0 instead of 0", "H", "np.maximum(A1, 0) + lr * np.minimum(A1, 0)"),
    Mistake("averaged over N·C entries instead of N examples", "loss", "-(Y * np.log(P)).mean()"),
    Mistake("only the last example counts", "loss", "-np.log(P[-1, y[-1]]) / N"),
    Mistake("whole columns of P are taken instead of one entry a row", "loss", "-np.log(P[:, y]).sum() / N"),
    Mistake("whole columns of P are taken instead of one entry a row", "loss", "-np.log(P[:, y]).mean()"),
    Mistake("the first class's probability is taken for every example", "loss", "-np.log(P[:, 0]).sum() / N"),
    Mistake("the last class's probability is taken for every example", "loss", "-np.log(P[:, -1]).sum() / N"),
    Mistake("the logarithm of the mean instead of the mean of the logarithms", "loss", "-np.log((Y * P).sum() / N)"),
    Mistake("this is the accuracy", "loss", "(P.argmax(axis=1) == y).mean()"),
    Mistake("the squared error instead of the cross-entropy", "loss", "((P - Y) ** 2).sum() / N"),
    Mistake("the squared error instead of the cross-entropy", "loss", "((P - Y) ** 2).mean()"),
    Mistake(
        "a two-sided loss, which counts the other classes too",
        "loss",
        "-(Y * np.log(P) + (1 - Y) * np.log(1 - P)).sum() / N",
    ),
    Mistake("averaged over N·C entries instead of N examples", "G_Z", "(P - Y) / P.size"),
    Mistake("an extra factor P(1 − P)", "G_Z", "(P - Y) * P * (1 - P) / N"),
    Mistake("this is the slope at P, not at Z", "G_Z", "-Y / P / N"),
    Mistake("1 is taken from class 0 in every row, not from the label's", "G_Z", "(P - np.eye(P.shape[1])[0]) / N"),
    Mistake(
        "this is the slope of a two-sided loss at P, not brought through softmax",
        "G_Z",
        "(-Y / P + (1 - Y) / (1 - P)) / N",
    ),
    Mistake(
        "only the label's entry of each row is there, as from softmax's diagonal alone, or a denominator not summed",
        "G_Z",
        "(P - Y) / N * Y",
    ),
    Mistake(
        "1 is taken from whole columns of P instead of one entry a row",
        "G_Z",
        "(P - np.isin(np.arange(P.shape[1]), y)) / N",
    ),
    Mistake("example {e}'s gradient is used for all", "G_Z", "np.tile((P - Y)[e] / N, (N, 1))"),
    Mistake("example {e}'s gradient is used for all", "G_W2", "N * np.outer(G_Z[e], H[e])"),
    Mistake("example {e}'s gradient is used for all", "G_b2", "N * G_Z[e]"),
    Mistake("this is W2 after an update, with lr = {lr}", "G_W2", "W2 - lr * (G_Z.T @ H)"),
    Mistake("this is b2 after an update, with lr = {lr}", "G_b2", "b2 - lr * G_Z.sum(axis=0)"),
    Mistake("W2 is used after its update, with lr = {lr}", "G_H", "G_Z @ (W2 - lr * G_W2)"),
    Mistake("example {e}'s gradient is used for all", "G_H", "np.tile((G_Z @ W2)[e], (N, 1))"),
    Mistake("example {e}'s gradient is used for all", "G_A1", "np.tile((G_H * M)[e], (N, 1))"),
    Mistake("a slope of {lr} below 0 instead of 0", "G_A1", "G_H * M + lr * G_H * ~M"),
    Mistake("example {e}'s gradient is used for all", "G_W1", "N * np.outer(G_A1[e], X[e])"),
    Mistake("example {e}'s gradient is used for all", "G_b1", "N * G_A1[e]"),
    Mistake("this is W1 after an update, with lr = {lr}", "G_W1", "W1 - lr * (G_A1.T @ X)"),
    Mistake("this is b1 after an update, with lr = {lr}", "G_b1", "b1 - lr * G_A1.sum(axis=0)"),
    Mistake("W1 is used after its update, with lr = {lr}", "G_X", "G_A1 @ (W1 - lr * G_W1)"),
    Mistake("this is X after an update, with lr = {lr}", "G_X", "X - lr * (G_A1 @ W1)"),
    Mistake("example {e}'s gradient is used for all", "G_X", "np.tile((G_A1 @ W1)[e], (N, 1))"),
]
