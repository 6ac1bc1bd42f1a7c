import re

sections = re.split(r'\n(?=Chapter \d+)', context)
print(f"Found {len(sections)} sections")
for i, sec in enumerate(sections):
    title = sec.split('\n')[0]
    print(i, title, len(sec))
result = [s.split('\n', 1)[0] for s in sections]
