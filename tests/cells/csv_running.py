from itertools import accumulate
import csv
amounts = [float(r["amount"]) for r in csv.DictReader(context.splitlines())]
running = [round(x, 2) for x in accumulate(amounts)]
moving = [round(sum(amounts[max(0, i-2):i+1]) / min(i+1, 3), 2) for i in range(len(amounts))]
result = (running[-1], moving[:4])
