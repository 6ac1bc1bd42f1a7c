import csv
from decimal import Decimal, ROUND_HALF_UP
rows = list(csv.DictReader(context.splitlines()))
total = sum((Decimal(r["amount"]) for r in rows), Decimal("0"))
tax = (total * Decimal("0.19")).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
result = (str(total), str(tax))
