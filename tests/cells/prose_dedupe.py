import re
items = re.findall(r'\b\w{7,}\b', context.lower())
seen = set()
unique = []
for it in items:
    if it not in seen:
        seen.add(it)
        unique.append(it)
assert len(unique) == len(set(items)), "dedupe failed"
result = list(dict.fromkeys(items)) == unique, len(unique)
