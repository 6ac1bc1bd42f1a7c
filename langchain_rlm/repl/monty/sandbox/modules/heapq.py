def _down(heap, start, position):
    item = heap[position]
    while position > start:
        parent = (position - 1) >> 1
        if item < heap[parent]:
            heap[position] = heap[parent]
            position = parent
            continue
        break
    heap[position] = item


def _up(heap, position):
    end = len(heap)
    start = position
    item = heap[position]
    child = 2 * position + 1
    while child < end:
        right = child + 1
        if right < end and not heap[child] < heap[right]:
            child = right
        heap[position] = heap[child]
        position = child
        child = 2 * position + 1
    heap[position] = item
    _down(heap, start, position)


def heappush(heap, item):
    heap.append(item)
    _down(heap, 0, len(heap) - 1)


def heappop(heap):
    last = heap.pop()
    if heap:
        item = heap[0]
        heap[0] = last
        _up(heap, 0)
        return item
    return last


def heapreplace(heap, item):
    first = heap[0]
    heap[0] = item
    _up(heap, 0)
    return first


def heappushpop(heap, item):
    if heap and heap[0] < item:
        first = heap[0]
        heap[0] = item
        _up(heap, 0)
        return first
    return item


def heapify(heap):
    for index in reversed(range(len(heap) // 2)):
        _up(heap, index)


def nlargest(n, items, key=None):
    return _rlm_sorted(items, key=key, reverse=True)[:n] if n > 0 else []


def nsmallest(n, items, key=None):
    return _rlm_sorted(items, key=key)[:n] if n > 0 else []


def merge(*iterables, key=None, reverse=False):
    everything = []
    for items in iterables:
        everything.extend(items)
    return iter(_rlm_sorted(everything, key=key, reverse=reverse))
