class Index:
    def __init__(self):
        self.items = []
    def add(self, x):
        self.items.append(x)
        return self
    def __len__(self):
        return len(self.items)
    def __getitem__(self, i):
        return self.items[i]
    def __contains__(self, x):
        return x in self.items
    def __iter__(self):
        return iter(self.items)
idx = Index()
for l in context.splitlines()[:3]:
    idx.add(l[:10])
result = (len(idx), idx[0], "2024-03-01" in idx, list(idx))
