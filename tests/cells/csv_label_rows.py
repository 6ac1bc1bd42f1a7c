import csv
rows = list(csv.DictReader(context.splitlines()))
labels = llm_query_batched([f"Rate the customer note, number only: {r['note']}" for r in rows])
for r, label in zip(rows, labels):
    r["label"] = int(label)
ranked = sorted(rows, key=lambda r: (r["label"], float(r["amount"])), reverse=True)
result = [(r["id"], r["label"]) for r in ranked[:5]]
