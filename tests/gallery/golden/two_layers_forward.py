import numpy as np

import tangent


def layer_tangent_x_W_b(x, W, b, dx, dW, db):
    layer = np.tanh(x @ W + b)
    return (1.0 - layer * layer) * (dx @ W + x @ dW + db)


def layer_tangent(x, W, b, dW, db):
    layer = np.tanh(x @ W + b)
    return (1.0 - layer * layer) * (x @ dW + db), layer


def dtwo_layers(x, W1, b1, W2, b2, dW1, db1, dW2, db2):
    tangent.check_tangent((dW1, db1, dW2, db2), (W1, b1, W2, b2))
    dh, h = layer_tangent(x, W1, b1, dW1, db1)
    dy = layer_tangent_x_W_b(h, W2, b2, dh, dW2, db2)
    return np.sum(dy)
