class Result:
    def __init__(self, items):
        self.items = items
    def __bool__(self):
        return bool(self.items)
r = Result([])
result = "some" if r else "none"
