import csv, io
rows = list(csv.DictReader(io.StringIO(context)))
out = io.StringIO()
w = csv.DictWriter(out, fieldnames=["id", "amount"])
w.writeheader()
for r in rows[:3]:
    w.writerow({"id": r["id"], "amount": r["amount"]})
print(out.getvalue())
result = out.getvalue().splitlines()
