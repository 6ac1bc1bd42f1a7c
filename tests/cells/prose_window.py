import re
def window(pattern, text, radius=60):
    out = []
    for m in re.finditer(pattern, text, flags=re.IGNORECASE):
        s = max(0, m.start() - radius)
        e = min(len(text), m.end() + radius)
        out.append("..." + text[s:e].replace("\n", " ") + "...")
    return out

hits = window(r"lighthouse|keeper", context)
print(f"{len(hits)} hits")
for h in hits[:4]:
    print("-", h)
result = len(hits)
