import json
records = [json.loads(line) for line in context.splitlines() if line.strip()]
print(len(records), list(records[0].keys()))
result = [r["title"] for r in records if r.get("stars", 0) >= 4]
