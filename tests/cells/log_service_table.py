import re
from collections import Counter, defaultdict
table = defaultdict(Counter)
for m in re.finditer(r'(\w+)\s+\[([\w-]+)\]', context):
    table[m.group(2)][m.group(1)] += 1
cols = ["INFO", "WARN", "ERROR"]
print("service".ljust(12) + "".join(c.rjust(8) for c in cols))
for service in sorted(table):
    print(service.ljust(12) + "".join(str(table[service][c]).rjust(8) for c in cols))
result = {s: dict(c) for s, c in table.items()}
