import numpy as np

import tangent


def doverwrite(x, dx):
    tangent.check_tangent(dx, x)
    dy = 2.0 * x * dx
    y = x * x
    sin_y = np.sin(y)
    dy = dy * sin_y + y * np.cos(y) * dy
    y = y * sin_y
    y = np.tanh(y)
    dy = (1.0 - y * y) * dy
    return dy
