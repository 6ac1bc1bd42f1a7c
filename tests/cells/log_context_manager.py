class Timer:
    def __init__(self, name):
        self.name = name
    def __enter__(self):
        print("start", self.name)
        return self
    def __exit__(self, exc_type, exc, tb):
        print("end", self.name, exc_type.__name__ if exc_type else None)
        return True
with Timer("parse") as t:
    n = len(context.splitlines())
with Timer("fail"):
    raise ValueError("x")
result = n
