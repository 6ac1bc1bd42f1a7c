import re
quotes = re.findall(r'"([^"]+)"', context)
speakers = []
for q in quotes:
    at = context.find(q)
    after = context[at + len(q) + 1: at + len(q) + 60]
    m = re.match(r'\s*(?:said|asked|cried) (\w+)', after)
    speakers.append((m.group(1) if m else "unknown", q))
for who, q in speakers:
    print(f"{who:>10}: {q}")
result = speakers
