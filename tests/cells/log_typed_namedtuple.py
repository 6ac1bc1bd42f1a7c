from typing import NamedTuple, Optional
class Entry(NamedTuple):
    date: str
    level: str
    code: Optional[int] = None
entries = []
for l in context.splitlines():
    p = l.split()
    code = int(l.split("code=")[1].split()[0]) if "code=" in l else None
    entries.append(Entry(p[0], p[2], code))
result = sorted({e.code for e in entries if e.code is not None})
print(entries[0])
