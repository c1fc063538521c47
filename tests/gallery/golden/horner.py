import tangent


def dhornerdcoefficients(coefficients, x, by=1.0):
    len_ = len(coefficients)
    y_stack = []
    y = 0.0
    for i in range(len_):
        y_stack.append(y)
        c = coefficients[i]
        y = y * x + c
    tangent.check_seed(by, y)

    bcoefficients = tangent.zeros_like(coefficients)
    for i in range(len_ - 1, -1, -1):
        y = y_stack.pop()
        c = coefficients[i]
        # y = y * x + c
        bc = tangent.unbroadcast(by, c)
        by = tangent.unbroadcast(tangent.unbroadcast(by, y * x) * x, y)
        bcoefficients[i] += bc
    bcoefficients = tangent.match_structure(bcoefficients, coefficients)
    return bcoefficients
