import json
good, bad = [], []
for n, line in enumerate((context + "\n{broken\n").splitlines(), start=1):
    try:
        good.append(json.loads(line))
    except json.JSONDecodeError as e:
        bad.append((n, e.msg if hasattr(e, "msg") else str(e).split(":")[0]))
    except (KeyError, TypeError):
        raise
result = (len(good), bad)
