from itertools import groupby
from operator import itemgetter
rows = []
for line in context.splitlines():
    p = line.split(maxsplit=4)
    if len(p) == 5:
        rows.append({"date": p[0], "level": p[2], "service": p[3].strip("[]")})
rows.sort(key=itemgetter("service", "level"))
result = {}
for service, items in groupby(rows, key=itemgetter("service")):
    result[service] = [r["level"] for r in items]
