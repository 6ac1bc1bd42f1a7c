import csv
rows = list(csv.DictReader(context.splitlines()))
a = {r["customer"] for r in rows if r["region"] == "north"}
b = {r["customer"] for r in rows if r["region"] == "south"}
result = (sorted(a & b), sorted(a - b), sorted(a | b), sorted(a ^ b), a.isdisjoint(b))
