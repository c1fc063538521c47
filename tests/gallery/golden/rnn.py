import numpy as np

import tangent


def drnndW(inputs, W, brnn=1.0):
    h = np.zeros((len(inputs) + 1, W.shape[1]))
    len_inputs = len(inputs)
    h_t_stack = []
    tanh_total_stack = []
    for t in range(len_inputs):
        h_t = h[t]
        h_t_stack.append(tangent.copy(h_t))
        tanh_total = np.tanh(inputs[t] @ W + h_t)
        tanh_total_stack.append(tanh_total)
        h[t + 1] = tanh_total
    tangent.check_seed(brnn)

    # return np.sum(h[1:])
    bh = tangent.zeros_like(h)
    bh[1:] += brnn
    bW = tangent.zeros_like(W)
    for t in range(len_inputs - 1, -1, -1):
        h_t = h_t_stack.pop()
        tanh_total = tanh_total_stack.pop()
        total = t + 1
        # h[t + 1] = np.tanh(inputs[t] @ W + h[t])
        btotal = tangent.unbroadcast(bh[total], tanh_total) * (1.0 - tanh_total * tanh_total)
        bh[total] = 0.0
        bh[t] += tangent.unbroadcast(btotal, h_t)
        bW = bW + tangent.matmul_transpose_right(btotal, inputs[t], W)
    return bW
