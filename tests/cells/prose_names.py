import re
from collections import defaultdict
names = defaultdict(list)
for m in re.finditer(r'\b([A-Z][a-z]+) ([A-Z][a-z]+)\b', context):
    names[m.group(0)].append(m.start())
ranked = sorted(names.items(), key=lambda kv: (-len(kv[1]), kv[0]))
for name, positions in ranked[:5]:
    print(name, len(positions), positions[:3])
result = [(n, len(p)) for n, p in ranked]
