import re, statistics
durations = [int(d) for d in re.findall(r'took (\d+)ms', context)]
print("count", len(durations))
stats = {
    "mean": round(statistics.mean(durations), 2),
    "median": statistics.median(durations),
    "stdev": round(statistics.stdev(durations), 3),
    "p95": sorted(durations)[int(len(durations) * 0.95) - 1],
}
print(stats)
result = stats
