import numpy as np

import tangent


def doverwritedx(x, by=1.0):
    y = x * x
    sin_y = np.sin(y)
    y2 = y * sin_y
    y2 = np.tanh(y2)
    tangent.check_seed(by, y2)

    # y = np.tanh(y)
    by = by * (1.0 - y2 * y2)
    # y = y * np.sin(y)
    by = by * sin_y + by * y * np.cos(y)
    # y = x * x
    bx = 2.0 * by * x
    return bx
