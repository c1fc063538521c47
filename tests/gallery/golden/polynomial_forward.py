import tangent


def dpolynomial(x, dx):
    tangent.check_tangent(dx, x)
    da = 2.0 * x * dx
    a = x * x
    db = dx * a + x * da
    dc = da + db
    return dc
