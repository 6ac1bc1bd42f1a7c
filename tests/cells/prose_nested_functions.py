def build(text):
    index = {}
    def add(word, pos):
        index.setdefault(word, []).append(pos)
    pos = 0
    for word in text.split():
        add(word.lower().strip('.,"'), pos)
        pos += 1
    def lookup(word, default=()):
        return tuple(index.get(word, default))
    return lookup
lookup = build(context)
result = (lookup("storm")[:3], lookup("zzz"), lookup("the")[:4])
