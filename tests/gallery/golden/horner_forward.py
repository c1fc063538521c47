import tangent


def dhorner(coefficients, x, dcoefficients):
    tangent.check_tangent(dcoefficients, coefficients)
    dy = 0.0
    for dc in dcoefficients:
        dy = dy * x + dc
    return dy
