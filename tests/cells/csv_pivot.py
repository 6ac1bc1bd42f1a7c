import csv
from itertools import product
rows = list(csv.DictReader(context.splitlines()))
regions = sorted({r["region"] for r in rows})
months = sorted({r["date"][:7] for r in rows})
pivot = {(r, m): 0 for r, m in product(regions, months)}
for r in rows:
    pivot[r["region"], r["date"][:7]] += 1
print("\t".join(["region", *months]))
for r in regions:
    print("\t".join([r] + [str(pivot[r, m]) for m in months]))
result = sum(pivot.values())
