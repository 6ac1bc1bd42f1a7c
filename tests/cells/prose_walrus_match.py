import re
lines = context.splitlines()
result = []
i = 0
while i < len(lines):
    if (m := re.match(r'Chapter (\d+)', lines[i])):
        match int(m.group(1)):
            case 1:
                result.append("first")
            case 2 | 3:
                result.append("middle")
            case n if n > 3:
                result.append(f"late {n}")
    i += 1
print(result)
