import re
counter = {"n": 0}
def number(m):
    counter["n"] += 1
    return f"[{counter['n']}]{m.group(0)}"
text = re.sub(r'\b[A-Z][a-z]+\b', number, context[:400])
redacted = re.sub(r'\d+', lambda m: '#' * len(m.group()), context)
print(text[:100])
result = (counter["n"], redacted[:200])
