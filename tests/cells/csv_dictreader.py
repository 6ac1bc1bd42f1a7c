import csv, io
reader = csv.DictReader(io.StringIO(context))
rows = list(reader)
print(reader.fieldnames if hasattr(reader, "fieldnames") else list(rows[0].keys()))
total = sum(float(r["amount"]) for r in rows)
print(f"{len(rows)} rows, total {total:.2f}")
result = round(total, 2)
