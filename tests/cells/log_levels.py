import re
from collections import Counter
levels = Counter()
for line in context.splitlines():
    m = re.match(r'^\S+ \S+ (\w+)', line)
    if m:
        levels[m.group(1)] += 1
for level, n in sorted(levels.items()):
    print(f"{level}: {n}")
result = dict(levels)
