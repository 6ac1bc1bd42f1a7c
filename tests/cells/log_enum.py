from enum import Enum

class Level(Enum):
    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"

counts = {level: 0 for level in Level}
for line in context.splitlines():
    parts = line.split()
    if len(parts) > 2:
        try:
            counts[Level(parts[2])] += 1
        except ValueError:
            pass
result = {level.name: n for level, n in counts.items()}
print(result)
