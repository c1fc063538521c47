import numpy as np

import tangent


def dsigmoid_loss(x, y, dx):
    tangent.check_tangent(dx, x)
    exp_x = np.exp(-x)
    p = 1.0 / (1.0 + exp_x)
    dp = p * p * exp_x * dx
    return np.sum(2.0 * (p - y) * dp)
