def apply(loop=None):
    return None
