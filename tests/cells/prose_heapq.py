import heapq
words = [w.strip('.,"').lower() for w in context.split()]
freq = {}
for w in words:
    freq[w] = freq.get(w, 0) + 1
heap = []
for w, n in freq.items():
    heapq.heappush(heap, (n, w))
    if len(heap) > 5:
        heapq.heappop(heap)
result = (sorted(heap, reverse=True), heapq.nlargest(3, freq.items(), key=lambda kv: (kv[1], kv[0])))
