from pprint import pprint, pformat
data = {"services": sorted({l.split("[")[1].split("]")[0] for l in context.splitlines()}), "n": 3}
pprint(data)
result = pformat({"b": 1, "a": [1, 2]})
