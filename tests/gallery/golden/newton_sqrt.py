import numpy as np

import tangent


def dnewton_sqrtda(a, bx=1.0):
    x_stack = []
    x = a
    while np.abs(x * x - a) > 1e-12:
        x_stack.append(x)
        x = 0.5 * (x + a / x)
    tangent.check_seed(bx, x)

    ba = tangent.zeros_like(a)
    while x_stack:
        x = x_stack.pop()
        # x = 0.5 * (x + a / x)
        btotal = bx * 0.5
        ba += btotal / x
        bx = btotal - btotal * (a / x) / x
    ba += bx
    return ba
