import tangent


def diterpower(a, n, da):
    tangent.check_tangent(da, a)
    for i in range(n):
        da = 2.0 * a * da
        a = a * a
    return da
