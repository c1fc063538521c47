import tangent


def dpolynomialdx(x, bc=1.0):
    a = x * x
    tangent.check_seed(bc, a)

    # b = x * a
    bx = bc * a
    ba = bc + bc * x
    # a = x * x
    bx2 = ba * x
    bx += bx2
    bx = bx + bx2
    return bx
