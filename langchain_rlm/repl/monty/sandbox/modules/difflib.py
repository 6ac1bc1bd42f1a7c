def _longest(a, b, index, alo, ahi, blo, bhi):
    best_i, best_j, best = alo, blo, 0
    lengths = {}
    for i in range(alo, ahi):
        new = {}
        for j in index.get(a[i], []):
            if j < blo:
                continue
            if j >= bhi:
                break
            k = lengths.get(j - 1, 0) + 1
            new[j] = k
            if k > best:
                best_i, best_j, best = i - k + 1, j - k + 1, k
        lengths = new
    while best_i > alo and best_j > blo and a[best_i - 1] == b[best_j - 1]:
        best_i, best_j, best = best_i - 1, best_j - 1, best + 1
    while best_i + best < ahi and best_j + best < bhi and a[best_i + best] == b[best_j + best]:
        best = best + 1
    return (best_i, best_j, best)


class SequenceMatcher:
    def __init__(self, isjunk=None, a="", b="", autojunk=True):
        self.a = a
        self.b = b
        self._auto = autojunk

    def set_seqs(self, a, b):
        self.a = a
        self.b = b

    def set_seq1(self, a):
        self.a = a

    def set_seq2(self, b):
        self.b = b

    def _index(self):
        index = {}
        for j, item in enumerate(self.b):
            index.setdefault(item, []).append(j)
        if self._auto and len(self.b) >= 200:
            limit = len(self.b) // 100 + 1
            index = {item: index[item] for item in index if len(index[item]) <= limit}
        return index

    def get_matching_blocks(self):
        index = self._index()
        waiting = [(0, len(self.a), 0, len(self.b))]
        found = []
        while waiting:
            alo, ahi, blo, bhi = waiting.pop()
            i, j, k = _longest(self.a, self.b, index, alo, ahi, blo, bhi)
            if k:
                found.append((i, j, k))
                if alo < i and blo < j:
                    waiting.append((alo, i, blo, j))
                if i + k < ahi and j + k < bhi:
                    waiting.append((i + k, ahi, j + k, bhi))
        found.sort()
        return found + [(len(self.a), len(self.b), 0)]

    def ratio(self):
        total = len(self.a) + len(self.b)
        if not total:
            return 1.0
        return 2.0 * sum([block[2] for block in self.get_matching_blocks()]) / total

    def quick_ratio(self):
        return self.ratio()


def get_close_matches(word, possibilities, n=3, cutoff=0.6):
    scored = []
    for candidate in possibilities:
        score = SequenceMatcher(None, candidate, word).ratio()
        if score >= cutoff:
            scored.append((score, candidate))
    scored.sort(reverse=True)
    return [candidate for score, candidate in scored[:n]]
