from abc import ABC, abstractmethod
import json
class Scorer(ABC):
    def __init__(self, weight=1):
        self.weight = weight
    @abstractmethod
    def score(self, rec): ...
    def weighted(self, rec):
        return self.weight * self.score(rec)
class Length(Scorer):
    def score(self, rec):
        return len(rec["text"])
class Stars(Scorer):
    def __init__(self):
        super().__init__(weight=10)
    def score(self, rec):
        return rec["stars"]
scorers = [Length(), Stars()]
result = [sum(s.weighted(json.loads(l)) for s in scorers) for l in context.splitlines()]
