from types import SimpleNamespace
import json
recs = [SimpleNamespace(**json.loads(l)) for l in context.splitlines()]
result = sorted((r.stars, r.title) for r in recs)
