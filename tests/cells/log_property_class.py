class LogLine:
    def __init__(self, raw):
        self.raw = raw
        self._parts = raw.split()
    @property
    def level(self):
        return self._parts[2]
    @property
    def is_error(self):
        return self.level == "ERROR"
    @classmethod
    def parse_all(cls, text):
        return [cls(l) for l in text.splitlines() if l.strip()]
    @staticmethod
    def clean(s):
        return s.strip("[]")
    def __repr__(self):
        return f"LogLine({self.level})"
lines = LogLine.parse_all(context)
print(lines[0], LogLine.clean("[x]"))
result = sum(1 for l in lines if l.is_error)
