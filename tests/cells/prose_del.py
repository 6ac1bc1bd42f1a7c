data = {"a": 1, "b": 2, "c": 3}
for k in list(data.keys()):
    if data[k] % 2 == 0:
        del data[k]
queue = list(range(10))
del queue[0]
del queue[2:4]
del queue[-1]
big = context * 2
size = len(big)
del big
result = (data, queue, size)
