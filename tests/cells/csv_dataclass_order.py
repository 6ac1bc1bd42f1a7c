import csv
from dataclasses import dataclass
@dataclass(frozen=True)
class Sale:
    id: int
    region: str
    amount: float
    @classmethod
    def from_row(cls, row):
        return cls(int(row["id"]), row["region"], float(row["amount"]))
sales = [Sale.from_row(r) for r in csv.DictReader(context.splitlines())]
best = max(sales, key=lambda s: s.amount)
print(best)
result = (best.id, len({s.region for s in sales}))
