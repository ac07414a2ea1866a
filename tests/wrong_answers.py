"""Wrong answers as people type them, in many styles: the symbol that was asked for, and the function."""

import numpy as np

import mlp_helpers as m

WRONG_ANSWERS = []


def wrong(symbol):
    def keep(function):
        WRONG_ANSWERS.append((symbol, function))
        return function

    return keep


@wrong("G_Z")
def forgot_to_divide(P, y):
    grad = P.copy()
    grad[range(len(y)), y] -= 1
    return grad


@wrong("G_Z")
def missing_parentheses(P, Y, N):
    return P - Y / N


@wrong("G_Z")
def takes_the_mean_at_once(P, Y):
    return (P - Y).mean(axis=0)


@wrong("G_Z")
def divides_by_the_classes(P, Y):
    return (P - Y) / len(P[0])


@wrong("G_Z")
def target_first(P, Y):
    n = P.shape[0]
    diff = Y - P
    return diff / n


@wrong("G_Z")
def slope_at_P(P, Y, N):
    return -Y / P / N


@wrong("G_Z")
def with_labels(P, y, N):
    return (P - y) / N


@wrong("G_Z")
def with_a_column_of_labels(P, y, N):
    return (P - y.reshape(-1, 1)) / N


@wrong("G_Z")
def with_sigmoid(Z, Y, N):
    p = 1 / (1 + np.exp(-Z))
    return (p - Y) / N


@wrong("G_Z")
def with_logits(Z, Y, N):
    return (Z - Y) / N


@wrong("G_Z")
def rounded_probabilities(P, Y, N):
    return (P.round() - Y) / N


@wrong("G_Z")
def square_root_of_N(P, Y, N):
    return (P - Y) / np.sqrt(N)


@wrong("G_Z")
def of_the_square(P, Y, N):
    return 2 * (P - Y) / N


@wrong("G_Z")
def doubles_the_target(P, Y, N):
    return (P - 2 * Y) / N


@wrong("G_Z")
def plus(P, Y, N):
    total = P + Y
    return total / N


@wrong("G_Z")
def only_at_the_label(P, Y, N):
    return (P * Y - Y) / N


@wrong("G_Z")
def times_N(P, Y, N):
    return (P - Y) * N


@wrong("G_W2")
def other_way_round(G_Z, H):
    return H.T @ G_Z


@wrong("G_W2")
def no_transpose(G_Z, H):
    return G_Z @ H


@wrong("G_W2")
def averaged(G_Z, H):
    return np.dot(G_Z.T, H) / len(H)


@wrong("G_W2")
def from_A1(G_Z, A1):
    return np.einsum("nc,nh->ch", G_Z, A1)


@wrong("G_W2")
def keeps_the_last(G_Z, H, W2):
    out = np.zeros_like(W2)
    for n in range(len(H)):
        for c in range(out.shape[0]):
            for j in range(out.shape[1]):
                out[c, j] = G_Z[n, c] * H[n, j]
    return out


@wrong("G_W2")
def with_the_mask(G_Z, H, M):
    return G_Z.T @ M


@wrong("G_W2")
def starts_at_one(G_Z, H):
    total = 0
    for i in range(1, len(G_Z)):
        total = total + np.outer(G_Z[i], H[i])
    return total


@wrong("G_W2")
def reshapes(G_Z, H):
    return G_Z.reshape(-1, len(G_Z)) @ H


@wrong("G_W2")
def from_P(P, H, N):
    return P.T @ H / N


@wrong("G_W2")
def doubled(G_Z, H):
    return G_Z.T @ H + G_Z.T @ H


@wrong("G_b2")
def bias_mean(G_Z):
    return np.mean(G_Z, axis=0)


@wrong("G_b2")
def bias_wrong_axis(G_Z):
    return [sum(row) for row in G_Z]


@wrong("G_b2")
def bias_everything(G_Z):
    return np.sum(G_Z)


@wrong("G_b2")
def bias_from_P(P, Y):
    return (P - Y).sum(0)


@wrong("G_b2")
def bias_times_b2(G_Z, b2):
    return G_Z.sum(axis=0) * b2


@wrong("G_b2")
def bias_first_row(G_Z):
    return G_Z[0]


@wrong("G_b2")
def bias_not_summed(G_Z):
    return G_Z


@wrong("G_b2")
def bias_largest(G_Z):
    return G_Z.max(axis=0)


@wrong("G_H")
def hidden_no_transpose(G_Z, W2):
    return G_Z @ W2.T


@wrong("G_H")
def hidden_sides(G_Z, W2):
    return W2.T @ G_Z.T


@wrong("G_H")
def hidden_with_mask_already(G_Z, W2, M):
    return (G_Z @ W2) * M


@wrong("G_H")
def hidden_with_bias(G_Z, W2, b2):
    return (G_Z - b2) @ W2


@wrong("G_H")
def hidden_stepped(G_Z, W2, G_W2):
    w = W2 - 0.1 * G_W2
    return G_Z @ w


@wrong("G_H")
def hidden_from_error(P, Y, W2):
    return (P - Y) @ W2


@wrong("G_H")
def hidden_times_H(G_Z, W2, H):
    return G_Z @ W2 * H


@wrong("M")
def mask_at_least(A1):
    return np.where(A1 >= 0, 1.0, 0.0)


@wrong("M")
def mask_below(A1):
    return (A1 < 0).astype(int)


@wrong("M")
def mask_is_H(A1):
    return np.maximum(A1, 0)


@wrong("M")
def mask_sign(A1):
    return np.sign(A1)


@wrong("M")
def mask_of_X(X, W1):
    return X @ W1.T > 0


@wrong("M")
def mask_above_one(A1):
    return A1 > 1


@wrong("G_A1")
def relu_of_gradient(G_H):
    return np.maximum(0, G_H)


@wrong("G_A1")
def zeros_where_on(G_H, A1):
    out = G_H.copy()
    out[A1 > 0] = 0
    return out


@wrong("G_A1")
def times_activation(G_H, A1):
    return G_H * A1


@wrong("G_A1")
def times_H(G_H, H):
    return np.multiply(G_H, H)


@wrong("G_A1")
def leaky(G_H, M):
    return np.where(M, G_H, 0.01 * G_H)


@wrong("G_A1")
def plus_mask(G_H, M):
    return G_H + M


@wrong("G_A1")
def matmul_mask(G_H, M):
    return G_H @ M.T


@wrong("G_A1")
def passes_through(G_H, M):
    return G_H


@wrong("G_W1")
def w1_sides(G_A1, X):
    return X.T @ G_A1


@wrong("G_W1")
def w1_skips_the_mask(G_H, X):
    return sum(np.outer(g, x) for g, x in zip(G_H, X, strict=True))


@wrong("G_W1")
def w1_uphill(G_A1, X):
    return -np.einsum("ij,ik->jk", G_A1, X)


@wrong("G_W1")
def w1_of_H(G_A1, H):
    return G_A1.T @ H


@wrong("G_W1")
def w1_as_step(G_A1, X):
    return -0.5 * (G_A1.T @ X)


@wrong("G_b1")
def b1_no_mask(G_H):
    return G_H.sum(axis=0)


@wrong("G_b1")
def b1_axis(G_A1):
    return G_A1.sum(axis=1)


@wrong("G_b1")
def b1_keeps_a_row(G_A1, N):
    return np.ones((1, N)) @ G_A1 / N


@wrong("G_b1")
def b1_counts(M):
    return M.sum(axis=0)


@wrong("G_X")
def x_transposed_weight(G_A1, W1):
    return G_A1 @ W1.T


@wrong("G_X")
def x_with_G_W1(G_A1, G_W1):
    return np.matmul(G_A1, G_W1)


@wrong("G_X")
def x_no_mask(G_H, W1):
    return G_H @ W1


@wrong("G_X")
def x_all_in_one(P, Y, W2, H, W1, N):
    return (P - Y) / N @ W2 * H @ W1


@wrong("G_X")
def x_halved(G_A1, W1):
    rows = []
    for g in G_A1:
        rows.append(W1.T @ g / 2)
    return np.array(rows)


@wrong("A1")
def a1_no_bias(X, W1):
    return np.array([[w @ x for w in W1] for x in X])


@wrong("A1")
def a1_minus(X, W1, b1):
    return X @ W1.T - b1


@wrong("H")
def h_absolute(A1):
    return abs(A1)


@wrong("H")
def h_is_the_mask(A1):
    return (A1 > 0) * 1.0


@wrong("H")
def h_capped(A1):
    return np.minimum(A1, 0)


@wrong("H")
def h_smooth(A1):
    return np.tanh(A1)


@wrong("Z")
def z_from_A1(A1, W2, b2):
    return A1 @ W2.T + b2


@wrong("Z")
def z_bias_times(H, W2, b2):
    return H @ W2.T * b2


@wrong("P")
def p_over_examples(Z):
    e = np.exp(Z)
    return e / e.sum(axis=0)


@wrong("P")
def p_over_everything(Z):
    e = np.exp(Z)
    return e / np.sum(e)


@wrong("P")
def p_without_exp(Z):
    return Z / Z.sum(axis=1, keepdims=True)


@wrong("P")
def p_forgot_keepdims(Z):
    e = np.exp(Z - Z.max())
    return e / e.sum(axis=1)


@wrong("P")
def p_log(Z):
    return np.log(np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True))


@wrong("P")
def p_hard(Z):
    return m.one_hot(Z.argmax(axis=1), Z.shape[1])


@wrong("P")
def p_minus(Z):
    e = np.exp(-Z)
    return e / e.sum(axis=1, keepdims=True)


@wrong("loss")
def loss_sum(P, y):
    total = 0
    for i in range(len(y)):
        total -= np.log(P[i, y[i]])
    return total


@wrong("loss")
def loss_plus(P, Y, N):
    return (Y * np.log(P)).sum() / N


@wrong("loss")
def loss_mean_of_all(P, Y):
    return -(Y * np.log(P)).mean()


@wrong("loss")
def loss_no_log(P, y):
    return -P[np.arange(len(y)), y].mean()


@wrong("loss")
def loss_log2(P, y):
    return -np.log2(P[np.arange(len(y)), y]).mean()


@wrong("loss")
def loss_all_entries(P, N):
    return -np.log(P).sum() / N


@wrong("loss")
def loss_squared(P, Y):
    return ((P - Y) ** 2).mean()


@wrong("loss")
def loss_of_columns(P, y, N):
    return -np.log(P[:, y]).sum() / N


@wrong("loss")
def loss_binary(P, Y):
    return -(Y * np.log(P) + (1 - Y) * np.log(1 - P)).sum() / len(P)


@wrong("G_Z")
def two_things(P, Y):
    return Y - P


@wrong("G_W2")
def two_things_again(G_Z, A1, N):
    return G_Z.T @ A1 / N


@wrong("G_X")
def mask_and_sign(G_H, W1):
    return -(G_H @ W1)


@wrong("G_b1")
def wrong_axis_and_mean(G_A1):
    return G_A1.mean(axis=1)


@wrong("G_W1")
def two_transposes(G_H, X):
    return (G_H.T @ X).T
