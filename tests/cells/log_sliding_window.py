from collections import deque
from datetime import datetime
window = deque()
bursts = []
for line in context.splitlines():
    if "ERROR" not in line:
        continue
    ts = datetime.fromisoformat(line[:10] + "T" + line[11:19])
    window.append(ts)
    while (ts - window[0]).total_seconds() > 3600:
        window.popleft()
    if len(window) >= 3:
        bursts.append((ts.isoformat(), len(window)))
print(bursts[:3])
result = bursts
