import json, copy
recs = [json.loads(l) for l in context.splitlines()]
backup = copy.deepcopy(recs)
for r in recs:
    r["tags"].append("seen")
    r.pop("stars", None)
result = (len(backup[0]["tags"]), len(recs[0]["tags"]), "stars" in recs[0])
