import re
from collections import defaultdict
from datetime import datetime
by_hour = defaultdict(lambda: {"n": 0, "errors": 0})
for line in context.splitlines():
    if not line.strip():
        continue
    ts = datetime.strptime(line[:19], "%Y-%m-%d %H:%M:%S")
    slot = by_hour[ts.strftime("%Y-%m-%d %H:00")]
    slot["n"] += 1
    if "ERROR" in line:
        slot["errors"] += 1
for hour in sorted(by_hour):
    print(hour, by_hour[hour])
result = {k: v for k, v in sorted(by_hour.items())}
