from contextlib import suppress
d = {}
with suppress(KeyError):
    d["missing"]
    print("never")
with suppress(ValueError, IndexError):
    int("x")
result = "survived"
