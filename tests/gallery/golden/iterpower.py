import tangent


def diterpowerda(a, n, ba=1.0):
    a_stack = []
    for i in range(n):
        a_stack.append(a)
        a = a * a
    tangent.check_seed(ba, a)

    for i in range(n - 1, -1, -1):
        a = a_stack.pop()
        # a = a * a
        ba = 2.0 * ba * a
    return ba
