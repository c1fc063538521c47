import numpy as np

import tangent


def dnewton_sqrt(a, da):
    tangent.check_tangent(da, a)
    x = a
    dx = da
    while np.abs(x * x - a) > 1e-12:
        ratio = a / x
        dx = 0.5 * (dx + (da - ratio * dx) / x)
        x = 0.5 * (x + ratio)
    return dx
