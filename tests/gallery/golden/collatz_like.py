import numpy as np

import tangent


def dcollatz_likedx(x, n, by=1.0):
    y = x * 2.0
    y_stack, sin_y_stack = [], []
    for i in range(n):
        y_stack.append(y)
        if y > 1.0:
            sin_y = np.sin(y)
            sin_y_stack.append(sin_y)
            y = y * sin_y
        else:
            y = y + x
    tangent.check_seed(by, y)

    bx = tangent.zeros_like(x)
    for i in range(n - 1, -1, -1):
        y = y_stack.pop()
        if y > 1.0:
            sin_y = sin_y_stack.pop()
            # y = y * np.sin(y)
            by = by * sin_y + by * y * np.cos(y)
        else:
            # y = y + x
            bx += by
    # y = x * 2.0
    bx += by * 2.0
    return bx
