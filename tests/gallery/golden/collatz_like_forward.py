import numpy as np

import tangent


def dcollatz_like(x, n, dx):
    tangent.check_tangent(dx, x)
    dy = dx * 2.0
    y = x * 2.0
    for i in range(n):
        if y > 1.0:
            sin_y = np.sin(y)
            dy = dy * sin_y + y * np.cos(y) * dy
            y = y * sin_y
        else:
            dy = dy + dx
            y = y + x
    return dy
