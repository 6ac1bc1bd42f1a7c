handlers = {"ERROR": lambda l: "E:" + l[-10:], "WARN": lambda l: "W", "INFO": str.lower}
out = []
for l in context.splitlines()[:6]:
    h = handlers.get(l.split()[2], None)
    if callable(h):
        out.append(h(l)[:15])
result = out
