import tangent


def dpolynomialdx(x, bc=1.0):
    a = x * x
    tangent.check_seed(bc, a)

    # b = x * a
    bx = bc * a
    ba = bc + bc * x
    # a = x * x
    bx += 2.0 * ba * x
    return bx
