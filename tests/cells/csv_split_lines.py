import csv
rows = list(csv.reader(context.splitlines()))
header, data = rows[0], rows[1:]
cols = list(zip(*data))
result = {h: list(c[:2]) for h, c in zip(header, cols)}
