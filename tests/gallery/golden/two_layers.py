import numpy as np

import tangent


def layer_forward_W_b(x, W, b):
    layer = np.tanh(x @ W + b)
    return layer, (x, W, b, layer)


def layer_backward_W_b(saved, blayer):
    x, W, b, layer = saved
    # return np.tanh(x @ W + b)
    btotal = blayer * (1.0 - layer * layer)
    bb = tangent.unbroadcast(btotal, b)
    bW = tangent.matmul_transpose_right(btotal, x, W)
    return bW, bb


def layer_backward(saved, blayer):
    x, W, b, layer = saved
    # return np.tanh(x @ W + b)
    btotal = blayer * (1.0 - layer * layer)
    bb = tangent.unbroadcast(btotal, b)
    bx = tangent.matmul_transpose_left(btotal, x, W)
    bW = tangent.matmul_transpose_right(btotal, x, W)
    return bx, bW, bb


def dtwo_layersdW1b1W2b2(x, W1, b1, W2, b2, btwo_layers=1.0):
    h, h_saved = layer_forward_W_b(x, W1, b1)
    y, y_saved = layer_forward_W_b(h, W2, b2)
    tangent.check_seed(btwo_layers)

    # return np.sum(y)
    by = tangent.expand(btwo_layers, y)
    # y = layer(h, W2, b2)
    bh, bW2, bb2 = layer_backward(y_saved, by)
    # h = layer(x, W1, b1)
    bW1, bb1 = layer_backward_W_b(h_saved, bh)
    return bW1, bb1, bW2, bb2
