import json
from collections import defaultdict
from statistics import mean
by_author = defaultdict(list)
for l in context.splitlines():
    r = json.loads(l)
    by_author[r["author"]["name"]].append(r["stars"])
avg = {a: round(mean(s), 2) for a, s in by_author.items()}
best = sorted(avg.items(), key=lambda kv: kv[1], reverse=True)
result = best
