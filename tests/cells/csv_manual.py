lines = context.strip().split("\n")
header = lines[0].split(",")
records = [dict(zip(header, line.split(","))) for line in lines[1:] if '"' not in line]
by_month = {}
for r in records:
    by_month.setdefault(r["date"][:7], []).append(float(r["amount"]))
result = {m: (len(v), max(v)) for m, v in sorted(by_month.items())}
