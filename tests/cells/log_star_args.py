def merge(*dicts, **extra):
    out = {}
    for d in dicts:
        out.update(d)
    out.update(extra)
    return out
first, *middle, last = context.splitlines()
a, (b, c) = 1, (2, 3)
result = (merge({"x": 1}, {"y": 2}, z=a + b + c), first[:10], len(middle), last[:10], [*range(3), *"ab"])
