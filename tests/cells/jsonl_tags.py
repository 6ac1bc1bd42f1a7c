import json
from collections import Counter
tags = Counter(t for line in context.splitlines() for t in json.loads(line)["tags"])
result = tags.most_common(3)
print(tags.total(), len(tags))
