import json
from concurrent.futures import ThreadPoolExecutor
recs = [json.loads(l) for l in context.splitlines()]
def extract(rec):
    raw = llm_query(f"Extract JSON (topic, score) from: {rec['text']}")
    cleaned = raw.replace("```json", "").replace("```", "").strip()
    try:
        data = json.loads(cleaned)
    except ValueError:
        data = {}
    data["id"] = rec["id"]
    return data
with ThreadPoolExecutor(max_workers=16) as pool:
    extracted = list(pool.map(extract, recs))
by_topic = {}
for e in extracted:
    by_topic.setdefault(e["topic"], []).append(e["id"])
result = by_topic
