import re
from datetime import datetime, timedelta
found = re.findall(r'((?:January|February|March|April|October|November) \d{1,2}, \d{4})', context)
parsed = sorted(datetime.strptime(d, "%B %d, %Y") for d in set(found))
gaps = [(b - a).days for a, b in zip(parsed, parsed[1:])]
print([d.strftime("%Y-%m-%d") for d in parsed])
result = ([d.isoformat() for d in parsed], gaps, (parsed[0] + timedelta(days=30)).date().isoformat())
