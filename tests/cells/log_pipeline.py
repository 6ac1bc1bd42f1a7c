def read(text):
    for line in text.split("\n"):
        line = line.strip()
        if line:
            yield line
def parse(lines):
    for line in lines:
        d, t, level, rest = line.split(None, 3)
        yield d, level, rest
def only(records, wanted):
    return (r for r in records if r[1] == wanted)
result = list(only(parse(read(context)), "WARN"))
print(len(result))
