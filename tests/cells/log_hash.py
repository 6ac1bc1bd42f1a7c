import hashlib
seen = {}
for l in context.splitlines():
    key = hashlib.md5(l[20:].encode("utf-8")).hexdigest()
    seen.setdefault(key, []).append(l)
dupes = {k[:8]: len(v) for k, v in seen.items() if len(v) > 1}
result = (len(seen), dupes)
