class BaseStrategy:
    name = "base"

    def __init__(self, text):
        self.text = text

    def pieces(self):
        raise NotImplementedError

    def run(self):
        return [len(p) for p in self.pieces()]

class ParagraphStrategy(BaseStrategy):
    name = "paragraphs"

    def pieces(self):
        return self.text.split("\n\n")

class SizeStrategy(BaseStrategy):
    name = "size"

    def __init__(self, text, size):
        super().__init__(text)
        self.size = size

    def pieces(self):
        return [self.text[i:i + self.size] for i in range(0, len(self.text), self.size)]

strategies = [ParagraphStrategy(context), SizeStrategy(context, 300)]
result = {s.name: s.run() for s in strategies}
print(all(isinstance(s, BaseStrategy) for s in strategies))
