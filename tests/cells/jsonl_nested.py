import json
recs = [json.loads(l) for l in context.strip().split("\n")]
def flatten(d, prefix=""):
    out = {}
    for k, v in d.items():
        key = f"{prefix}.{k}" if prefix else k
        if isinstance(v, dict):
            out.update(flatten(v, key))
        else:
            out[key] = v
    return out
flat = [flatten(r) for r in recs]
print(json.dumps(flat[0], sort_keys=True))
result = sorted({k for f in flat for k in f})
