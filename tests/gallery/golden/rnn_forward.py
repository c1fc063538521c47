import numpy as np

import tangent


def drnn(inputs, W, dW):
    tangent.check_tangent(dW, W)
    h = np.zeros((len(inputs) + 1, W.shape[1]))
    dh = tangent.zeros_like(h)
    for t in range(len(inputs)):
        inputs_t = inputs[t]
        tanh_total = np.tanh(inputs_t @ W + h[t])
        dtanh_total = (1.0 - tanh_total * tanh_total) * (inputs_t @ dW + dh[t])
        dh[t + 1] = dtanh_total
        h[t + 1] = tanh_total
    return np.sum(dh[1:])
