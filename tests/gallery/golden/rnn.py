import numpy as np

import tangent


def drnndW(inputs, W, brnn=1.0):
    h = np.zeros((len(inputs) + 1, W.shape[1]))
    for t in range(len(inputs)):
        h[t + 1] = np.tanh(inputs[t] @ W + h[t])
    tangent.check_seed(brnn)

    # return np.sum(h[1:])
    bh = tangent.zeros_like(h)
    bh[1:] += brnn
    bW = tangent.zeros_like(W)
    for t in range(len(inputs) - 1, -1, -1):
        tanh_total = h[t + 1]
        # h[t + 1] = np.tanh(inputs[t] @ W + h[t])
        btotal = bh[t + 1] * (1.0 - tanh_total * tanh_total)
        bh[t + 1] = 0.0
        bh[t] += tangent.unbroadcast(btotal, h[t])
        bW += tangent.matmul_transpose_right(btotal, inputs[t], W)
    return bW
