from collections import OrderedDict
cache = OrderedDict()
for i in range(5):
    cache[i] = i * i
    if len(cache) > 3:
        cache.popitem(last=False)
cache.move_to_end(2)
result = list(cache.items())
