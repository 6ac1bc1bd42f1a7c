import csv
from io import StringIO
from collections import defaultdict
totals = defaultdict(float)
counts = defaultdict(int)
for row in csv.DictReader(StringIO(context)):
    totals[row["region"]] += float(row["amount"])
    counts[row["region"]] += 1
for region in sorted(totals, key=totals.get, reverse=True):
    print(f"{region:<8} {totals[region]:>10.2f} {totals[region]/counts[region]:>8.2f}")
result = {k: round(v, 2) for k, v in totals.items()}
