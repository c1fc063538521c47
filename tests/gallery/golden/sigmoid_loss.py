import numpy as np

import tangent


def dsigmoid_lossdx(x, y, bsigmoid_loss=1.0):
    exp_x = np.exp(-x)
    p = 1.0 / (1.0 + exp_x)
    tangent.check_seed(bsigmoid_loss)

    # return np.sum((p - y) ** 2)
    bp = tangent.unbroadcast(2.0 * bsigmoid_loss * (p - y), p)
    # p = 1.0 / (1.0 + np.exp(-x))
    bx = bp * p * p * exp_x
    return bx
