log = []
def risky(i):
    try:
        if i == 1:
            raise KeyError("one")
        if i == 2:
            return int("two")
        return i
    except KeyError as e:
        log.append(f"key {e}")
        return -1
    else:
        log.append("else")
    finally:
        log.append(f"done {i}")
out = []
for i in range(4):
    try:
        out.append(risky(i))
    except (ValueError, TypeError) as e:
        out.append(str(e))
result = (out, log)
