from functools import total_ordering
@total_ordering
class Version:
    def __init__(self, s):
        self.parts = [int(x) for x in s.split(".")]
    def __eq__(self, o):
        return self.parts == o.parts
    def __lt__(self, o):
        return self.parts < o.parts
result = max(Version("1.2"), Version("1.10")).parts
