import csv, statistics as st
amounts = [float(r["amount"]) for r in csv.DictReader(context.splitlines())]
mu, sd = st.mean(amounts), st.pstdev(amounts)
z = [(a, round((a - mu) / sd, 2)) for a in amounts]
q = st.quantiles(amounts, n=4)
result = ([a for a, s in z if abs(s) > 1.5], [round(x, 3) for x in q], round(mu, 4))
