import tangent


def dhornerdcoefficients(coefficients, x, by=1.0):
    tangent.check_factors(x)
    y = 0.0
    for c in coefficients:
        y = y * x + c
    tangent.check_seed(by, y)

    bcoefficients = tangent.zeros_like(coefficients)
    for i in range(len(coefficients) - 1, -1, -1):
        bcoefficients[i] += tangent.unbroadcast(by, coefficients[i])
        # y = y * x + c
        by = by * x
    return tangent.match_structure(bcoefficients, coefficients)
