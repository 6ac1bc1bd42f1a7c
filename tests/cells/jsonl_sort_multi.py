import json
from operator import itemgetter
recs = [json.loads(l) for l in context.splitlines()]
recs.sort(key=lambda r: r["title"])
recs.sort(key=itemgetter("stars"), reverse=True)
result = [(r["stars"], r["title"]) for r in recs]
