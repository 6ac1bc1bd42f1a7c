from collections import namedtuple
Entry = namedtuple("Entry", ["date", "time", "level"])
entries = [Entry(*l.split()[:3]) for l in context.splitlines() if l]
latest = max(entries, key=lambda e: (e.date, e.time))
result = (latest._asdict(), len(entries), entries[0]._replace(level="X").level)
