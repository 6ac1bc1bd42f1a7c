import json
results = []
for line in context.splitlines():
    rec = json.loads(line)
    answer = llm_query(f"Is this review positive? yes/no: {rec['text']}")
    results.append({"id": rec["id"], "positive": answer.lower().startswith("yes")})
pos = sum(r["positive"] for r in results)
print(f"{pos} of {len(results)} positive")
result = results
