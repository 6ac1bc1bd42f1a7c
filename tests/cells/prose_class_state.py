class Extractor:
    def __init__(self, text):
        self.text = text
        self.cache = {}
        self.calls = 0

    def ask(self, question):
        if question not in self.cache:
            self.calls += 1
            self.cache[question] = llm_query(question + "\n\n" + self.text[:200])
        return self.cache[question]

    def run(self, questions):
        return {q: self.ask(q) for q in questions}

ex = Extractor(context)
out = ex.run(["Who?", "Where?", "Who?"])
print(ex.calls)
result = out
